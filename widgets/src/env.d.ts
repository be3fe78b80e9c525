/// <reference types="vite/client" />

/** For tools that do not read components themselves (the linter); vue-tsc takes their real types. */
declare module '*.vue' {
  import type { Component } from 'vue';

  const component: Component;
  export { component as default };
}

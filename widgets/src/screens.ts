import type { Component } from 'vue';
import type { BootView } from '../../src/features/embed/boot.view.js';

export type ScreenName = BootView['screen'];

/** One chunk a screen: a deal's card loads the plan and nothing else. */
export const screens: Readonly<Record<ScreenName, () => Promise<Component>>> = {
  plan: async () => (await import('./views/plan/plan-screen.vue')).default,
  home: async () => (await import('./views/home/home-screen.vue')).default,
  install: async () => (await import('./views/install/install-screen.vue')).default,
};

import type { Component } from 'vue';

export type PageName =
  'funnel' | 'stages' | 'conversion' | 'stuck' | 'weakest' | 'sellers' | 'forecast' | 'clients' | 'losses';

interface Page {
  readonly name: PageName;
  /** Name of its figures in the API. */
  readonly source: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

export const pages: readonly Page[] = [
  { name: 'funnel', source: 'funnel', load: () => import('./pages/funnel-page.vue') },
  { name: 'stuck', source: 'stuck', load: () => import('./pages/stuck-page.vue') },
  { name: 'weakest', source: 'weakest', load: () => import('./pages/weakest-page.vue') },
  { name: 'stages', source: 'stages', load: () => import('./pages/stages-page.vue') },
  { name: 'conversion', source: 'stages', load: () => import('./pages/conversion-page.vue') },
  { name: 'sellers', source: 'sellers', load: () => import('./pages/sellers-page.vue') },
  { name: 'forecast', source: 'forecast', load: () => import('./pages/forecast-page.vue') },
  { name: 'clients', source: 'clients', load: () => import('./pages/clients-page.vue') },
  { name: 'losses', source: 'losses', load: () => import('./pages/losses-page.vue') },
];

export const pageNames: readonly PageName[] = pages.map((page) => page.name);

export function pageNamed(name: PageName): Page {
  const found = pages.find((page) => page.name === name);
  if (!found) throw new Error(`there is no page ${name}`);
  return found;
}

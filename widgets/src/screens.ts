import type { Component } from 'vue';
import type { Screen } from '../../src/features/embed/boot.view.js';
import type { AreaName } from './areas.js';
import type { Texts } from './i18n/i18n.js';

export type ScreenName = Screen;

/** What frames open on most: one chunk a screen, so that a deal's card loads the plan and nothing else. */
const screens: Readonly<Record<Exclude<ScreenName, AreaName>, () => Promise<Component>>> = {
  plan: async () => (await import('./views/plan/plan-screen.vue')).default,
  install: async () => (await import('./views/install/install-screen.vue')).default,
};

/** The screen with everything that it needs to be seen. */
export async function openScreen(name: ScreenName, texts: Texts): Promise<Component> {
  const more = name === 'plan' ? undefined : texts.addMore();
  const loaded = isOwn(name) ? screens[name]() : openArea(name, texts);
  const [component] = await Promise.all([loaded, more]);
  return component;
}

function isOwn(name: ScreenName): name is keyof typeof screens {
  return name in screens;
}

async function openArea(name: AreaName, texts: Texts): Promise<Component> {
  return (await import('./areas.js')).openArea(name, texts);
}

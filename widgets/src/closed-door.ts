import { createApp, type App } from 'vue';
import type { DoorView } from '../../src/features/embed/boot.view.js';
import { asFailure } from './api/failure.js';
import { loadTexts } from './i18n/i18n.js';
import ClosedDoor from './views/closed-door.vue';

/** The app that says why no session came; for the rare page that needs it. */
export async function closedDoor(door: DoorView, error: unknown): Promise<App<Element>> {
  document.documentElement.lang = door.language;
  const texts = await loadTexts(door.language);
  await texts.addMore();
  return createApp(ClosedDoor, { failure: asFailure(error) }).use(texts.plugin);
}

import type { BootView } from '../../../src/features/embed/boot.view.js';
import type { ScreenName } from '../screens.js';

/** Pages that stand under the menu's one entry for settings, for those who may open them; the first is what it opens. */
export function settingsSections(person: BootView['user']): readonly ScreenName[] {
  if (person.admin) return ['install', 'company'];
  return person.head ? ['company'] : [];
}

/** Whether the entry of the menu is the one that the page stands under. */
export function standsUnder(page: ScreenName, place: ScreenName, person: BootView['user']): boolean {
  const sections = settingsSections(person);
  return page === place || (sections[0] === place && sections.includes(page));
}

import { type AppPlace, fieldsOfPlace, placeOfFields } from '../../contract/links.js';

/** Everybody has this page, and nothing in it depends on the address. */
const PAGE = '/todo/line/';
const LONGEST = 600;

/**
 * No document names the address of a widget's own page: `initMenuPage` is told codes of the menu and nothing of the
 * address, and in a private integration that page stands in the settings, which only administrators open (D: web_sdk/
 * left_menu, integrations/script_js). So a link leads to the list of tasks, and the archive's script, which runs
 * everywhere (D: integrations/areas), opens our page over it. The parameters stand in the fragment, which the host's
 * server never sees; whether its page keeps one through its own redirects was read in no document.
 */
export function linkPath(place: AppPlace): string {
  const { view = '', ...params } = fieldsOfPlace(place);
  return `${PAGE}#${new URLSearchParams({ dozhim: view, ...params }).toString()}`;
}

/** Reads the fragment that the script found, without its `#`; null: not one of ours. */
export function linkOf(fragment: string): AppPlace | null {
  if (fragment.length > LONGEST) return null;
  const { dozhim: view, ...params } = Object.fromEntries(new URLSearchParams(fragment));
  return placeOfFields({ ...params, view });
}

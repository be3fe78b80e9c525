import { type AppPlace, fieldsOfPlace, placeOfFields } from '../../contract/links.js';
import type { JsonObject } from '../common/json.js';
import type { Application } from './oauth.js';

/** Opened by an address of our own; bound once per application, its handler cannot be another one's. */
export const LINK_PLACEMENT = 'REST_APP_URI';

/**
 * `/marketplace/view/#APP_CODE#/?params[k]=v`: the portal opens our application over the page that one came from and
 * posts the parameters in `PLACEMENT_OPTIONS`, all as texts (R: api-reference/widgets/universal/app-url.md). The code is
 * the symbolic one of an application from the market and the client id of a local one. No document names an address that
 * opens a deal's card on a tab of ours, so a deal's link ends at its card.
 */
export function linkPath({ code, clientId }: Application, place: AppPlace): string {
  const query = Object.entries(fieldsOfPlace(place)).map(
    // Encoded brackets too: in a notification's text bare ones would be markup.
    ([key, value]) => `${encodeURIComponent(`params[${key}]`)}=${encodeURIComponent(value)}`,
  );
  return `/marketplace/view/${encodeURIComponent(code ?? clientId)}/?${query.join('&')}`;
}

/** What `linkPath` put into the address, as the portal brought it back. */
export function linkOf(placement: string, options: JsonObject): AppPlace | null {
  return placement === LINK_PLACEMENT ? placeOfFields(options) : null;
}

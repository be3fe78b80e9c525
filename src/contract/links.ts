/** Screens of ours that an address can lead to. A deal's plan is none of them: its place is the deal's own card. */
export const LINKED_SCREENS = [
  'home',
  'exceptions',
  'alerts',
  'panel',
  'insight',
  'diagnosis',
  'reasons',
  'book',
  'rules',
] as const;

export type LinkedScreen = (typeof LINKED_SCREENS)[number];

/**
 * A screen of ours and what is to be seen there. An address is open to everybody who reads it, so it carries names of
 * things at most (a day, a push, the key of a kept view), and everything is re-checked for whoever opens it.
 */
export interface AppPlace {
  readonly screen: LinkedScreen;
  /** Keys of small letters, at most eight; values of at most 100 characters of `[\w.:~-]`. Unknown ones are passed over. */
  readonly params?: Readonly<Record<string, string>>;
}

const MOST_PARAMS = 8;
const KEY = /^[a-z]{1,20}$/;
const VALUE = /^[\w.:~-]{1,100}$/;
/** The field that names the screen; never a parameter of a place. */
const SCREEN_KEY = 'view';

/** What an address carries, as flat fields: `view` is the screen. */
export function fieldsOfPlace({ screen, params = {} }: AppPlace): Readonly<Record<string, string>> {
  return { [SCREEN_KEY]: screen, ...params };
}

/** Reads what somebody typed, cut off or made up; null: it leads nowhere. Fields that cannot be ours are left out. */
export function placeOfFields(fields: Readonly<Record<string, unknown>>): AppPlace | null {
  const screen = LINKED_SCREENS.find((one) => one === fields[SCREEN_KEY]);
  if (screen === undefined) return null;
  const params = Object.entries(fields).filter(
    (field): field is [string, string] =>
      field[0] !== SCREEN_KEY && KEY.test(field[0]) && typeof field[1] === 'string' && VALUE.test(field[1]),
  );
  return { screen, params: Object.fromEntries(params.slice(0, MOST_PARAMS)) };
}

interface Reader {
  readonly admin: boolean;
  /** Leads a department. */
  readonly head: boolean;
}

/** Whether the screen is for such a person at all; what is seen on it is cut to the person's reach besides. */
export function mayOpen(screen: LinkedScreen, { admin, head }: Reader): boolean {
  return admin || head || (screen !== 'exceptions' && screen !== 'rules');
}

/** The part of a host that makes addresses. */
interface Addressed {
  frameOrigin(endpoint: string): string;
  screenPath?(place: AppPlace): string | null;
  dealPath?(dealId: string): string | null;
}

/** The full address of a place in the account's own interface; null: this host has none, or the account's is unknown. */
export function addressOf(host: Addressed | undefined, endpoint: string, place: AppPlace): string | null {
  return within(host, endpoint, host?.screenPath?.(place));
}

/** The full address of a deal's card, where the deal's plan is; null as above. */
export function dealAddressOf(host: Addressed | undefined, endpoint: string, dealId: string): string | null {
  return within(host, endpoint, host?.dealPath?.(dealId));
}

function within(
  host: Addressed | undefined,
  endpoint: string,
  path: string | null | undefined,
): string | null {
  if (!host || !path) return null;
  try {
    return `${host.frameOrigin(endpoint)}${path}`;
  } catch {
    // A portal whose address is not known well enough for a link is still told everything else.
    return null;
  }
}

import type { AskedView, BootView, Screen } from '../../../src/features/embed/boot.view.js';

const taken = new WeakSet<AskedView>();

/** What the followed address asks of this screen; once: who comes back by the menu sees the screen as ever. */
export function takeAsked({ asked }: BootView, screen: Screen): AskedView | null {
  if (asked?.screen !== screen || taken.has(asked)) return null;
  taken.add(asked);
  return asked;
}

/** A field of a kept view that is one of these; null: the view was written by another version, or made up. */
export function oneOf<T extends string>(value: unknown, known: readonly T[]): T | null {
  return known.find((one) => one === value) ?? null;
}

/** Fields of a kept filter; the server checks each of them when it is asked. */
export function fieldsIn(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

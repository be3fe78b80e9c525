/** Nest token of the outbox's numbers; tests hand in smaller ones. */
export const OUTBOX_SETTINGS = Symbol('OutboxSettings');

export interface OutboxSettings {
  /** How long a worker may hold rows without a sign of life. */
  readonly leaseMs: number;
  /** How old a request must be before "the host does not have it" is believed. */
  readonly lookUpWaitMs: number;
  /** How often a worker looks for due rows by itself; wishes wake it at once. */
  readonly pollMs: number;
  /** Requests of one account under way at once. */
  readonly lanes: number;
}

export const defaultOutboxSettings: OutboxSettings = {
  leaseMs: 20_000,
  // The host gives a request 60 s; a little more for the way there.
  lookUpWaitMs: 65_000,
  pollMs: 1_000,
  // A creation takes the host 0.15 s: 50 of them fill 7 s, and two requests a second are allowed.
  lanes: 4,
};

import type { Instant } from '../domain/crm/time.js';
import type { HostFailure } from './failure.js';

/** What to do about a failure; one function decides it for everybody who calls hosts. */
export type FailureDecision =
  /** The same again, not before `at`. */
  | { readonly kind: 'retry'; readonly at: Instant }
  /** The host said until when; with `method` null everything of the account waits. Costs no attempt. */
  | { readonly kind: 'pause'; readonly at: Instant; readonly method: string | null }
  /** Ask the host whether the write happened, then decide. */
  | { readonly kind: 'lookUp'; readonly at: Instant }
  /** The same in smaller portions, at once; a portion of one is a dead letter. */
  | { readonly kind: 'shrink' }
  /** Nothing goes until a person acts; look again at `at`. */
  | { readonly kind: 'reconnect'; readonly at: Instant }
  /** The thing is not there any more. */
  | { readonly kind: 'forget' }
  /** Repeating cannot help: keep it with its reason, go on with the others. */
  | { readonly kind: 'deadLetter'; readonly reason: string };

/** Full jitter over 2 s, 4 s, 8 s …: a passing fault is over soon, an outage must not be met by a herd. */
const FIRST_DELAY_MS = 2_000;
/** A host that comes back is used again within five minutes. */
const LONGEST_DELAY_MS = 5 * 60_000;
const SHORTEST_DELAY_MS = 250;
/** A dead connection is announced by the reconnection itself; this look is only the safety net. */
const RECONNECT_LOOK_MS = 60_000;

/**
 * Pure: the same failure, attempt (from 1), time and `jitter` (0 to 1, random) give the same decision. `unavailable`
 * never ends in a dead letter: an outage of the host, however long, loses nothing.
 */
export function decideOnFailure(
  failure: HostFailure,
  attempt: number,
  now: Instant,
  jitter: number = Math.random(),
): FailureDecision {
  switch (failure.kind) {
    case 'throttled':
      return { kind: 'pause', at: Math.max(failure.retryAt, now), method: failure.method ?? null };
    case 'unavailable':
      return { kind: 'retry', at: now + backOffMs(attempt, jitter) };
    case 'unknownOutcome':
      return { kind: 'lookUp', at: now + backOffMs(attempt, jitter) };
    case 'reauthorise':
    case 'paymentRequired':
      return { kind: 'reconnect', at: now + RECONNECT_LOOK_MS };
    case 'tooLarge':
      return { kind: 'shrink' };
    case 'gone':
      return { kind: 'forget' };
    case 'forbidden':
      return { kind: 'deadLetter', reason: `not allowed: ${failure.scope}` };
    case 'malformed':
      return { kind: 'deadLetter', reason: `refused: ${failure.where}` };
  }
}

/** Full jitter, from a quarter of a second. */
export function backOffMs(attempt: number, jitter: number): number {
  const ceiling = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.max(SHORTEST_DELAY_MS, Math.round(ceiling * jitter));
}

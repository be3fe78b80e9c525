import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { type RetryContext } from 'p-retry';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { CallFault, type Persistence } from './call-fault.js';

/** How long we bear with a host. All durations in milliseconds. */
export interface Patience {
  /** The host itself ends a request after 60 s. */
  readonly requestTimeoutMs: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A longer pause is thrown to the caller as `throttled`, a shorter one is waited for in place. */
  readonly waitInPlaceMs: number;
}

export const PATIENCE: Patience = {
  requestTimeoutMs: 60_000,
  firstDelayMs: 500,
  longestDelayMs: 8_000,
  waitInPlaceMs: 30_000,
};

/** Repeats of one call by the kind of its failures: twenty refusals in a row still end well, a hang is not sat out for an hour. */
const REPEATS: Readonly<Record<Persistence, number>> = {
  transient: 8,
  timeout: 2,
  throttle: 40,
  doubtful: 3,
  never: 0,
};
const REPEATS_IN_ALL = REPEATS.throttle + REPEATS.transient;

/**
 * Tries `attempt` again while its `CallFault` says that this can help. With `onlyUnexecuted` a failure after which the
 * host may have done the work is thrown at once: the caller looks before it repeats.
 */
export async function persist<Result>(
  attempt: () => Promise<Result>,
  patience: Patience,
  onlyUnexecuted = false,
): Promise<Result> {
  const failures = new Map<Persistence, number>();

  function worthAnother({ error }: RetryContext): boolean {
    if (!(error instanceof CallFault)) return false;
    if (onlyUnexecuted && (error.executed || error.persistence === 'doubtful')) return false;
    const seen = (failures.get(error.persistence) ?? 0) + 1;
    failures.set(error.persistence, seen);
    return seen <= REPEATS[error.persistence];
  }

  return pRetry(attempt, {
    retries: REPEATS_IN_ALL,
    minTimeout: patience.firstDelayMs,
    maxTimeout: patience.longestDelayMs,
    factor: 2,
    randomize: true,
    shouldRetry: worthAnother,
  });
}

/** Looks at the clock again each quarter of a second: clocks are stepped, in tests and in life. */
export async function sleepUntil(clock: Clock, until: Instant): Promise<void> {
  for (let left = until - clock.now(); left > 0; left = until - clock.now()) {
    await sleep(Math.min(left, 250));
  }
}

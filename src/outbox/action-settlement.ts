import type { ActionOutcome, DealAction } from '../contract/actions.js';
import type { FailureDecision } from '../contract/failure-policy.js';
import type { Instant } from '../domain/crm/time.js';
import type { ActionState, OutboxAction } from './action.types.js';

/** What a row becomes after an attempt; recorded only while the row is still ours. */
export interface ActionSettlement {
  readonly key: string;
  readonly state: ActionState;
  readonly hostId: string | null;
  /** It may be in the host although nobody saw it there: not to be taken back any more. */
  readonly maybeThere: boolean;
  /** When to look again; null: there is nothing to do. */
  readonly delayMs: number | null;
  readonly attempts: number;
  readonly fault: string | null;
  /** A person can repair what it was refused for and have it tried again. */
  readonly redrivable: boolean;
}

/** A lost answer is often followed by something that is there: the first look costs little. */
const FIRST_LOOK_MS = 1_000;

/**
 * Where a second time is as good as the first: the same value is written, takes the place of the first, or is looked for
 * before. There is nothing to wait for before it is repeated.
 */
const REPEATABLE: ReadonlySet<DealAction['kind']> = new Set<DealAction['kind']>([
  'moveStage',
  'assign',
  'accept',
  'notify',
  'closeAsk',
]);

/** Pure: an outcome of `act`. `decision` is what the policy says about a refusal. */
export function settleAction(
  row: OutboxAction,
  outcome: ActionOutcome,
  decision: FailureDecision | null,
  now: Instant,
): ActionSettlement {
  if (outcome.kind === 'ok') return { ...unchanged(row), state: 'done', hostId: outcome.hostId, attempts: 0 };
  if (outcome.kind === 'unknown' || !decision) return uncertain(row);
  const attempts = row.attempts + 1;
  // This attempt did nothing; what became of those before it is as uncertain as it was.
  const again = { ...unchanged(row), state: 'planned', maybeThere: row.firstSentAt !== null } as const;
  switch (decision.kind) {
    case 'retry':
      return { ...again, delayMs: Math.max(0, decision.at - now), attempts };
    case 'pause':
      return { ...again, delayMs: Math.max(0, decision.at - now) };
    case 'shrink':
      return { ...again, delayMs: 0, attempts };
    case 'reconnect':
      return { ...again, delayMs: 0 };
    case 'lookUp':
      return uncertain(row);
    case 'forget':
      return refusal(row, 'the deal or the person is not there', false);
    case 'deadLetter':
      // A lack of rights is the same for all: whoever wanted it hears of it, a letter for each would bury the others.
      return refusal(row, decision.reason, outcome.failure.kind !== 'forbidden');
  }
}

export function refusal(row: OutboxAction, fault: string, redrivable: boolean): ActionSettlement {
  return { ...unchanged(row), state: 'refused', attempts: row.attempts + 1, fault, redrivable };
}

/**
 * Pure: the host was asked about an uncertain action. "Not there" is believed only after `waitMs`: until then the
 * request may still be under way inside the host.
 */
export function settleActionLookUp(
  row: OutboxAction,
  found: string | undefined,
  now: Instant,
  waitMs: number,
): ActionSettlement {
  if (found !== undefined) return { ...unchanged(row), state: 'done', hostId: found === '' ? null : found };
  const left = REPEATABLE.has(row.action.kind) ? 0 : (row.sendingAt ?? now) + waitMs - now;
  if (left > 0) return { ...unchanged(row), state: 'unknown', delayMs: left };
  return { ...unchanged(row), state: 'planned', maybeThere: REPEATABLE.has(row.action.kind), delayMs: 0 };
}

/** The row as it was, to be looked at later. */
export function postponedAction(row: OutboxAction, delayMs: number): ActionSettlement {
  return { ...unchanged(row), state: 'unknown', delayMs };
}

/** Pure: the request with it stayed here. What became of earlier ones is as uncertain as it was. */
export function unsentAction(row: OutboxAction): ActionSettlement {
  return { ...unchanged(row), state: 'planned', maybeThere: row.firstSentAt !== null, delayMs: 0 };
}

function uncertain(row: OutboxAction): ActionSettlement {
  const attempts = row.attempts + 1;
  return { ...unchanged(row), state: 'unknown', delayMs: FIRST_LOOK_MS * Math.min(attempts, 60), attempts };
}

function unchanged({ key, state, attempts }: OutboxAction): ActionSettlement {
  return {
    key,
    state,
    hostId: null,
    maybeThere: true,
    delayMs: null,
    attempts,
    fault: null,
    redrivable: false,
  };
}

import type { FailureCause } from '../../domain/plans/plan.types.js';
import type { Instant } from '../../domain/crm/time.js';
import type { DayRecord, Hurting, ItemStanding } from '../../domain/pushing/day.js';
import type { CycleTimes, DayTimes } from '../../domain/pushing/day-times.js';

/** How the account's days go. */
export interface CycleSettings extends CycleTimes {
  readonly cycleOn: boolean;
  /** Minutes before a step with a time of day; 0: nobody is reminded. */
  readonly remindMinutes: number;
  readonly mail: boolean;
}

/** A step as the day needs it. */
export interface StepRule {
  readonly title: string;
  readonly minutes: number;
  /** The template names a time of day: an appointment, not a day. */
  readonly timed: boolean;
  readonly result: {
    readonly kind: 'none' | 'text' | 'choice' | 'number' | 'link';
    readonly label: string | null;
    readonly choices: readonly string[];
    readonly demanded: boolean;
  };
}

export const NO_RESULT: StepRule['result'] = { kind: 'none', label: null, choices: [], demanded: false };

/** One thing of a person's day with how it stands. */
export interface DayEntry extends Hurting {
  readonly dealId: string | null;
  readonly dealTitle: string | null;
  /** As it is kept: `stepKey~visitSeq`, `push~` and an id, or `client~0`. */
  readonly stepId: string;
  readonly title: string;
  readonly minutes: number;
  readonly result: StepRule['result'];
  readonly standing: ItemStanding;
  readonly postponed: number;
}

/** A person's day as it is now. */
export interface DayPicture {
  readonly userId: string;
  readonly day: string;
  /** Null: the person does not work on it. */
  readonly times: DayTimes | null;
  readonly off: 'dayOff' | 'absent' | null;
  readonly closedAt: Instant | null;
  readonly settled: boolean;
  /** In the order in which they hurt. */
  readonly entries: readonly DayEntry[];
}

/** What the day keeps of a thing. */
export interface StoredItem extends DayRecord {
  readonly userId: string;
  readonly day: string;
  readonly dealId: string;
  readonly stepId: string;
  readonly reasonKey: string | null;
  readonly title: string;
  readonly dueAt: Instant | null;
  readonly postponed: number;
}

export type Cause = FailureCause;

export const CLIENT_DATE = 'client~0';
const PUSH = 'push~';

export function pushStepId(pushId: string): string {
  return `${PUSH}${pushId}`;
}

/** The push that the kept id names; null: it names something else. */
export function pushIdOf(stepId: string): string | null {
  return stepId.startsWith(PUSH) ? stepId.slice(PUSH.length) : null;
}

/** Name of a thing in addresses of the API. */
export function itemIdOf(dealId: string | null, stepId: string): string {
  return pushIdOf(stepId) === null ? `${dealId ?? ''}~${stepId}` : stepId;
}

import type { Instant } from '../crm/time.js';
import type { DealPulse, StageNorm } from './pulse.js';

/** Rules about one deal. */
export type DealRuleKind =
  | 'firstContactLate'
  | 'noPlanAfterAcceptance'
  | 'planEndsEarly'
  | 'noNextStep'
  | 'stepOverdue'
  | 'nextStepTooFar'
  | 'idle'
  | 'stuck'
  | 'dormant'
  | 'clientDatePassed'
  | 'movedWithOpenSteps'
  | 'lostWithoutReason'
  | 'unsortedWaiting'
  | 'tooFewTouches'
  | 'putOffAgain';

/** Rules about a seller or a pipeline: looked at once a day. */
export type CompanyRuleKind = 'sellerOverloaded' | 'tooFewNearClosing' | 'topEmpty';

export type RuleKind = DealRuleKind | CompanyRuleKind;

export type Recipient = 'seller' | 'head' | 'productManager' | { readonly userId: string };
export type Delivery = 'instant' | 'digest';
/** Whether an instant alert waits for the person's working time. Nobody absent is told in either case. */
export type Hours = 'working' | 'always';

/** A rung of the ladder: so long after the alert, in the working time of who was told first. */
export interface Rung {
  readonly after: number;
  readonly unit: 'workingHours' | 'workingDays';
  readonly to: Recipient;
  /** As a task in the host, not as a message: it counts against nobody's budget, for it is work. */
  readonly task?: true;
}

/** A rule as data. */
export interface AlertRule {
  readonly ruleId: string;
  readonly kind: RuleKind;
  readonly on: boolean;
  /** By key; missing ones are the kind's defaults. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly recipients: readonly Recipient[];
  readonly channels: readonly ('host' | 'mail')[];
  readonly delivery: Delivery;
  readonly hours: Hours;
  readonly escalation: readonly Rung[];
  /** Went over to the digest by itself then. */
  readonly demotedAt: Instant | null;
  /** Because so many of the alerts of a month were acted on; absent or null: it was not demoted, or before this was kept. */
  readonly demotedFor?: { readonly sent: number; readonly acted: number } | null;
  /** What became true before is not told. */
  readonly since: Instant;
}

/** Everything that rules about one deal look at. */
export interface DealFacts {
  readonly pulse: DealPulse;
  readonly norm: StageNorm;
  /** Plans are switched on in the deal's pipeline. */
  readonly plansOn: boolean;
  /** Moments at which somebody worked on the deal in its first day, the creation not counted. */
  readonly touches: number;
  /** The last move left required steps of a stage undone. */
  readonly leftOpen: { readonly at: Instant; readonly steps: number } | null;
  /** Closed as lost, and the host and the plan name no reason. */
  readonly lostSilently: Instant | null;
  /** How often the deal was put off by hand since it entered its stage, and when the last time; null: never. */
  readonly putOff: { readonly times: number; readonly at: Instant } | null;
}

/** When a rule becomes true unless something happens, which stretch of the deal's life that is, and its numbers. */
export interface Moment {
  readonly at: Instant;
  readonly episode: string;
  readonly numbers: Readonly<Record<string, number>>;
}

export interface Hit extends Moment {
  readonly rule: AlertRule;
}

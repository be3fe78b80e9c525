import { isMissed } from '../calendar/missed.js';
import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';

const DAY_MS = 86_400_000;

/** What last happened to a deal that says somebody works on it. */
export type PulseEvent = 'created' | 'stageMoved' | 'stepFinished' | 'activity' | 'pushAnswered';

/**
 * The facts of one deal that control rests on; no clock in it, so that it changes only when something happened. Kept
 * current by events, equal to a recomputation from the mirror and the plans at any time.
 */
export interface DealPulse {
  readonly dealId: string;
  readonly pipelineId: string;
  readonly stageId: string;
  readonly stageKind: StageKind;
  readonly ownerId: string | null;
  /** Decimal text in the deal's currency; null where the host has none. */
  readonly amount: string | null;
  readonly createdAt: Instant;
  readonly stageSince: Instant;
  readonly lastEvent: { readonly kind: PulseEvent; readonly at: Instant };
  /** Stands in a stage of new leads and nobody accepted it yet. */
  readonly unsorted: boolean;
  readonly acceptedAt: Instant | null;
  readonly plan: PulsePlan | null;
  /** Until when nothing is expected of the seller: the client's agreed date or a pause. */
  readonly waitingUntil: Instant | null;
  readonly snoozedUntil: Instant | null;
  /** Since when a push waits for its answer. */
  readonly pushedAt: Instant | null;
}

export interface PulsePlan {
  readonly planId: string;
  readonly templateId: string;
  readonly version: number;
  readonly state: 'active' | 'paused' | 'closed';
  readonly doneSteps: number;
  /** Future, waiting and actionable ones. */
  readonly openSteps: number;
  /** Deadlines of the actionable steps, earliest first; steps without one are left out. */
  readonly dueAts: readonly Instant[];
  /** `stepKey~visitSeq` of the actionable step that is due first. */
  readonly nextStepId: string | null;
  readonly nextOwnerId: string | null;
  /** No step is left for the stages that are still ahead. */
  readonly endsEarly: boolean;
}

/** How long deals usually stay in a stage. */
export interface StageNorm {
  /** Null: too few finished visits, the defaults hold. */
  readonly normMs: number | null;
  /** Age in the stage from which moving on has become unlikely; null as above. */
  readonly stuckAfterMs: number | null;
  /** Place among the open stages of the pipeline, 0 is the first. */
  readonly place: number;
  readonly openStages: number;
}

export type PulseMark =
  'noPlan' | 'noNextStep' | 'overdue' | 'today' | 'stuck' | 'waiting' | 'pushedUnanswered' | 'unsorted';

export interface MarkMoment {
  readonly now: Instant;
  /** First instant of the asker's tomorrow. */
  readonly endOfDay: Instant;
  /** Zone in which the deadlines of this person's steps are read. */
  readonly zoneOf: (userId: string | null) => string;
  /** Whether plans are switched on in the deal's pipeline: without them nobody lacks one. */
  readonly plansOn: boolean;
}

/** Days without any event after which a deal counts as idle, by thirds of the open stages (product defaults). */
export function defaultIdleDays(norm: Pick<StageNorm, 'place' | 'openStages'>): 7 | 14 | 21 {
  const third = norm.openStages <= 1 ? 0 : Math.floor((norm.place * 3) / norm.openStages);
  return third <= 0 ? 7 : third === 1 ? 14 : 21;
}

/** When the deal counts as stuck unless something happens: by what was learned of its stage, else by the defaults. */
export function stuckAt(pulse: Pick<DealPulse, 'stageSince' | 'lastEvent'>, norm: StageNorm): Instant {
  if (norm.stuckAfterMs !== null) return pulse.stageSince + norm.stuckAfterMs;
  return pulse.lastEvent.at + defaultIdleDays(norm) * DAY_MS;
}

/** Under what the deal is counted now; closed deals under nothing. */
export function marksOf(pulse: DealPulse, norm: StageNorm, moment: MarkMoment): readonly PulseMark[] {
  if (pulse.stageKind !== 'open') return [];
  const { now } = moment;
  const rests = isSnoozed(pulse, now);
  const waits = pulse.waitingUntil !== null && pulse.waitingUntil > now;
  const marks: readonly [PulseMark, boolean][] = [
    ['unsorted', pulse.unsorted],
    ...planMarks(pulse.plan, waits, moment),
    ['waiting', waits],
    ['stuck', !waits && !rests && !pulse.unsorted && stuckAt(pulse, norm) <= now],
    ['pushedUnanswered', pulse.pushedAt !== null],
  ];
  const lacksPlan = moment.plansOn && !pulse.unsorted && isWithout(pulse.plan);
  return [
    ...(lacksPlan ? (['noPlan'] as const) : []),
    ...marks.filter(([, holds]) => holds).map(([mark]) => mark),
  ];
}

/** Put off by a head with a reason: until the date nobody is told that it stands. */
function isSnoozed({ snoozedUntil }: Pick<DealPulse, 'snoozedUntil'>, now: Instant): boolean {
  return snoozedUntil !== null && snoozedUntil > now;
}

function isWithout(plan: PulsePlan | null): boolean {
  return plan === null || plan.state === 'closed';
}

function planMarks(
  plan: PulsePlan | null,
  waits: boolean,
  { now, endOfDay, zoneOf }: MarkMoment,
): readonly [PulseMark, boolean][] {
  const due = plan?.dueAts[0] ?? null;
  const zone = zoneOf(plan?.nextOwnerId ?? null);
  const missed = plan?.dueAts.some((one) => isMissed(one, now, zone)) ?? false;
  return [
    ['noNextStep', plan?.state === 'active' && plan.nextStepId === null && !waits],
    ['overdue', missed],
    ['today', due !== null && due < endOfDay && !missed],
  ];
}

/**
 * What the delay costs: days over the stage's norm times the amount; deals without an amount count as one, and what is put
 * off costs nothing until its date.
 */
export function painOf(
  pulse: Pick<DealPulse, 'stageSince' | 'lastEvent' | 'amount' | 'snoozedUntil'>,
  norm: StageNorm,
  now: Instant,
): number {
  if (isSnoozed(pulse, now)) return 0;
  const over = norm.normMs === null ? now - pulse.lastEvent.at : now - pulse.stageSince;
  const limit = norm.normMs ?? defaultIdleDays(norm) * DAY_MS;
  const days = Math.max(0, (over - limit) / DAY_MS);
  return days * Math.max(1, Number(pulse.amount ?? 0) || 0);
}

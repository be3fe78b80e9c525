import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import type { DealPulse, PulseEvent, PulsePlan, StageNorm } from './pulse.js';
import type { DealFacts } from './rule.types.js';
import { FAR, waitSpanOf } from './wait.js';

/** Touches are counted of young deals only: no rule looks further than eight days. */
export const TOUCHED_MS = 8 * 86_400_000;
const MANY = 1_000;

/** What is known of a deal's past, as far as rules look at it. Lists ascend by time. */
export interface DealHistory {
  readonly dealId: string;
  readonly pipelineId: string;
  readonly title: string;
  /** As it is now: hosts do not tell former responsibles. */
  readonly ownerId: string | null;
  readonly createdAt: Instant;
  readonly visits: readonly PastVisit[];
  /** Moments at which somebody worked on it: finished tasks and steps, answers, the last activity that the host knows. */
  readonly events: readonly { readonly at: Instant; readonly kind: PulseEvent }[];
  readonly plans: readonly PastPlan[];
  readonly steps: readonly PastStep[];
  readonly snoozes: readonly { readonly at: Instant; readonly until: Instant }[];
  /** Of its plans; `until` null: it lasts until somebody ends it. */
  readonly pauses: readonly { readonly at: Instant; readonly until: Instant | null }[];
  /**
   * The date agreed with the client as it is now: hosts do not tell former ones, nor when it was agreed. It is taken to
   * have been agreed when something last happened before it.
   */
  readonly clientDate: Instant | null;
  /** When it was accepted; null: never, or it never had to be. */
  readonly acceptedAt: Instant | null;
  /** Its last closing is a loss, and nobody says why. */
  readonly lostSilently: boolean;
}

export interface PastVisit {
  readonly stageId: string;
  readonly kind: StageKind;
  readonly at: Instant;
  /** In a stage of new leads. */
  readonly intake: boolean;
}

export interface PastPlan {
  readonly planId: string;
  readonly templateId: string;
  readonly version: number;
  readonly from: Instant;
  /** Null: it is still open. */
  readonly to: Instant | null;
}

export interface PastStep {
  readonly planId: string;
  /** `stepKey~visitSeq`. */
  readonly stepId: string;
  /** Of the template. */
  readonly stageKey: string;
  readonly ownerId: string | null;
  /** Since when it was to be done; null: never. */
  readonly from: Instant | null;
  readonly dueAt: Instant | null;
  /** Done, failed, skipped or cancelled; null: open. */
  readonly to: Instant | null;
  /** A required one that was left undone when the deal moved on. */
  readonly left: boolean;
  /** It lies in a stage that the work has not come to even now. */
  readonly ahead: boolean;
}

/** What of the company the facts of a deal depend on; as it is now, for it is not kept how it was. */
export interface FactSurroundings {
  /** Since when plans are on in the deal's pipeline; null: they are not. */
  readonly plansSince: Instant | null;
  readonly norm: (stageId: string) => StageNorm;
  /** Of the responsible. */
  readonly timeZone: string;
}

/** What was so at that moment, as far as anybody knows: what `deal_pulse` would have said. */
export function factsAt(history: DealHistory, at: Instant, surroundings: FactSurroundings): DealFacts {
  const { norm, plansSince } = surroundings;
  const place = history.visits.findLastIndex((one) => one.at <= at);
  const visit = history.visits[place];
  const stage = norm(visit?.stageId ?? '');
  const pulse = pulseAt(history, at, stage, surroundings);
  const { stageSince } = pulse;
  const isLastLoss = visit?.kind === 'lost' && place === history.visits.length - 1;
  return {
    pulse,
    norm: stage,
    plansOn: plansSince !== null && plansSince <= at,
    touches: at > history.createdAt + TOUCHED_MS ? MANY : touchesAt(history, at),
    leftOpen: isBackward(history.visits[place - 1], visit, norm)
      ? null
      : leftAt(history.steps, at, stageSince),
    lostSilently: isLastLoss && history.lostSilently ? stageSince : null,
    putOff: putOffAt(history.snoozes, at, stageSince),
  };
}

function pulseAt(
  history: DealHistory,
  at: Instant,
  stage: StageNorm,
  { timeZone }: FactSurroundings,
): DealPulse {
  const visit = lastOf(history.visits, at);
  const stageSince = Math.max(visit?.at ?? history.createdAt, history.createdAt);
  const acceptedAt = history.acceptedAt !== null && history.acceptedAt <= at ? history.acceptedAt : null;
  return {
    dealId: history.dealId,
    pipelineId: history.pipelineId,
    stageId: visit?.stageId ?? '',
    stageKind: visit?.kind ?? 'open',
    ownerId: history.ownerId,
    amount: null,
    createdAt: history.createdAt,
    stageSince,
    lastEvent: lastEventAt(history, at, stageSince),
    unsorted: visit?.intake === true && acceptedAt === null,
    acceptedAt,
    plan: planAt(history, at, stage),
    waitingUntil: waitingAt(history, at, timeZone),
    snoozedUntil: lastOf(history.snoozes, at)?.until ?? null,
    pushedAt: null,
  };
}

/** Until when the deal waited: the later of a pause that lasted then and the client's date. */
function waitingAt(history: DealHistory, at: Instant, timeZone: string): Instant | null {
  const pause = pauseAt(history, at);
  const paused = pause === null ? null : (pause.until ?? FAR);
  const { clientDate } = history;
  const agreed = clientDate !== null && agreedAt(history, clientDate, timeZone) <= at ? clientDate : null;
  if (paused === null || agreed === null) return paused ?? agreed;
  return Math.max(paused, agreed);
}

function agreedAt(history: DealHistory, clientDate: Instant, timeZone: string): Instant {
  const { begin } = waitSpanOf(clientDate, timeZone);
  const moved = lastOf(history.visits, begin)?.at ?? history.createdAt;
  return Math.max(history.createdAt, moved, lastOf(history.events, begin)?.at ?? history.createdAt);
}

function pauseAt(history: DealHistory, at: Instant): DealHistory['pauses'][number] | null {
  return history.pauses.find((one) => one.at <= at && (one.until === null || one.until > at)) ?? null;
}

/** Moments at which somebody worked on it; a move is work, too. */
function touchesAt({ createdAt, events, visits }: DealHistory, at: Instant): number {
  const moments = [...events, ...visits].map((one) => one.at).filter((one) => one > createdAt && one <= at);
  return new Set(moments).size;
}

/** Only a move forward leaves steps behind. */
function isBackward(
  before: PastVisit | undefined,
  now: PastVisit | undefined,
  norm: FactSurroundings['norm'],
): boolean {
  if (before?.kind !== 'open' || now?.kind !== 'open') return false;
  return norm(before.stageId).place > norm(now.stageId).place;
}

function leftAt(steps: readonly PastStep[], at: Instant, stageSince: Instant): DealFacts['leftOpen'] {
  const left = steps.filter(
    ({ left: wasLeft, to }) => wasLeft && to !== null && to <= at && to >= stageSince,
  );
  return left.length > 0 ? { at: stageSince, steps: left.length } : null;
}

function putOffAt(snoozes: DealHistory['snoozes'], at: Instant, stageSince: Instant): DealFacts['putOff'] {
  const own = snoozes.filter((one) => one.at >= stageSince && one.at <= at);
  const last = own.at(-1);
  return last ? { times: own.length, at: last.at } : null;
}

function lastEventAt(history: DealHistory, at: Instant, stageSince: Instant): DealPulse['lastEvent'] {
  const event = lastOf(history.events, at);
  const moved = stageSince > history.createdAt;
  const standing = { kind: moved ? ('stageMoved' as const) : ('created' as const), at: stageSince };
  return event && event.at >= stageSince ? event : standing;
}

/** The plan that lived then, else the last one that was closed. */
function planAt(history: DealHistory, at: Instant, stage: StageNorm): PulsePlan | null {
  const begun = history.plans.filter((one) => one.from <= at);
  const living = begun.findLast((one) => one.to === null || one.to > at);
  const plan = living ?? begun.at(-1);
  if (!plan) return null;
  const own = history.steps.filter((step) => step.planId === plan.planId);
  const isOpen = ({ to }: PastStep): boolean => to === null || to > at;
  const due = own
    .filter((step) => living !== undefined && hasBegun(step, at) && isOpen(step))
    .toSorted((one, other) => (one.dueAt ?? Infinity) - (other.dueAt ?? Infinity));
  const [next] = due;
  const state = living === undefined ? 'closed' : pauseAt(history, at) === null ? 'active' : 'paused';
  return {
    planId: plan.planId,
    templateId: plan.templateId,
    version: plan.version,
    state,
    doneSteps: own.filter((step) => !isOpen(step)).length,
    openSteps: own.filter((step) => isOpen(step)).length,
    dueAts: due.flatMap((step) => step.dueAt ?? []),
    nextStepId: next?.stepId ?? null,
    nextOwnerId: next?.ownerId ?? null,
    endsEarly:
      state === 'active' && stage.place < stage.openStages - 1 && !own.some((step) => isAhead(step, own, at)),
  };
}

/**
 * Whether the step lay in a stage that the work had not come to yet. Which steps the plan had then is not kept: today's
 * are taken for them. A stage is come to when one of its steps could be done.
 */
function isAhead(step: PastStep, own: readonly PastStep[], at: Instant): boolean {
  if (step.ahead) return true;
  if (hasBegun(step, at) || (step.to !== null && step.to <= at)) return false;
  if (step.from === null && step.to === null) return false;
  return !own.some((other) => other.stageKey === step.stageKey && hasBegun(other, at));
}

function hasBegun({ from }: PastStep, at: Instant): boolean {
  return from !== null && from <= at;
}

function lastOf<One extends { readonly at: Instant }>(list: readonly One[], at: Instant): One | undefined {
  return list.findLast((one) => one.at <= at);
}

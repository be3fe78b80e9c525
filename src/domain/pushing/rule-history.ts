import type { Schedule } from '../calendar/work-calendar.types.js';
import type { StageKind } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import type { DealPulse, PulseEvent, PulsePlan, StageNorm } from './pulse.js';
import { evaluateDeal } from './rules.js';
import type { AlertRule, DealFacts } from './rule.types.js';

/** The last instant that a date can be: a pause without an end. */
const FAR = 8.64e15;

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
  /** The date agreed with the client as it is now: hosts do not tell former ones, nor when it was agreed. */
  readonly clientDate: Instant | null;
  /** When it was accepted; null: never, or it never had to be. */
  readonly acceptedAt: Instant | null;
  /** Lost, and nobody says why. */
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
  /** Left undone when the deal moved on. */
  readonly left: boolean;
}

export interface ReplaySurroundings {
  readonly from: Instant;
  readonly to: Instant;
  readonly plansOn: boolean;
  readonly norm: (stageId: string) => StageNorm;
  /** The responsible's working time without absences. */
  readonly schedule: Schedule;
}

/** A finding of the past: when, of which stretch, with what numbers, and when it was over (null: not yet). */
export interface PastHit {
  readonly at: Instant;
  readonly until: Instant | null;
  readonly episode: string;
  readonly numbers: Readonly<Record<string, number>>;
}

/**
 * What the rule would have found in the time, had it been on: the same functions that judge deals now, given what was so
 * at every moment at which something changed. Each stretch once.
 */
export function replayRule(
  rule: AlertRule,
  history: DealHistory,
  surroundings: ReplaySurroundings,
): readonly PastHit[] {
  const { from, to, schedule } = surroundings;
  const watched = { ...rule, on: true, since: from };
  const moments = momentsOf(history, to);
  const open = new Map<string, PastHit>();
  const found: PastHit[] = [];
  for (const [index, at] of moments.entries()) {
    const end = moments[index + 1] ?? to;
    const facts = factsAt(rule, history, at, surroundings);
    const { hits } = evaluateDeal([watched], facts, end - 1, schedule);
    const now = new Set(hits.map((hit) => hit.episode));
    for (const [episode, hit] of open) {
      if (now.has(episode)) continue;
      found.push({ ...hit, until: at });
      open.delete(episode);
    }
    for (const { at: moment, episode, numbers } of hits)
      if (!open.has(episode) && !found.some((hit) => hit.episode === episode))
        open.set(episode, { at: Math.max(moment, at), until: null, episode, numbers });
  }
  return [...found, ...open.values()].toSorted((one, other) => one.at - other.at);
}

function momentsOf(history: DealHistory, to: Instant): readonly Instant[] {
  const all = [
    history.createdAt,
    ...history.visits.map((visit) => visit.at),
    ...history.events.map((event) => event.at),
    ...history.plans.flatMap((plan) => [plan.from, plan.to]),
    ...history.steps.flatMap((step) => [step.from, step.to]),
    ...history.snoozes.map((snooze) => snooze.at),
    ...history.pauses.flatMap((pause) => [pause.at, pause.until]),
    history.acceptedAt,
  ];
  const known = all.filter((at): at is Instant => at !== null && at >= history.createdAt && at < to);
  return [...new Set(known)].toSorted((one, other) => one - other);
}

/** What was so at that moment, as far as anybody knows. */
function factsAt(
  rule: AlertRule,
  history: DealHistory,
  at: Instant,
  { norm, plansOn }: Pick<ReplaySurroundings, 'norm' | 'plansOn'>,
): DealFacts {
  const stageId = lastOf(history.visits, at)?.stageId ?? '';
  const stage = norm(stageId);
  const pulse = pulseAt(rule, history, at, stage);
  const { stageSince, stageKind } = pulse;
  return {
    pulse,
    norm: stage,
    plansOn,
    touches: history.events.filter((event) => event.at > history.createdAt && event.at <= at).length,
    leftOpen: leftAt(history.steps, at, stageSince),
    lostSilently: stageKind === 'lost' && history.lostSilently ? stageSince : null,
    putOff: putOffAt(history.snoozes, at, stageSince),
  };
}

function pulseAt(rule: AlertRule, history: DealHistory, at: Instant, stage: StageNorm): DealPulse {
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
    waitingUntil: waitingAt(rule, history, at),
    snoozedUntil: lastOf(history.snoozes, at)?.until ?? null,
    pushedAt: null,
  };
}

/** Until when the deal waited. Nobody knows since when today's date stands: it is believed only where the rule is about it. */
function waitingAt({ kind }: AlertRule, history: DealHistory, at: Instant): Instant | null {
  if (kind === 'clientDatePassed') return history.clientDate;
  const pause = pauseAt(history, at);
  return pause === null ? null : (pause.until ?? FAR);
}

function pauseAt(history: DealHistory, at: Instant): DealHistory['pauses'][number] | null {
  return history.pauses.find((one) => one.at <= at && (one.until === null || one.until > at)) ?? null;
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

function planAt(history: DealHistory, at: Instant, stage: StageNorm): PulsePlan | null {
  const plan = history.plans.findLast((one) => one.from <= at && (one.to === null || one.to > at));
  if (!plan) return null;
  const own = history.steps.filter((step) => step.planId === plan.planId);
  const due = own
    .filter((step) => step.from !== null && step.from <= at && (step.to === null || step.to > at))
    .toSorted((one, other) => (one.dueAt ?? Infinity) - (other.dueAt ?? Infinity));
  const [next] = due;
  return {
    planId: plan.planId,
    templateId: plan.templateId,
    version: plan.version,
    state: pauseAt(history, at) === null ? 'active' : 'paused',
    doneSteps: own.filter((step) => step.to !== null && step.to <= at).length,
    openSteps: due.length,
    dueAts: due.flatMap((step) => step.dueAt ?? []),
    nextStepId: next?.stepId ?? null,
    nextOwnerId: next?.ownerId ?? null,
    endsEarly: stage.place < stage.openStages - 1 && !own.some((step) => isAhead(step, own, at)),
  };
}

/**
 * Whether the step lay in a stage that the work had not come to yet. Which steps the plan had then is not kept: today's
 * are taken for them. A stage is come to when one of its steps could be done.
 */
function isAhead(step: PastStep, own: readonly PastStep[], at: Instant): boolean {
  if (hasBegun(step, at) || (step.to !== null && step.to <= at)) return false;
  return !own.some((other) => other.stageKey === step.stageKey && hasBegun(other, at));
}

function hasBegun({ from }: PastStep, at: Instant): boolean {
  return from !== null && from <= at;
}

function lastOf<One extends { readonly at: Instant }>(list: readonly One[], at: Instant): One | undefined {
  return list.findLast((one) => one.at <= at);
}

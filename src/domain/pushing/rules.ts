import { missedAt } from '../calendar/missed.js';
import type { Schedule } from '../calendar/work-calendar.types.js';
import { addWorking } from '../calendar/working-time.js';
import type { Instant } from '../crm/time.js';
import { defaultIdleDays, stuckAt } from './pulse.js';
import { parameterOf } from './rule-kinds.js';
import type { AlertRule, DealFacts, DealRuleKind, Hit, Moment } from './rule.types.js';
import { FAR, waitSpanOf, type WaitSpan } from './wait.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Several where a rule says more as time goes on; each is found, and told, for itself. */
type MomentOf = (facts: DealFacts, rule: AlertRule, schedule: Schedule) => Moment | readonly Moment[] | null;

export interface Evaluation {
  readonly hits: readonly Hit[];
  /** When a rule could become true without an event; null: never by time alone. */
  readonly nextAt: Instant | null;
}

/**
 * Each rule says when it becomes true unless something happens; what lies in the past is a hit, the earliest of the rest
 * is when to look again. Waiting for the client and a snooze put everything off that asks for the seller's work.
 * `schedule` is the responsible's working time without absences: the client waits while the seller is away, too.
 */
export function evaluateDeal(
  rules: readonly AlertRule[],
  facts: DealFacts,
  now: Instant,
  schedule: Schedule,
): Evaluation {
  const hits: Hit[] = [];
  let nextAt: Instant | null = null;
  for (const rule of rules) {
    for (const moment of momentsOf(rule, facts, schedule)) {
      if (moment.at < rule.since) continue;
      if (moment.at <= now) hits.push({ ...moment, rule });
      else nextAt = nextAt === null ? moment.at : Math.min(nextAt, moment.at);
    }
  }
  return { hits, nextAt };
}

function momentsOf(rule: AlertRule, facts: DealFacts, schedule: Schedule): readonly Moment[] {
  if (!isDealKind(rule.kind)) return [];
  const moments = [MOMENTS[rule.kind](facts, rule, schedule) ?? []].flat();
  if (REGARDLESS.has(rule.kind)) return moments;
  const { snoozedUntil } = facts.pulse;
  const waits = WAITING.has(rule.kind) ? (waitOf(facts, schedule)?.end ?? 0) : 0;
  return moments.map((moment) => {
    const at = Math.max(moment.at, waits, snoozedUntil ?? 0);
    return at === moment.at ? moment : { ...moment, at, episode: `${moment.episode}~${at}` };
  });
}

function waitOf({ pulse: { waitingUntil } }: DealFacts, { timeZone }: Schedule): WaitSpan | null {
  return waitingUntil === null ? null : waitSpanOf(waitingUntil, timeZone);
}

/** What a rule says later takes the place of what it said before: one deal stands once in a rule's list. */
export function standingHits(hits: readonly Hit[]): readonly Hit[] {
  return [...new Map(hits.map((hit) => [hit.rule, hit])).values()];
}

export function isDealKind(kind: string): kind is DealRuleKind {
  return kind in MOMENTS;
}

/** These do not ask for the seller's work on an open deal: no snooze puts them off. */
const REGARDLESS: ReadonlySet<string> = new Set<DealRuleKind>(['lostWithoutReason', 'putOffAgain']);

/** Of these nothing is expected before the client's agreed date. */
const WAITING: ReadonlySet<string> = new Set<DealRuleKind>([
  'noNextStep',
  'nextStepTooFar',
  'idle',
  'stuck',
  'dormant',
  'firstContactLate',
  'tooFewTouches',
  'planEndsEarly',
]);

const MOMENTS: Readonly<Record<DealRuleKind, MomentOf>> = {
  firstContactLate: ({ pulse }, rule, schedule) => {
    if (!isOpen(pulse) || pulse.lastEvent.kind !== 'created') return null;
    return { at: afterMinutes(pulse.createdAt, rule, schedule), episode: 'first', numbers: {} };
  },
  noPlanAfterAcceptance: ({ pulse, plansOn }, rule, schedule) => {
    if (!isOpen(pulse) || !plansOn || pulse.unsorted || pulse.plan !== null) return null;
    const from = pulse.acceptedAt ?? pulse.createdAt;
    return { at: afterMinutes(from, rule, schedule), episode: String(from), numbers: {} };
  },
  planEndsEarly: ({ pulse }) => {
    if (!isOpen(pulse) || pulse.plan?.state !== 'active' || !pulse.plan.endsEarly) return null;
    // By its last step, not by the stage's beginning: what ends early only now is news to a younger rule.
    return { at: pulse.lastEvent.at, episode: pulse.stageId, numbers: { open: pulse.plan.openSteps } };
  },
  noNextStep: ({ pulse }, rule, schedule) => {
    if (!isOpen(pulse) || pulse.plan?.state !== 'active' || pulse.plan.nextStepId !== null) return null;
    const from = pulse.lastEvent.at;
    return { at: afterHours(from, rule, schedule), episode: String(pulse.stageSince), numbers: {} };
  },
  stepOverdue: ({ pulse }, rule, schedule) => {
    const due = pulse.plan?.state === 'active' ? pulse.plan.dueAts[0] : undefined;
    if (due === undefined) return null;
    const steps = pulse.plan?.dueAts.filter((one) => one <= due).length ?? 1;
    return {
      // A whole-day step has its day first: the next morning tells of it.
      at: Math.max(afterHours(due, rule, schedule), missedAt(due, schedule.timeZone)),
      episode: `${pulse.plan?.nextStepId ?? ''}|${due}`,
      numbers: { due, steps },
    };
  },
  nextStepTooFar: ({ pulse, norm }, rule) => {
    const due = pulse.plan?.state === 'active' ? pulse.plan.dueAts[0] : undefined;
    const usual = norm.normMs ?? defaultIdleDays(norm) * DAY_MS;
    if (!isOpen(pulse) || due === undefined) return null;
    const from = pulse.lastEvent.at;
    if (due - from <= usual * parameterOf(rule, 'share')) return null;
    return { at: from, episode: `${pulse.plan?.nextStepId ?? ''}|${due}`, numbers: { due, usual } };
  },
  idle: (facts, _rule, schedule) => {
    const { pulse, norm } = facts;
    if (!isOpen(pulse) || pulse.unsorted) return null;
    const limit = defaultIdleDays(norm) * DAY_MS;
    const { at } = pulse.lastEvent;
    // Waiting for the client's date is no idleness: when it has passed, that is told by the rule about it.
    const from = Math.max(at, waitOf(facts, schedule)?.end ?? 0);
    const episode = from === at ? String(at) : `${at}~${from}`;
    return { at: from + limit, episode, numbers: { limit, last: at } };
  },
  stuck: ({ pulse, norm }) => {
    // Without anything learned "stuck" is the idle limit, and the rule about that says it already.
    if (!isOpen(pulse) || pulse.unsorted || norm.stuckAfterMs === null) return null;
    const numbers = { since: pulse.stageSince, usual: norm.normMs ?? norm.stuckAfterMs };
    return { at: stuckAt(pulse, norm), episode: String(pulse.stageSince), numbers };
  },
  dormant: ({ pulse }, rule) => {
    if (!isOpen(pulse)) return null;
    const { at } = pulse.lastEvent;
    const days = parameterOf(rule, 'after');
    const close = parameterOf(rule, 'close');
    const sleeps = { at: at + days * DAY_MS, episode: String(at), numbers: { days, last: at } };
    if (close <= days) return sleeps;
    const dead = {
      at: at + close * DAY_MS,
      episode: `${at}|close`,
      numbers: { days: close, last: at, close },
    };
    return [sleeps, dead];
  },
  clientDatePassed: (facts, rule, schedule) => {
    const { pulse } = facts;
    const wait = waitOf(facts, schedule);
    if (!isOpen(pulse) || wait === null || wait.end >= FAR || pulse.lastEvent.at > wait.begin) return null;
    // Noon of a whole day: the same day for readers of other zones.
    const date = (wait.begin + wait.end) / 2;
    return {
      at: afterHours(wait.end, rule, schedule),
      episode: String(pulse.waitingUntil),
      numbers: { date },
    };
  },
  movedWithOpenSteps: ({ leftOpen }) =>
    leftOpen && { at: leftOpen.at, episode: String(leftOpen.at), numbers: { steps: leftOpen.steps } },
  lostWithoutReason: ({ lostSilently }, rule, schedule) => {
    if (lostSilently === null) return null;
    return { at: afterMinutes(lostSilently, rule, schedule), episode: String(lostSilently), numbers: {} };
  },
  unsortedWaiting: ({ pulse }, rule, schedule) => {
    if (!isOpen(pulse) || !pulse.unsorted) return null;
    const at = afterMinutes(pulse.stageSince, rule, schedule);
    return { at, episode: String(pulse.stageSince), numbers: {} };
  },
  tooFewTouches: ({ pulse, touches }, rule) => {
    const wanted = parameterOf(rule, 'touches');
    const hours = parameterOf(rule, 'hours');
    if (!isOpen(pulse) || touches >= wanted) return null;
    return {
      at: pulse.createdAt + hours * HOUR_MS,
      episode: 'first',
      numbers: { touches, wanted, hours },
    };
  },
  putOffAgain: ({ pulse, putOff }, rule) => {
    if (!isOpen(pulse) || putOff === null || putOff.times < parameterOf(rule, 'times')) return null;
    return {
      at: putOff.at,
      episode: `${pulse.stageSince}|${putOff.times}`,
      numbers: { times: putOff.times },
    };
  },
};

function isOpen(pulse: DealFacts['pulse']): boolean {
  return pulse.stageKind === 'open';
}

function afterMinutes(from: Instant, rule: AlertRule, schedule: Schedule): Instant {
  return addWorking(from, { amount: parameterOf(rule, 'after'), unit: 'workingMinutes' }, schedule);
}

function afterHours(from: Instant, rule: AlertRule, schedule: Schedule): Instant {
  const amount = parameterOf(rule, 'after');
  return amount === 0 ? from : addWorking(from, { amount, unit: 'workingHours' }, schedule);
}

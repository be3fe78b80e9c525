import type { Schedule } from '../calendar/work-calendar.types.js';
import type { Instant } from '../crm/time.js';
import { factsAt, TOUCHED_MS, type DealHistory, type FactSurroundings } from './past-facts.js';
import { evaluateDeal, standingHits } from './rules.js';
import type { AlertRule, DealFacts, Hit } from './rule.types.js';

/** What was left behind on the way to a closing is worth a word for so long. */
const LINGERS_MS = 7 * 86_400_000;

export interface ReplaySurroundings extends Omit<FactSurroundings, 'timeZone'> {
  readonly from: Instant;
  readonly to: Instant;
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
  const { from, to, schedule, norm, plansSince } = surroundings;
  const known = { norm, plansSince, timeZone: schedule.timeZone };
  const watched = { ...rule, on: true, since: from };
  const moments = momentsOf(history, surroundings);
  const found: PastHit[] = [];
  const told = new Set<string>();
  let standing: PastHit | null = null;
  for (const [index, at] of moments.entries()) {
    const end = moments[index + 1] ?? to;
    const facts = factsAt(history, at, known);
    const { hits: all } = evaluateDeal([watched], facts, end - 1, schedule);
    const hits = isForgotten(rule, facts) ? [] : all.filter((hit) => isInTime(hit, history));
    for (const turn of turnsOf(hits, at)) {
      const [hit] = standingHits(hits.filter((one) => one.at <= turn));
      if (standing !== null && standing.episode !== hit?.episode) {
        found.push({ ...standing, until: endOf(rule, history, facts, turn, to) });
        standing = null;
      }
      if (!hit || told.has(hit.episode)) continue;
      told.add(hit.episode);
      standing = { at: turn, until: null, episode: hit.episode, numbers: hit.numbers };
    }
  }
  return standing === null ? found : [...found, standing];
}

/** Nobody looks at a closed deal any more, unless a plan of it lives on; its loss is looked at for itself. */
function isForgotten({ kind }: AlertRule, { pulse }: DealFacts): boolean {
  if (pulse.stageKind === 'open' || kind === 'lostWithoutReason') return false;
  return pulse.plan === null || pulse.plan.state === 'closed';
}

/** Touches of a deal that is no longer young are not counted: what waited until then is not said any more. */
function isInTime({ rule, at }: Hit, { createdAt }: DealHistory): boolean {
  return rule.kind !== 'tooFewTouches' || at <= createdAt + TOUCHED_MS;
}

/** Moments of the stretch at which what the rule says becomes something else. */
function turnsOf(hits: readonly Hit[], at: Instant): readonly Instant[] {
  const later = hits.map((hit) => hit.at).filter((moment) => moment > at);
  return [at, ...new Set(later)].toSorted((one, other) => one - other);
}

/** When the finding was over that nothing says at `turn` any more; null: not within the time. */
function endOf(
  rule: AlertRule,
  { visits, plans }: DealHistory,
  facts: DealFacts,
  turn: Instant,
  to: Instant,
): Instant | null {
  if (rule.kind !== 'movedWithOpenSteps' || !isForgotten(rule, facts)) return turn;
  const reopened = visits.find((visit) => visit.kind === 'open' && visit.at > turn)?.at ?? to;
  const planned = plans.find((plan) => plan.from > turn)?.from ?? to;
  const end = Math.min(turn + LINGERS_MS, reopened, planned);
  return end < to ? end : null;
}

function momentsOf(history: DealHistory, { to, plansSince }: ReplaySurroundings): readonly Instant[] {
  const all = [
    history.createdAt,
    plansSince,
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

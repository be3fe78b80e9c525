import type { Deal, StageKind, StageVisit } from '../crm/records.js';
import type { Instant } from '../crm/time.js';
import { decidePlan } from './planner.js';
import type { PlanInput, PlanStep } from './types.js';

/** A deal that goes back and forth all day long is replayed so far and no further. */
const MAX_ROUNDS = 400;

export interface ReplayInput extends Pick<
  PlanInput,
  'template' | 'stageMap' | 'deal' | 'people' | 'fieldMap'
> {
  /** Oldest first. */
  readonly visits: readonly StageVisit[];
  readonly kindOf: (stageId: string) => StageKind;
  readonly from: Instant;
  readonly to: Instant;
}

/** A task that the template would have given somebody. */
export interface ReplayedTask {
  readonly ownerId: string;
  /** Its deadline, which is when it is taken for done. */
  readonly at: Instant;
  readonly minutes: number;
}

/**
 * Replays a deal's way through its stages as if the template had planned it: its plan begins when the deal was made, or
 * with the time asked for when it was there before, and every step is done at its deadline. Pure; the deal's present
 * responsible is taken for all of it, for hosts do not tell who was responsible before.
 */
export function replayDeal(input: ReplayInput): readonly ReplayedTask[] {
  const startedAt = startOf(input);
  const tasks = new Map<string, ReplayedTask>();
  let now = startedAt;
  let steps: readonly PlanStep[] = [];
  for (let round = 0; now !== null && startedAt !== null && round < MAX_ROUNDS; round += 1) {
    const past = visitsUntil(input.visits, now);
    const decision = decidePlan({
      ...input,
      deal: dealAt(input, past, now),
      visits: past,
      startedAt,
      steps,
      pause: null,
      now,
    });
    const actionable = decision.steps.filter((step) => step.state === 'actionable');
    for (const step of actionable) noteTask(tasks, step, now, input);
    if (decision.status.kind === 'closed' && actionable.length === 0) break;
    const due = actionable.some((step) => doneAt(step, now ?? 0) <= (now ?? 0));
    now = due ? now : nextMoment(input, actionable, decision.wakeAt, now);
    steps = decision.steps.map((step) => finished(step, now));
  }
  return [...tasks.values()].filter((task) => task.at <= input.to);
}

/** Null: the deal had no part in that time. */
function startOf({ template, deal, visits, kindOf, from, to }: ReplayInput): Instant | null {
  const won = visits.find((visit) => kindOf(visit.stageId) === 'won');
  const begins = template.purpose === 'afterSale' ? won?.enteredAt : (visits[0]?.enteredAt ?? deal.createdAt);
  if (begins === undefined || begins > to) return null;
  return Math.max(begins, from);
}

function visitsUntil(visits: readonly StageVisit[], now: Instant): readonly StageVisit[] {
  const past = visits.filter((visit) => visit.enteredAt <= now);
  return past.map((visit) =>
    visit.leftAt !== null && visit.leftAt > now ? { ...visit, leftAt: null } : visit,
  );
}

function dealAt({ deal, kindOf }: ReplayInput, past: readonly StageVisit[], now: Instant): Deal {
  const stageId = past.at(-1)?.stageId ?? deal.stageId;
  return { ...deal, stageId, stageKind: kindOf(stageId), stageSince: null, modifiedAt: now };
}

function noteTask(
  tasks: Map<string, ReplayedTask>,
  step: PlanStep,
  now: Instant,
  { template }: ReplayInput,
): void {
  const id = `${step.stepKey}~${step.visitSeq}`;
  if (step.ownerId === null || tasks.has(id)) return;
  const rule = template.stages.flatMap((stage) => stage.steps).find((each) => each.key === step.stepKey);
  tasks.set(id, { ownerId: step.ownerId, at: doneAt(step, now), minutes: rule?.durationMinutes ?? 0 });
}

/** What is overdue when it appears is done at once. */
function doneAt(step: PlanStep, now: Instant): Instant {
  return Math.max(step.dueAt ?? now, step.startAt ?? 0);
}

/** The deal moves, a task is done, or a step's time comes; null when nothing more happens in the time asked for. */
function nextMoment(
  { visits, to }: ReplayInput,
  actionable: readonly PlanStep[],
  wakeAt: Instant | null,
  now: Instant | null,
): Instant | null {
  if (now === null) return null;
  const moments = [
    ...visits.map((visit) => visit.enteredAt),
    ...actionable.map((step) => doneAt(step, now)),
    ...(wakeAt === null ? [] : [wakeAt]),
  ].filter((moment) => moment > now);
  const next = Math.min(...moments);
  return next <= to ? next : null;
}

/** A step that nobody is left to do is done as well: what comes behind it is somebody's work. */
function finished(step: PlanStep, now: Instant | null): PlanStep {
  if (step.state !== 'actionable' || now === null) return step;
  const at = doneAt(step, now);
  if (at > now) return step;
  return {
    ...step,
    outcome: { kind: 'done', at, by: step.ownerId, source: 'system', result: { kind: 'none' } },
  };
}

/** Load of one person on one day. */
export interface DayLoad {
  /** `YYYY-MM-DD` in the person's own zone. */
  readonly date: string;
  readonly tasks: number;
  readonly minutes: number;
}

export interface PersonLoad {
  readonly ownerId: string;
  readonly tasks: number;
  /** The day with most tasks, of equal ones the one with most minutes, then the first. */
  readonly busiestDay: DayLoad;
}

/** Counts tasks by person and day, whoever has most first. */
export class LoadCount {
  private readonly people = new Map<string, Map<string, DayLoad>>();
  private readonly formats = new Map<string, Intl.DateTimeFormat>();

  constructor(private readonly zoneOf: (userId: string) => string) {}

  add({ ownerId, at, minutes }: ReplayedTask): void {
    const days = this.people.get(ownerId) ?? new Map<string, DayLoad>();
    this.people.set(ownerId, days);
    const date = this.format(this.zoneOf(ownerId)).format(at);
    const day = days.get(date) ?? { date, tasks: 0, minutes: 0 };
    days.set(date, { date, tasks: day.tasks + 1, minutes: day.minutes + minutes });
  }

  /** `factor`: how many deals each of a sample stands for. */
  loads(factor = 1): readonly PersonLoad[] {
    const loads = [...this.people].map(([ownerId, days]) => loadOf(ownerId, [...days.values()], factor));
    return loads.toSorted((a, b) => b.tasks - a.tasks || (a.ownerId < b.ownerId ? -1 : 1));
  }

  private format(timeZone: string): Intl.DateTimeFormat {
    const known = this.formats.get(timeZone);
    if (known) return known;
    // Swedish dates are those of ISO 8601.
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    this.formats.set(timeZone, format);
    return format;
  }
}

function loadOf(ownerId: string, days: readonly DayLoad[], factor: number): PersonLoad {
  const [busiest = { date: '', tasks: 0, minutes: 0 }] = days.toSorted(
    (a, b) => b.tasks - a.tasks || b.minutes - a.minutes || (a.date < b.date ? -1 : 1),
  );
  const scaled = (value: number): number => Math.round(value * factor);
  return {
    ownerId,
    tasks: scaled(days.reduce((sum, day) => sum + day.tasks, 0)),
    busiestDay: { date: busiest.date, tasks: scaled(busiest.tasks), minutes: scaled(busiest.minutes) },
  };
}

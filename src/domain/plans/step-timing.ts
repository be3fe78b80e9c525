import { WHOLE_DAY_TIME } from '../calendar/work-calendar.js';
import { addWorking, BARE_STEP, nextWorkingMoment } from '../calendar/working-time.js';
import type { Schedule, WorkAmount } from '../calendar/work-calendar.types.js';
import type { Instant } from '../crm/time.js';
import type { Attempt, PastPause, PlanStep } from './plan.types.js';
import { afterPauses } from './pause-timing.js';
import type { Repetition, StepOffset, TemplateStep } from './template.types.js';

/**
 * A step becomes a task in the host at most this long before its deadline: two weeks are what a seller plans ahead,
 * and hosts slow down under tasks that nobody can do yet.
 */
export const LEAD_MS = 14 * 86_400_000;

export interface TimingInput {
  readonly step: TemplateStep;
  readonly planStartedAt: Instant;
  /** When the step's stage was or will be entered. */
  readonly openedAt: Instant;
  /** Steps named by the step, as decided so far; a missing one holds nobody up. */
  readonly reference: (stepKey: string) => PlanStep | undefined;
  /** The open step that has to end before the named one can; null when nothing is open. */
  readonly openBehind: (stepKey: string) => string | null;
  /** The date field that the deadline hangs on; null: empty. */
  readonly fieldDate: Instant | null;
  readonly attempts: readonly Attempt[];
  readonly pauses: readonly PastPause[];
  /** A deadline set by hand, or null. */
  readonly dueByHand: Instant | null;
}

export interface StepTiming {
  readonly dueAt: Instant | null;
  /** From when the step can be worked on: its stage is there and everything it waits for has ended. */
  readonly readyAt: Instant;
  /** Key of the step that it is counted from while that one is still open. */
  readonly afterStep: string | null;
  /** Key of the first prerequisite that is still open. */
  readonly prerequisite: string | null;
  /** The deadline hangs on a date field that is empty. */
  readonly dateMissing: boolean;
}

/** Deadline and readiness of one live or future step, in its owner's working time. */
export function timeStep(input: TimingInput, schedule: Schedule): StepTiming {
  const { step } = input;
  const anchor = step.offset.anchor;
  const readyAt = readyOf(input);
  const counted = anchor.from === 'stepEnd' && step.offset.amount >= 0;
  return {
    dueAt: input.dueByHand === null ? deadline(input, readyAt, schedule) : byHand(input, schedule),
    readyAt,
    afterStep: counted ? input.openBehind(anchor.stepKey) : null,
    prerequisite: firstOpen(input),
    dateMissing: anchor.from === 'field' && input.fieldDate === null && input.attempts.length === 0,
  };
}

/** Whether a step is still to be done. */
export function isOpen(step: PlanStep | undefined): boolean {
  return step?.state === 'future' || step?.state === 'waiting' || step?.state === 'actionable';
}

function firstOpen({ step, openBehind }: TimingInput): string | null {
  for (const key of step.prerequisites) {
    const open = openBehind(key);
    if (open !== null) return open;
  }
  return null;
}

function readyOf({ step, openedAt, reference }: TimingInput): Instant {
  let ready = openedAt;
  for (const key of step.prerequisites) ready = Math.max(ready, endOf(reference(key)) ?? 0);
  return ready;
}

/** When a step ended, or is expected to. */
function endOf(step: PlanStep | undefined): Instant | null {
  if (!step) return null;
  return step.outcome?.at ?? (isOpen(step) ? step.dueAt : null);
}

/** A deadline that was set for a time which became a pause is put to the next working day after it. */
function byHand({ dueByHand, pauses }: TimingInput, schedule: Schedule): Instant | null {
  let due = dueByHand ?? 0;
  for (const { since, until } of pauses) {
    if (due > since && due <= until) due = addWorking(until, { amount: 1, unit: 'workingDays' }, schedule);
  }
  return due;
}

/** Never before the step can be started: a norm that cannot be kept is not fair. */
function deadline(input: TimingInput, readyAt: Instant, schedule: Schedule): Instant {
  const { anchor, by, isDate } = countOf(input);
  const plain = addWorking(anchor, by, schedule);
  if (input.pauses.length > 0) {
    return afterPauses({ due: plain, anchor, readyAt, by, isDate, schedule }, input.pauses);
  }
  if (plain >= readyAt) return plain;
  return by.amount > 0 ? addWorking(readyAt, by, schedule) : nextWorkingMoment(readyAt, schedule);
}

interface Count {
  readonly anchor: Instant;
  readonly by: WorkAmount;
  /** The deadline is a date that somebody named, not a norm of working time. */
  readonly isDate: boolean;
}

function countOf(input: TimingInput): Count {
  const { step, attempts } = input;
  const last = attempts.at(-1);
  if (last && step.repeat) return { anchor: last.at, by: amountOf(step.repeat.interval), isDate: false };
  const by = amountOf(step.offset);
  const { anchor } = step.offset;
  if (anchor.from !== 'field') return { anchor: anchorOf(input), by, isDate: by.amount < 0 };
  if (input.fieldDate !== null) return { anchor: input.fieldDate, by, isDate: true };
  // Without the date "before" it means nothing: the step gets the time of one that says nothing.
  return { anchor: input.openedAt, by: by.amount < 0 ? BARE_STEP : by, isDate: false };
}

function anchorOf(input: TimingInput): Instant {
  const anchor = input.step.offset.anchor;
  if (anchor.from === 'planStart') return input.planStartedAt;
  if (anchor.from !== 'stepEnd') return input.openedAt;
  return endOf(input.reference(anchor.stepKey)) ?? input.openedAt;
}

/** "In thirty days" names a day, not an hour: a whole-day step, due at the day's beginning. */
function amountOf(offset: StepOffset | Repetition['interval']): WorkAmount {
  const { amount, unit } = offset;
  const timeOfDay = offset.timeOfDay ?? (unit === 'calendarDays' ? WHOLE_DAY_TIME : undefined);
  return timeOfDay === undefined ? { amount, unit } : { amount, unit, timeOfDay };
}

import { WHOLE_DAY_TIME } from '../calendar/work-calendar.js';
import { addWorking, nextWorkingMoment } from '../calendar/working-time.js';
import type { Schedule, WorkAmount } from '../calendar/work-calendar.types.js';
import type { Instant } from '../crm/time.js';
import type { PlanStep } from './plan.types.js';
import type { StepOffset, TemplateStep } from './template.types.js';

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
  readonly schedule: Schedule;
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
}

/** Deadline and readiness of one live or future step, in its owner's working time. */
export function timeStep(input: TimingInput): StepTiming {
  const { step } = input;
  const open = (key: string): boolean => isOpen(input.reference(key));
  const anchor = step.offset.anchor;
  const readyAt = Math.max(
    input.openedAt,
    ...step.prerequisites.map((key) => endOf(input.reference(key)) ?? 0),
  );
  const waitsForAnchor = anchor.from === 'stepEnd' && step.offset.amount >= 0 && open(anchor.stepKey);
  return {
    dueAt: input.dueByHand ?? deadline(input, readyAt),
    readyAt,
    afterStep: waitsForAnchor ? anchor.stepKey : null,
    prerequisite: step.prerequisites.find(open) ?? null,
  };
}

/** Whether a step is still to be done. */
export function isOpen(step: PlanStep | undefined): boolean {
  return step?.state === 'future' || step?.state === 'waiting' || step?.state === 'actionable';
}

/** When a step ended, or is expected to. */
function endOf(step: PlanStep | undefined): Instant | null {
  if (!step) return null;
  return step.outcome?.at ?? (isOpen(step) ? step.dueAt : null);
}

/** Never before the step can be started: a norm that cannot be kept is not fair. */
function deadline(input: TimingInput, readyAt: Instant): Instant | null {
  const { step, schedule } = input;
  const anchor = anchorOf(input);
  const by = amountOf(step.offset);
  const due = addWorking(anchor, by, schedule);
  if (due >= readyAt) return due;
  return by.amount > 0 ? addWorking(readyAt, by, schedule) : nextWorkingMoment(readyAt, schedule);
}

function anchorOf(input: TimingInput): Instant {
  const anchor = input.step.offset.anchor;
  if (anchor.from === 'planStart') return input.planStartedAt;
  if (anchor.from !== 'stepEnd') return input.openedAt;
  return endOf(input.reference(anchor.stepKey)) ?? input.openedAt;
}

/** "In thirty days" names a day, not an hour: a whole-day step, due at the day's beginning. */
function amountOf(offset: StepOffset): WorkAmount {
  const { amount, unit } = offset;
  const timeOfDay = offset.timeOfDay ?? (unit === 'calendarDays' ? WHOLE_DAY_TIME : undefined);
  return timeOfDay === undefined ? { amount, unit } : { amount, unit, timeOfDay };
}

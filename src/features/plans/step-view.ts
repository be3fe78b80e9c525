import { isMissed } from '../../domain/calendar/missed.js';
import type { Instant } from '../../domain/crm/time.js';
import type { PlanStep, ResultRule, TemplateStep } from '../../domain/plans/types.js';
import type { StepTask } from '../../outbox/index.js';
import { becauseText, type Reader } from './because.texts.js';
import type { StepOutcomeView, StepResultView, StepView } from './plan.view.js';
import { showResult } from './step-result.reader.js';
import type { DealAccess } from './plan-access.service.js';
import { rightsOf, stepExtras } from './step-extras.js';
import { stepIdOf } from './stored-plan.js';

/** Who looks, and what the view needs of the account to show a step to that person. */
export interface StepLook {
  readonly reader: Reader;
  readonly userId: string;
  readonly now: Instant;
  readonly userName: (id: string) => string | null;
  readonly taskPath: (taskId: string, ownerId: string) => string | null;
  /** `steps`: the deal is somebody else's, and only own steps are handled. */
  readonly scope: DealAccess['scope'];
  /** Whether the person administers or leads a department. */
  readonly leads: boolean;
  /** Groups that the person is in. */
  readonly groups: ReadonlySet<string>;
}

const NO_TASK: StepTask = { state: 'none', hostTaskId: null, fault: null };

export function viewStep(
  step: PlanStep,
  rule: TemplateStep | undefined,
  task: StepTask = NO_TASK,
  look: StepLook,
  id = stepIdOf(step),
): StepView {
  const ownerId = step.ownerId;
  return {
    ...viewRule(step.stepKey, rule),
    id,
    state: step.state,
    ownerName: ownerId === null ? null : look.userName(ownerId),
    mine: ownerId === look.userId,
    dueAt: isoOf(step.dueAt),
    overdue: isOverdue(step, look),
    outcome: viewOutcome(step, rule?.result, look),
    because: becauseText(step, look.reader),
    hostTaskPath: task.hostTaskId === null ? null : look.taskPath(task.hostTaskId, ownerId ?? look.userId),
    hostTask: task.state,
    can: rightsOf(step, rule, look),
    ...stepExtras(step, rule, look),
  };
}

type RuleView = Pick<
  StepView,
  'title' | 'goal' | 'say' | 'doneWhen' | 'required' | 'durationMinutes' | 'result'
>;

/** A step that its template no longer has still shows, under its key. */
function viewRule(stepKey: string, rule: TemplateStep | undefined): RuleView {
  if (!rule) {
    const result = viewResult({ kind: 'none' });
    return { title: stepKey, goal: '', say: '', doneWhen: '', required: false, durationMinutes: 0, result };
  }
  const { title, required, durationMinutes, instruction } = rule;
  const { goal, say, done } = instruction;
  return { title, goal, say, doneWhen: done, required, durationMinutes, result: viewResult(rule.result) };
}

/** Only what can be done now can be late. */
export function isOverdue(
  step: Pick<PlanStep, 'state' | 'dueAt'>,
  { now, reader }: Pick<StepLook, 'now' | 'reader'>,
): boolean {
  return step.state === 'actionable' && step.dueAt !== null && isMissed(step.dueAt, now, reader.timeZone);
}

export function isoOf(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function viewResult(rule: ResultRule): StepResultView {
  return {
    kind: rule.kind,
    label: rule.kind === 'none' ? null : rule.label,
    choices: rule.kind === 'choice' ? rule.choices.map((choice) => choice.name) : [],
    demanded: rule.kind !== 'none',
  };
}

function viewOutcome(step: PlanStep, rule: ResultRule | undefined, look: StepLook): StepOutcomeView | null {
  const outcome = step.outcome;
  if (!outcome) return null;
  const reason = outcome.kind === 'failed' || outcome.kind === 'skipped' ? outcome.reason : '';
  return {
    at: new Date(outcome.at).toISOString(),
    byName: outcome.by === null ? null : look.userName(outcome.by),
    result: outcome.kind === 'done' ? showResult(rule, outcome.result) : null,
    reason: reason === '' ? null : reason,
  };
}

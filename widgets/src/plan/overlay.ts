import type {
  PlanView,
  StepOutcomeView,
  StepState,
  StepView,
} from '../../../src/features/plans/plan.view.js';
import { isEnded, type StepCommand } from './plan-states.js';

/** A command that the server has not answered yet. */
export interface PendingStep {
  /** Unique among the pending ones. */
  readonly key: string;
  readonly stepId: string;
  readonly to: StepState;
  readonly outcome: StepOutcomeView | null;
}

/** Which state a step shows while the server has not answered. */
export const stateAfter: Readonly<Record<StepCommand, StepState>> = {
  done: 'done',
  skip: 'skipped',
  fail: 'failed',
  reopen: 'actionable',
};

/**
 * What the person sees: the server's truth with the unanswered commands laid over it. Neither argument is changed; with
 * nothing pending the base itself comes back. A command for a step that the base no longer has changes nothing.
 */
export function overlay(base: PlanView, pending: readonly PendingStep[]): PlanView {
  if (pending.length === 0 || !base.plan) return base;
  const latest = new Map(pending.map((op) => [op.stepId, op]));
  const stages = base.stages.map((stage) => ({
    ...stage,
    steps: stage.steps.map((step) => laidOver(step, latest.get(step.id))),
  }));
  const steps = stages.flatMap((stage) => stage.steps);
  const done = (list: readonly StepView[]): number => list.filter((step) => step.state === 'done').length;
  const change = done(steps) - done(base.stages.flatMap((stage) => stage.steps));
  const open = new Set(steps.filter((step) => !isEnded(step.state)).map((step) => step.id));
  return {
    ...base,
    stages,
    plan: { ...base.plan, doneCount: base.plan.doneCount + change },
    nextStepIds: base.nextStepIds.filter((id) => open.has(id)),
  };
}

function laidOver(step: StepView, op: PendingStep | undefined): StepView {
  if (!op) return step;
  const finished = isEnded(op.to);
  return {
    ...step,
    state: op.to,
    outcome: op.outcome,
    overdue: !finished && step.overdue,
    because: null,
    // Nothing can be asked twice while the first question is open.
    can: { done: false, skip: false, reopen: false },
  };
}

/** Steps whose state, deadline or owner differs between two readings of one plan: what somebody else has changed. */
export function changedSteps(before: PlanView, after: PlanView): readonly string[] {
  if (before.plan?.id !== after.plan?.id) return [];
  const signs = new Map(before.stages.flatMap((stage) => stage.steps).map((step) => [step.id, signOf(step)]));
  return after.stages
    .flatMap((stage) => stage.steps)
    .filter((step) => signs.get(step.id) !== signOf(step))
    .map((step) => step.id);
}

function signOf(step: StepView): string {
  return JSON.stringify([step.state, step.dueAt, step.ownerName, step.title]);
}

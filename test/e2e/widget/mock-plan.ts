import type { PlanView, StepState, StepView } from '../../../src/features/plans/plan.view.js';

const stateOf: Readonly<Record<string, StepState>> = {
  done: 'done',
  skip: 'skipped',
  fail: 'failed',
  reopen: 'actionable',
};

/** What the server makes of a command: the step's new state, the next steps, one revision more; of an order, the last only. */
export function actOnStep(
  view: PlanView,
  stepId: string,
  command: string,
  body: Readonly<Record<string, string>>,
): PlanView {
  const state = stateOf[command];
  if (!view.plan) throw new Error(`nothing to ${command}`);
  if (!state) return { ...view, plan: { ...view.plan, revision: view.plan.revision + 1 } };
  const stages = view.stages.map((stage) => ({
    ...stage,
    steps: stage.steps.map((step) => (step.id === stepId ? changed(step, state, body) : step)),
  }));
  const steps = stages.flatMap((stage) => stage.steps);
  return {
    ...view,
    stages,
    nextStepIds: steps.filter((step) => step.state === 'actionable').map((step) => step.id),
    plan: {
      ...view.plan,
      revision: view.plan.revision + 1,
      doneCount: steps.filter((step) => step.state === 'done').length,
    },
    now: new Date(Date.parse(view.now) + 1_000).toISOString(),
  };
}

function changed(step: StepView, state: StepState, body: Readonly<Record<string, string>>): StepView {
  const open = state === 'actionable';
  return {
    ...step,
    state,
    overdue: open && step.overdue,
    outcome: open
      ? null
      : {
          at: new Date().toISOString(),
          byName: 'Ольга Смирнова',
          result: body['result'] ?? null,
          reason: body['reason'] ?? null,
        },
    can: { done: open, skip: open, reopen: !open },
  };
}

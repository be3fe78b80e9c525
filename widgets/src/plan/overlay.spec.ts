import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PlanView, StepState, StepView } from '../../../src/features/plans/plan.view.js';
import { changedSteps, overlay, type PendingStep } from './overlay.js';
import { isEnded, newer } from './plan-states.js';

const states: readonly StepState[] = [
  'future',
  'waiting',
  'actionable',
  'done',
  'skipped',
  'failed',
  'cancelled',
];

function stepOf(id: string, state: StepState): StepView {
  return {
    id,
    title: id,
    goal: '',
    say: '',
    doneWhen: '',
    state,
    required: true,
    ownerName: null,
    mine: true,
    dueAt: null,
    overdue: state === 'actionable',
    durationMinutes: 0,
    result: { kind: 'none', label: null, choices: [], demanded: false },
    outcome: null,
    because: null,
    hostTaskPath: null,
    hostTask: 'none',
    can: { done: !isEnded(state), skip: !isEnded(state), reopen: isEnded(state) },
  };
}

function viewOf(stepStates: readonly StepState[], revision = 1): PlanView {
  const steps = stepStates.map((state, index) => stepOf(`s${index}`, state));
  return {
    deal: { id: '1', title: 'Deal', stageName: 'First', stageKind: 'open', ownerName: null },
    plan: {
      id: 'p',
      name: 'Plan',
      state: 'active',
      closeReason: null,
      revision,
      doneCount: steps.filter((step) => step.state === 'done').length,
      totalCount: steps.length,
    },
    stages: [{ key: 'a', name: 'First', meaning: '', position: 'current', steps }],
    nextStepIds: steps.filter((step) => step.state === 'actionable').map((step) => step.id),
    launch: null,
    sync: {
      state: 'done',
      rowsDone: 0,
      rowsTotal: null,
      rowsPerSecond: null,
      secondsLeft: null,
      problem: null,
      updatedAt: null,
    },
    now: '2026-11-21T09:00:00.000Z',
  };
}

const anyView = fc
  .array(fc.constantFrom(...states), { minLength: 1, maxLength: 8 })
  .map((list) => viewOf(list));
const anyPending = fc.array(
  fc.record<PendingStep>({
    key: fc.uuid(),
    stepId: fc.integer({ min: 0, max: 9 }).map((index) => `s${index}`),
    to: fc.constantFrom<StepState>('done', 'skipped', 'failed', 'actionable'),
    outcome: fc.constant(null),
  }),
  { maxLength: 4 },
);
const stepsOf = (view: PlanView): readonly StepView[] => view.stages.flatMap((stage) => stage.steps);

describe('widgets/src/plan/overlay', () => {
  it('gives the server’s own view back when nothing is pending', () => {
    fc.assert(fc.property(anyView, (view) => overlay(view, []) === view));
  });

  it('counts what it shows as done and never offers an ended step as the next one', () => {
    fc.assert(
      fc.property(anyView, anyPending, (view, pending) => {
        const shown = overlay(view, pending);
        expect(shown.plan?.doneCount).toBe(stepsOf(shown).filter((step) => step.state === 'done').length);
        const ended = new Set(
          stepsOf(shown)
            .filter((step) => isEnded(step.state))
            .map((step) => step.id),
        );
        expect(shown.nextStepIds.filter((id) => ended.has(id))).toEqual([]);
      }),
    );
  });

  it('touches no step without a command and lets none be asked twice', () => {
    fc.assert(
      fc.property(anyView, anyPending, (view, pending) => {
        const asked = new Set(pending.map((op) => op.stepId));
        const before = new Map(stepsOf(view).map((step) => [step.id, step]));
        for (const step of stepsOf(overlay(view, pending))) {
          if (asked.has(step.id)) expect(step.can).toEqual({ done: false, skip: false, reopen: false });
          else expect(step).toBe(before.get(step.id));
        }
      }),
    );
  });

  it('lets the last of two commands on one step show', () => {
    const pending = (['done', 'actionable'] as const).map((to) => ({
      key: to,
      stepId: 's0',
      to,
      outcome: null,
    }));
    expect(stepsOf(overlay(viewOf(['actionable']), pending))[0]?.state).toBe('actionable');
  });

  it('keeps the newer of two readings whichever arrives first', () => {
    const old = viewOf(['actionable'], 1);
    const fresh = viewOf(['done'], 2);
    expect(newer(old, fresh)).toBe(fresh);
    expect(newer(fresh, old)).toBe(fresh);
    expect(newer(null, old)).toBe(old);
    expect(newer(fresh, { ...old, plan: null }).plan).toBeNull();
  });

  it('names the steps that somebody else has changed', () => {
    expect(changedSteps(viewOf(['actionable', 'future']), viewOf(['done', 'future']))).toEqual(['s0']);
    expect(changedSteps({ ...viewOf(['future']), plan: null }, viewOf(['done']))).toEqual([]);
  });
});

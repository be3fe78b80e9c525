import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  picture,
  stepOf,
  withDone,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import { applyCommand, type StepCommand } from './step-commands.js';
import type { Condition, PlanInput, PlanStep, Repetition, TemplateStep } from './types.js';

const HOUR_MS = 3_600_000;
const OPEN_STAY = [{ stage: 'a', day: 0 }];
const BIG: Condition = { kind: 'field', field: 'amount', is: 'atLeast', values: [100_000] };

function one(...steps: readonly TemplateStep[]): PlanInput {
  return aCase(aTemplate([aStage('a', steps)]), OPEN_STAY);
}

function withAmount(input: PlanInput, amount: string | null, steps = input.steps): PlanInput {
  return { ...input, deal: aDeal('a', { amount }), steps };
}

describe('domain/plans/planner, for conditions', () => {
  const plain = one(
    aStep('call'),
    aStep('audit', { condition: BIG }),
    aStep('sign', { prerequisites: ['audit'] }),
  );

  it('leaves a step out of the plan while its condition is false, and lets nothing wait for it', () => {
    const plan = decidePlan(withAmount(plain, '500.00'));
    expect(picture(plan)).toEqual(['call#1:actionable', 'sign#1:actionable']);
  });

  it('brings the step in when the field changes, and makes what depends on it wait', () => {
    const plan = decidePlan(withAmount(plain, '100000.00'));
    expect(picture(plan)).toEqual(['call#1:actionable', 'audit#1:actionable', 'sign#1:waiting']);
  });

  it('withdraws a task whose condition became false with the reason, and brings it back under the same identity', () => {
    const first = decidePlan(withAmount(plain, '100000'));
    const out = decidePlan({ ...withAmount(plain, '99999.99', first.steps), now: MONDAY + HOUR_MS });
    expect(stepOf(out, 'audit')).toMatchObject({
      state: 'cancelled',
      because: {
        code: 'conditionFalse',
        params: { why: 'fieldBelow', field: 'amount', values: '100000', stageKey: 'a', at: MONDAY + HOUR_MS },
      },
    });
    expect(stepOf(out, 'sign').state).toBe('actionable');
    const later = decidePlan({ ...withAmount(plain, '99999.99', out.steps), now: MONDAY + DAY_MS });
    expect(stepOf(later, 'audit')).toEqual(stepOf(out, 'audit'));
    const back = decidePlan(withAmount(plain, '200000', later.steps));
    expect(picture(back)).toEqual(picture(first));
  });

  it('never touches a step that was finished while its condition held', () => {
    const first = decidePlan(withAmount(plain, '100000'));
    const steps = withDone(first, ['audit'], MONDAY);
    expect(stepOf(decidePlan(withAmount(plain, null, steps)), 'audit').state).toBe('done');
  });

  it('lets a person bring such a step back by hand, until the deal moves', () => {
    const first = decidePlan(withAmount(plain, '100000'));
    const out = decidePlan(withAmount(plain, null, first.steps));
    const rule = plain.template.stages[0]?.steps[1] as TemplateStep;
    const reopened = applyCommand(stepOf(out, 'audit'), rule, { kind: 'reopen', by: 'seller' }, MONDAY + 1);
    if (reopened.kind === 'refused') throw new Error(reopened.code);
    const plan = decidePlan(withAmount(plain, null, [reopened.step]));
    expect(stepOf(plan, 'audit').state).toBe('actionable');
  });

  it('goes on to the next stage of one visit when the condition keeps every required step of a stage out', () => {
    const template = aTemplate([
      aStage('a', [aStep('big', { condition: BIG }), aStep('small', { required: false })]),
      aStage('b', [aStep('next')]),
    ]);
    const entry = { pipelineStageId: 'only', stageKeys: ['a', 'b'], match: 'manual', confidence: 1 } as const;
    const input = aCase(template, [{ stage: 'only', day: 0 }], { stageMap: { entries: [entry] } });
    const plan = decidePlan(input);
    expect(picture(plan)).toEqual(['small#1:actionable', 'next#1:future']);
    const done = decidePlan({ ...input, steps: withDone(plan, ['small'], MONDAY) });
    expect(picture(done)).toEqual(['small#1:done', 'next#1:actionable']);
  });

  describe('on the results of earlier steps', () => {
    const answer = aStep('ours', {
      result: {
        kind: 'choice',
        label: 'Ours?',
        choices: [
          { key: 'yes', name: 'Yes' },
          { key: 'no', name: 'No' },
        ],
      },
    });
    const on = (value: string): Condition => ({
      kind: 'step',
      stepKey: 'ours',
      is: 'result',
      values: [value],
    });
    const input = one(
      answer,
      aStep('meet', { condition: on('yes') }),
      aStep('refuse', { condition: { kind: 'not', of: on('yes') } }),
      aStep('report', { prerequisites: ['meet'] }),
    );
    const answered = (key: string): readonly PlanStep[] => {
      const done: StepCommand = { kind: 'done', by: 'seller', result: { kind: 'choice', key } };
      return decidePlan(input).steps.map((step) => {
        const result = step.stepKey === 'ours' ? applyCommand(step, answer, done, MONDAY + 1) : null;
        return result?.kind === 'ok' ? result.step : step;
      });
    };

    it('shows neither branch before the step is answered, and what follows waits for the answer', () => {
      const plan = decidePlan(input);
      expect(picture(plan)).toEqual(['ours#1:actionable', 'report#1:waiting']);
      expect(stepOf(plan, 'report').because.params['stepKey']).toBe('ours');
    });

    it('takes the branch that the answer opens and nothing of the other', () => {
      const yes = decidePlan({ ...input, steps: answered('yes') });
      expect(picture(yes)).toEqual(['ours#1:done', 'meet#1:actionable', 'report#1:waiting']);
      const no = decidePlan({ ...input, steps: answered('no') });
      expect(picture(no)).toEqual(['ours#1:done', 'refuse#1:actionable', 'report#1:actionable']);
    });

    it('takes the branch back when the answer is taken back, and says on what it hangs', () => {
      const yes = decidePlan({ ...input, steps: answered('yes') });
      const undone = yes.steps.map((step) => {
        const result =
          step.stepKey === 'ours'
            ? applyCommand(step, answer, { kind: 'undo', by: 'seller' }, MONDAY + 2)
            : null;
        return result?.kind === 'ok' ? result.step : step;
      });
      const plan = decidePlan({ ...input, steps: undone });
      expect(stepOf(plan, 'meet')).toMatchObject({
        state: 'cancelled',
        because: { code: 'conditionFalse', params: { why: 'stepOpen', stepKey: 'ours' } },
      });
    });
  });
});

describe('domain/plans/planner, for repetition', () => {
  const repeat: Repetition = {
    attempts: 3,
    interval: { amount: 2, unit: 'workingHours' },
    exhausted: { cause: 'client', reason: 'Не берёт трубку', closeDeal: true },
  };
  const rule = aStep('call', { repeat });
  const input = one(rule, aStep('after', { prerequisites: ['call'] }));

  /** The plan after so many tries, one an hour. */
  function tried(times: number): { readonly plan: ReturnType<typeof decidePlan>; readonly at: number } {
    let plan = decidePlan(input);
    let at = MONDAY;
    for (let run = 0; run < times; run += 1) {
      at += HOUR_MS;
      const result = applyCommand(
        stepOf(plan, 'call'),
        rule,
        { kind: 'attempt', by: 'seller', note: ' busy ' },
        at,
      );
      if (result.kind === 'refused') throw new Error(result.code);
      const steps = plan.steps.map((step) => (step.stepKey === 'call' ? result.step : step));
      plan = decidePlan({ ...input, steps, now: at });
    }
    return { plan, at };
  }

  it('moves the deadline of the same step by the interval from each try, and makes no second one', () => {
    const { plan, at } = tried(2);
    expect(plan.steps.filter((step) => step.stepKey === 'call')).toHaveLength(1);
    expect(stepOf(plan, 'call')).toMatchObject({
      state: 'actionable',
      dueAt: at + 2 * HOUR_MS,
      attempts: [
        { at: MONDAY + HOUR_MS, by: 'seller', note: 'busy' },
        { at: MONDAY + 2 * HOUR_MS, by: 'seller', note: 'busy' },
      ],
    });
    expect(plan.effects).toEqual([]);
  });

  it('ends as the template says after the last try, and proposes to close the deal', () => {
    const { plan, at } = tried(3);
    expect(stepOf(plan, 'call')).toMatchObject({
      state: 'failed',
      outcome: { kind: 'failed', cause: 'client', reason: 'Не берёт трубку', exhausted: true, at },
    });
    expect(stepOf(plan, 'after').state).toBe('actionable');
    expect(plan.effects).toEqual([
      { kind: 'proposeClose', stepKey: 'call', visitSeq: 1, reason: 'Не берёт трубку', at },
    ]);
    expect(decidePlan({ ...input, steps: plan.steps, now: at }).effects).toEqual(plan.effects);
  });

  it('takes the last try back, and gives all tries anew when the step is reopened', () => {
    const { plan, at } = tried(3);
    const failed = stepOf(plan, 'call');
    const undone = applyCommand(failed, rule, { kind: 'undo', by: 'seller' }, at + 1);
    if (undone.kind === 'refused') throw new Error(undone.code);
    const after = decidePlan({ ...input, steps: [undone.step], now: at + 1 });
    expect(stepOf(after, 'call').attempts).toHaveLength(2);
    expect(stepOf(after, 'call').state).toBe('actionable');
    expect(after.effects).toEqual([]);
    const reopened = applyCommand(failed, rule, { kind: 'reopen', by: 'seller' }, at + 1);
    if (reopened.kind === 'refused') throw new Error(reopened.code);
    expect(reopened.step.attempts).toBeUndefined();
  });

  it('keeps the task of a step that was tried, however long the interval is', () => {
    const slow = aStep('call', { repeat: { ...repeat, interval: { amount: 30, unit: 'calendarDays' } } });
    const once = applyCommand(
      stepOf(decidePlan(one(slow)), 'call'),
      slow,
      { kind: 'attempt', by: 'seller', note: '' },
      MONDAY,
    );
    if (once.kind === 'refused') throw new Error(once.code);
    expect(stepOf(decidePlan({ ...one(slow), steps: [once.step] }), 'call').state).toBe('actionable');
  });
});

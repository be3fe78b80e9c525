import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  continued,
  DAY_MS,
  MONDAY,
  stepOf,
  withDone,
  type Stay,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import type { PlanDecision, StageGuard, TemplateBody, TemplateStep } from './types.js';

const AB: readonly Stay[] = [
  { stage: 'a', day: 0 },
  { stage: 'b', day: 1 },
];

function guarded(guard: StageGuard, step: Partial<TemplateStep> = {}): TemplateBody {
  return aTemplate([
    { ...aStage('a', [aStep('must', step), aStep('may', { required: false })]), guard },
    aStage('b', [aStep('b1')]),
    aStage('c', [aStep('c1')]),
    aStage('pause', [], 'paused'),
  ]);
}

function after(stays: readonly Stay[], template = guarded('return')): PlanDecision {
  return decidePlan(aCase(template, stays));
}

describe('domain/plans/stage-guard', () => {
  it('names the required steps of the visit that a deal left forward without doing them', () => {
    const verdict = {
      stageKey: 'a',
      pipelineStageId: 'a',
      leftAt: MONDAY + DAY_MS,
      missing: ['must'],
    };
    expect(after(AB).guards).toEqual([{ kind: 'return', ...verdict }]);
    expect(after(AB, guarded('alert')).guards).toEqual([{ kind: 'alert', ...verdict }]);
    expect(after(AB, guarded('off')).guards).toEqual([]);
  });

  it('says the same again as long as nothing changes', () => {
    const first = after(AB);
    const again = decidePlan({ ...aCase(guarded('return'), AB), steps: first.steps });
    expect(again.guards).toEqual(first.guards);
  });

  it('counts a bad result as a result, and is satisfied with it', () => {
    const input = aCase(guarded('return'), [{ stage: 'a', day: 0 }]);
    const failed = decidePlan(input).steps.map((step) =>
      step.stepKey === 'must'
        ? {
            ...step,
            outcome: {
              kind: 'failed',
              at: MONDAY,
              by: 'seller',
              source: 'widget',
              cause: 'client',
              reason: 'no budget',
            } as const,
          }
        : step,
    );
    expect(decidePlan(continued(input, failed, AB)).guards).toEqual([]);
  });

  it('lets a deal go back, aside, or be lost, and holds a won one up', () => {
    const to = (stage: string): PlanDecision =>
      after(
        [
          { stage: 'b', day: 0 },
          { stage, day: 1 },
        ],
        {
          ...guarded('off'),
          stages: guarded('off').stages.map((one) => (one.key === 'b' ? { ...one, guard: 'return' } : one)),
        },
      );
    expect(to('a').guards).toEqual([]);
    expect(to('pause').guards).toEqual([]);
    expect(to('lost').guards).toEqual([]);
    expect(to('won').guards).toMatchObject([{ stageKey: 'b', missing: ['b1'] }]);
    expect(to('c').guards).toMatchObject([{ stageKey: 'b' }]);
  });

  it.each(['nothing', 'reopenUndone', 'newPass'] as const)(
    'lets the deal pass after it came back and the steps were done, with the re-entry policy %s',
    (reentry) => {
      const template = guarded('return', { reentry });
      const back: readonly Stay[] = [...AB, { stage: 'a', day: 2 }];
      const returned = decidePlan(aCase(template, back));
      expect(returned.guards).toEqual([]);
      const open = returned.steps.findLast((step) => step.stepKey === 'must');
      expect(open?.state).toBe('actionable');
      const again: readonly Stay[] = [...back, { stage: 'b', day: 3 }];
      const input = aCase(template, back);
      expect(decidePlan(continued(input, returned.steps, again)).guards).toMatchObject([
        { missing: ['must'] },
      ]);
      const steps = withDone(returned, ['must'], MONDAY + 2.5 * DAY_MS);
      expect(decidePlan(continued(input, steps, again)).guards).toEqual([]);
    },
  );

  it('asks for the steps of the last visit only, also of a new pass', () => {
    const template = guarded('return', { reentry: 'newPass' });
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const steps = withDone(decidePlan(input), ['must'], MONDAY);
    const twice: readonly Stay[] = [...AB, { stage: 'a', day: 2 }, { stage: 'b', day: 3 }];
    expect(decidePlan(continued(input, steps, AB)).guards).toEqual([]);
    expect(decidePlan(continued(input, steps, twice)).guards).toMatchObject([{ missing: ['must'] }]);
  });

  it('is silent about a move that a person let pass, even when the host corrects its second', () => {
    const input = aCase(guarded('return'), AB);
    const leftAt = MONDAY + DAY_MS;
    const pass = (at: number): PlanDecision =>
      decidePlan({ ...input, overrides: [{ stageKey: 'a', leftAt: at }] });
    expect(pass(leftAt).guards).toEqual([]);
    expect(pass(leftAt + 1_000).guards).toEqual([]);
    expect(pass(leftAt - DAY_MS).guards).toHaveLength(1);
  });

  it('does not ask for a step that its condition keeps out', () => {
    const template = guarded('return', {
      condition: { kind: 'field', field: 'amount', is: 'atLeast', values: [10] },
    });
    expect(after(AB, template).guards).toEqual([]);
    const big = decidePlan({ ...aCase(template, AB), deal: aDeal('b', { amount: '20' }) });
    expect(big.guards).toHaveLength(1);
  });

  it('returns a deal to the pipeline’s own stage where several share one of the template', () => {
    const template = guarded('return');
    const entries = [
      ['x', ['a']],
      ['y', ['a']],
      ['z', ['b']],
    ].map(([id, keys]) => ({
      pipelineStageId: id as string,
      stageKeys: keys as string[],
      match: 'manual' as const,
      confidence: 1,
    }));
    const stays = [
      { stage: 'x', day: 0 },
      { stage: 'y', day: 1 },
    ];
    const stageMap = { entries };
    expect(decidePlan(aCase(template, stays, { stageMap })).guards).toEqual([]);
    const left = decidePlan(aCase(template, [...stays, { stage: 'z', day: 2 }], { stageMap }));
    expect(left.guards).toMatchObject([{ stageKey: 'a', pipelineStageId: 'y' }]);
    expect(stepOf(left, 'must').state).toBe('cancelled');
  });
});

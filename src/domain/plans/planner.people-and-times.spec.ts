import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  PEOPLE,
  picture,
  stepOf,
  withDone,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import type { TemplateStep } from './types.js';

const HOUR_MS = 3_600_000;

function threeStages(step: Partial<TemplateStep> = {}): ReturnType<typeof aTemplate> {
  return aTemplate([
    aStage('a', [aStep('a1', step), aStep('a2', step)]),
    aStage('b', [aStep('b1', step)]),
    aStage('c', [aStep('c1', step)]),
  ]);
}

describe('domain/plans/planner, for people and times', () => {
  it('waits for prerequisites and for the step that a deadline is counted from', () => {
    const template = aTemplate([
      aStage('a', [
        aStep('first'),
        aStep('second', { prerequisites: ['first'] }),
        aStep('third', {
          offset: { anchor: { from: 'stepEnd', stepKey: 'second' }, amount: 2, unit: 'workingHours' },
        }),
      ]),
    ]);
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const plan = decidePlan(input);
    expect(picture(plan)).toEqual(['first#1:actionable', 'second#1:waiting', 'third#1:waiting']);
    expect(stepOf(plan, 'second').because).toEqual({
      code: 'prerequisite',
      params: { stageKey: 'a', stepKey: 'first' },
    });
    const doneAt = MONDAY + HOUR_MS;
    const after = decidePlan({ ...input, steps: withDone(plan, ['first', 'second'], doneAt), now: doneAt });
    expect(stepOf(after, 'third')).toMatchObject({ state: 'actionable', dueAt: doneAt + 2 * HOUR_MS });
  });

  it('takes a prerequisite that ended badly as ended', () => {
    const template = aTemplate([
      aStage('a', [aStep('first'), aStep('second', { prerequisites: ['first'] })]),
    ]);
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const steps = decidePlan(input).steps.map((step) =>
      step.stepKey === 'first'
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
    expect(picture(decidePlan({ ...input, steps }))).toEqual(['first#1:failed', 'second#1:actionable']);
  });

  it('gives a step that became possible after its deadline the same time again', () => {
    const template = aTemplate([
      aStage('a', [aStep('first'), aStep('second', { prerequisites: ['first'] })]),
    ]);
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const doneAt = MONDAY + 3 * DAY_MS;
    const plan = decidePlan({ ...input, steps: withDone(decidePlan(input), ['first'], doneAt), now: doneAt });
    expect(stepOf(plan, 'second').dueAt).toBe(doneAt + DAY_MS);
  });

  it('keeps a step with a far deadline out of the host until two weeks before, and asks to be woken', () => {
    const template = aTemplate([
      aStage('a', [
        aStep('far', { offset: { anchor: { from: 'stageEntry' }, amount: 28, unit: 'calendarDays' } }),
      ]),
    ]);
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const plan = decidePlan(input);
    expect(stepOf(plan, 'far').because.code).toBe('tooEarly');
    expect(plan.wakeAt).toBe(MONDAY + 14 * DAY_MS);
    const woken = decidePlan({ ...input, steps: plan.steps, now: plan.wakeAt ?? 0 });
    expect(stepOf(woken, 'far').state).toBe('actionable');
    expect(woken.wakeAt).toBeNull();
  });

  it('puts a step that names a day and no hour at nine in the morning of its owner', () => {
    const template = aTemplate([
      aStage('a', [
        aStep('whole', { offset: { anchor: { from: 'stageEntry' }, amount: 3, unit: 'calendarDays' } }),
      ]),
    ]);
    const late = aCase(template, [{ stage: 'a', day: 0.3 }], { startedAt: MONDAY + 0.3 * DAY_MS });
    const zones = new Map([['seller', { ...PEOPLE.fallback, timeZone: 'Asia/Vladivostok' }]]);
    const plan = decidePlan({ ...late, people: { ...PEOPLE, schedules: zones } });
    expect(stepOf(plan, 'whole').dueAt).toBe(Date.parse('2026-09-10T09:00:00+10:00'));
  });

  it('holds everything back while the plan is paused and goes on by itself when the pause ends', () => {
    const pause = { since: MONDAY, until: MONDAY + 7 * DAY_MS, reason: 'client on holiday' };
    const input = aCase(threeStages(), [{ stage: 'a', day: 0 }], { pause });
    const plan = decidePlan(input);
    expect(stepOf(plan, 'a1')).toMatchObject({ state: 'waiting', because: { code: 'paused' } });
    expect(plan.wakeAt).toBe(pause.until);
    expect(stepOf(decidePlan({ ...input, now: pause.until }), 'a1').state).toBe('actionable');
  });

  it('names the owner by role, and says so when nobody fits', () => {
    const template = aTemplate([
      aStage('a', [
        aStep('mine'),
        aStep('heads', { owner: { kind: 'departmentHead' } }),
        aStep('named', { owner: { kind: 'user', userId: '77' } }),
      ]),
    ]);
    const input = aCase(template, [{ stage: 'a', day: 0 }]);
    const owners = decidePlan(input).steps.map((step) => step.ownerId);
    expect(owners).toEqual(['seller', 'head', '77']);
    const alone = decidePlan({ ...input, people: { ...PEOPLE, departmentHeadId: null } });
    expect(stepOf(alone, 'heads')).toMatchObject({ ownerId: 'seller', notes: ['noHead'] });
    const dismissed = decidePlan({ ...input, people: { ...PEOPLE, inactive: new Set(['seller', '77']) } });
    expect(stepOf(dismissed, 'mine')).toMatchObject({ ownerId: 'head', notes: ['ownerInactive'] });
    const nobody = decidePlan({ ...input, deal: aDeal('a', { ownerId: null }) });
    expect(stepOf(nobody, 'mine')).toMatchObject({ ownerId: null, notes: ['noOwner'] });
  });

  it('gives open steps to a new responsible and leaves finished ones with the old', () => {
    const input = aCase(threeStages(), [{ stage: 'a', day: 0 }]);
    const steps = withDone(decidePlan(input), ['a1'], MONDAY);
    const plan = decidePlan({ ...input, steps, deal: aDeal('a', { ownerId: 'other' }) });
    expect(stepOf(plan, 'a1').ownerId).toBe('seller');
    expect(stepOf(plan, 'a2').ownerId).toBe('other');
  });

  it('does not fight a deadline or an owner that a person set', () => {
    const input = aCase(threeStages(), [{ stage: 'a', day: 0 }]);
    const dueAt = MONDAY + 60 * DAY_MS;
    const steps = decidePlan(input).steps.map((step) =>
      step.stepKey === 'a1' ? { ...step, manual: { ...step.manual, dueAt, ownerId: 'other' } } : step,
    );
    const plan = decidePlan({ ...input, steps });
    expect(stepOf(plan, 'a1')).toMatchObject({ state: 'actionable', dueAt, ownerId: 'other' });
    expect(stepOf(plan, 'a1').notes).toEqual(['ownerByHand', 'dueByHand']);
  });
});

describe('domain/plans/planner, for speed', () => {
  it('decides a plan of a hundred steps within a few milliseconds', () => {
    const stages = Array.from({ length: 10 }, (_, stage) =>
      aStage(
        `s${stage}`,
        Array.from({ length: 10 }, (_, at) =>
          aStep(`s${stage}-${at}`, at > 0 ? { prerequisites: [`s${stage}-${at - 1}`] } : {}),
        ),
      ),
    );
    const input = aCase(aTemplate(stages), [{ stage: 's0', day: 0 }]);
    for (let warm = 0; warm < 20; warm += 1) decidePlan(input);
    const started = performance.now();
    for (let run = 0; run < 50; run += 1) decidePlan(input);
    // The figure is 5 ms; a shared machine under load gets four times that before this is called a regression.
    expect((performance.now() - started) / 50).toBeLessThan(20);
  });
});

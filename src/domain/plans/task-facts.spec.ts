import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aStage,
  aStep,
  aTemplate,
  continued,
  DAY_MS,
  MONDAY,
  stepOf,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import { applyCommand, type StepCommand } from './step-commands.js';
import { applyTaskFact, type TaskFact } from './task-facts.js';
import type { PlanStep } from './types.js';

const RULE = aStep('s');
const CASE = aCase(aTemplate([aStage('a', [RULE]), aStage('b', [])]), [{ stage: 'a', day: 0 }]);
const STEP = stepOf(decidePlan(CASE), 's');
const AT = MONDAY + 60_000;

function after(step: PlanStep, ...facts: readonly TaskFact[]): PlanStep {
  return facts.reduce((known, fact) => {
    const result = applyTaskFact(known, RULE, fact);
    return result.kind === 'ok' ? result.step : known;
  }, step);
}

describe('domain/plans/task-facts', () => {
  const completed: TaskFact = { kind: 'completed', at: AT, by: 'seller' };

  it('takes a task completed in the host as the step done', () => {
    expect(after(STEP, completed)).toMatchObject({
      state: 'done',
      outcome: { by: 'seller', source: 'host' },
    });
    expect(applyTaskFact(after(STEP, completed), RULE, completed)).toEqual({ kind: 'unchanged' });
  });

  it('marks a result that the host had no field for', () => {
    const rule = aStep('s', { result: { kind: 'text', label: 'What was said?' } });
    const result = applyTaskFact(STEP, rule, completed);
    expect(result.kind === 'ok' && result.step.notes).toEqual(['resultMissing']);
  });

  it('takes the words that the host’s form asked for as the result, when they are what the step demands', () => {
    const rule = aStep('s', { result: { kind: 'text', label: 'What was said?' } });
    const result = applyTaskFact(STEP, rule, { ...completed, result: 'call in May' });
    expect(result.kind === 'ok' && result.step).toMatchObject({
      state: 'done',
      notes: [],
      outcome: { source: 'host', result: { kind: 'text', text: 'call in May' } },
    });
    const number = aStep('s', { result: { kind: 'number', label: 'How much?' } });
    const unclear = applyTaskFact(STEP, number, { ...completed, result: 'a lot' });
    expect(unclear.kind === 'ok' && unclear.step).toMatchObject({
      state: 'done',
      notes: ['resultMissing'],
      outcome: { result: { kind: 'none' } },
    });
  });

  it('takes words that come after the completion, and nobody’s place', () => {
    const rule = aStep('s', { result: { kind: 'text', label: 'What was said?' } });
    const written: TaskFact = { kind: 'resultWritten', at: AT + 1_000, result: 'call in May' };
    expect(applyTaskFact(STEP, rule, written)).toEqual({ kind: 'unchanged' });
    const done = applyTaskFact(STEP, rule, completed);
    if (done.kind !== 'ok') throw new Error('not applied');
    const late = applyTaskFact(done.step, rule, written);
    expect(late.kind === 'ok' && late.step).toMatchObject({
      notes: [],
      outcome: { at: AT, result: { text: 'call in May' } },
    });
    if (late.kind !== 'ok') throw new Error('not applied');
    expect(applyTaskFact(late.step, rule, { ...written, result: 'call in June' })).toEqual({
      kind: 'unchanged',
    });
    const ours = applyCommand(
      STEP,
      rule,
      { kind: 'done', by: 'seller', result: { kind: 'text', text: 'no' } },
      AT,
    );
    if (ours.kind !== 'ok') throw new Error('refused');
    expect(applyTaskFact(ours.step, rule, written)).toEqual({ kind: 'unchanged' });
  });

  it('lets the seller add the missing result afterwards, once', () => {
    const rule = aStep('s', { result: { kind: 'text', label: 'What was said?' } });
    const result = applyTaskFact(STEP, rule, completed);
    if (result.kind !== 'ok') throw new Error('not applied');
    const add: StepCommand = { kind: 'done', by: 'seller', result: { kind: 'text', text: 'call in May' } };
    const empty: StepCommand = { ...add, result: { kind: 'none' } };
    expect(applyCommand(result.step, rule, empty, AT)).toEqual({ kind: 'refused', code: 'resultRequired' });
    const added = applyCommand(result.step, rule, add, AT);
    if (added.kind !== 'ok') throw new Error('refused');
    expect(added.step).toMatchObject({
      notes: [],
      outcome: { at: AT, source: 'host', result: { text: 'call in May' } },
    });
    expect(applyCommand(added.step, rule, add, AT)).toEqual({ kind: 'refused', code: 'alreadyFinished' });
  });

  it('reopens a step that was reopened in the host, in whatever order the two facts come', () => {
    const reopened: TaskFact = { kind: 'reopened', at: AT + 1_000, by: 'seller' };
    expect(after(STEP, completed, reopened).outcome).toBeNull();
    expect(after(after(STEP, completed, reopened), completed).outcome).toBeNull();
  });

  it('respects a task that was deleted by hand and does not make it again', () => {
    const deleted = after(STEP, { kind: 'deleted', at: AT, by: 'seller' });
    const plan = decidePlan({ ...CASE, steps: [deleted] });
    expect(stepOf(plan, 's')).toMatchObject({ state: 'skipped', because: { code: 'taskDeleted' } });
  });

  it('respects a deadline and an owner that were changed in the host, through later decisions', () => {
    const dueAt = MONDAY + 40 * DAY_MS;
    const edited = after(
      STEP,
      { kind: 'dueChanged', at: AT, dueAt },
      { kind: 'ownerChanged', at: AT, ownerId: 'other' },
    );
    const again = stepOf(decidePlan({ ...CASE, steps: [edited] }), 's');
    expect(again).toMatchObject({ state: 'actionable', dueAt, ownerId: 'other' });
  });

  it('takes our own values coming back for no change', () => {
    expect(applyTaskFact(STEP, RULE, { kind: 'dueChanged', at: AT, dueAt: STEP.dueAt }).kind).toBe(
      'unchanged',
    );
    expect(applyTaskFact(STEP, RULE, { kind: 'ownerChanged', at: AT, ownerId: 'seller' }).kind).toBe(
      'unchanged',
    );
    expect(applyTaskFact(STEP, RULE, { kind: 'reopened', at: AT, by: null }).kind).toBe('unchanged');
  });

  it('takes the echo of our own cancellation for none, but a completion from before it for what it is', () => {
    const moved = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
    ];
    const cancelled = stepOf(decidePlan(continued(CASE, [STEP], moved)), 's');
    expect(applyTaskFact(cancelled, RULE, { ...completed, at: MONDAY + DAY_MS + 500 }).kind).toBe(
      'unchanged',
    );
    expect(applyTaskFact(cancelled, RULE, { kind: 'deleted', at: MONDAY + 2 * DAY_MS, by: null }).kind).toBe(
      'unchanged',
    );
    expect(after(cancelled, completed).state).toBe('done');
  });
});

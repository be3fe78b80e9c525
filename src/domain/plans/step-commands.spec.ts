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
import type { PlanStep, ResultRule, ResultValue } from './types.js';
import { applyCommand, UNDO_WINDOW_MS, type CommandResult, type StepCommand } from './step-commands.js';
import { applyTaskFact } from './task-facts.js';

const RULE = aStep('s');
const CASE = aCase(aTemplate([aStage('a', [RULE]), aStage('b', [aStep('b1')])]), [{ stage: 'a', day: 0 }]);
const STEP = stepOf(decidePlan(CASE), 's');
const DONE: StepCommand = { kind: 'done', by: 'seller', result: { kind: 'none' } };

function accepted(result: CommandResult): PlanStep {
  if (result.kind === 'refused') throw new Error(`refused: ${result.code}`);
  return result.step;
}

function done(at = MONDAY): PlanStep {
  return accepted(applyCommand(STEP, RULE, DONE, at));
}

function codeFor(rule: ResultRule, result: ResultValue): string {
  const answer = applyCommand(
    STEP,
    aStep('s', { result: rule }),
    { kind: 'done', by: 'seller', result },
    MONDAY,
  );
  return answer.kind === 'refused' ? answer.code : 'ok';
}

describe('domain/plans/step-commands', () => {
  it('records who did a step and when', () => {
    expect(done()).toMatchObject({
      state: 'done',
      outcome: { kind: 'done', at: MONDAY, by: 'seller', source: 'widget' },
    });
  });

  it('still asks for the result that the host had no field for, after a reopening was taken back', () => {
    const rule = aStep('s', { result: { kind: 'text', label: 'What was said?' } });
    const fact = { kind: 'completed', at: MONDAY, by: 'seller' } as const;
    const closed = applyTaskFact(STEP, rule, fact);
    if (closed.kind !== 'ok') throw new Error('not applied');
    const reopened = accepted(applyCommand(closed.step, rule, { kind: 'reopen', by: 'seller' }, MONDAY + 1));
    expect(reopened.notes).toEqual([]);
    const back = accepted(applyCommand(reopened, rule, { kind: 'undo', by: 'seller' }, MONDAY + 2));
    expect(back).toMatchObject({ state: 'done', notes: ['resultMissing'] });
    const told: StepCommand = { kind: 'done', by: 'seller', result: { kind: 'text', text: 'call in May' } };
    expect(accepted(applyCommand(back, rule, told, MONDAY + 3))).toMatchObject({
      notes: [],
      outcome: { result: { text: 'call in May' } },
    });
  });

  it('tells the client’s refusal from the seller’s omission in a negative result', () => {
    const fail: StepCommand = { kind: 'fail', by: 'seller', cause: 'omission', reason: '  forgot to call  ' };
    expect(accepted(applyCommand(STEP, RULE, fail, MONDAY))).toMatchObject({
      state: 'failed',
      outcome: { cause: 'omission', reason: 'forgot to call' },
    });
  });

  it('refuses to skip or fail without a reason worth reading', () => {
    for (const reason of ['', '    no   ', 'нет']) {
      const skip: StepCommand = { kind: 'skip', by: 'seller', reason };
      expect(applyCommand(STEP, RULE, skip, MONDAY)).toEqual({ kind: 'refused', code: 'reasonTooShort' });
    }
    const long: StepCommand = { kind: 'skip', by: 'seller', reason: 'x'.repeat(2_001) };
    expect(applyCommand(STEP, RULE, long, MONDAY)).toEqual({ kind: 'refused', code: 'reasonTooLong' });
  });

  it('refuses a second ending, and one of a step that the plan cancelled', () => {
    expect(applyCommand(done(), RULE, DONE, MONDAY)).toEqual({ kind: 'refused', code: 'alreadyFinished' });
    const cancelled: PlanStep = { ...STEP, state: 'cancelled' };
    expect(applyCommand(cancelled, RULE, DONE, MONDAY)).toEqual({ kind: 'refused', code: 'cancelled' });
  });

  it('asks for the result that the step demands', () => {
    const choice: ResultRule = { kind: 'choice', label: '?', choices: [{ key: 'yes', name: 'Yes' }] };
    expect(codeFor(choice, { kind: 'none' })).toBe('resultRequired');
    expect(codeFor(choice, { kind: 'choice', key: 'no' })).toBe('resultInvalid');
    expect(codeFor(choice, { kind: 'choice', key: 'yes' })).toBe('ok');
    expect(codeFor({ kind: 'text', label: '?' }, { kind: 'text', text: '  ' })).toBe('resultRequired');
    expect(codeFor({ kind: 'text', label: '?' }, { kind: 'number', value: 1 })).toBe('resultInvalid');
    expect(codeFor({ kind: 'number', label: '?' }, { kind: 'number', value: Number.NaN })).toBe(
      'resultInvalid',
    );
    expect(codeFor({ kind: 'number', label: '?' }, { kind: 'number', value: 0 })).toBe('ok');
    expect(codeFor({ kind: 'none' }, { kind: 'text', text: 'a remark' })).toBe('ok');
  });

  it('takes links to the web only', () => {
    const link: ResultRule = { kind: 'link', label: '?' };
    expect(codeFor(link, { kind: 'link', url: 'https://example.com/offer.pdf' })).toBe('ok');
    for (const url of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'offer.pdf',
      `https://x.io/${'y'.repeat(2_000)}`,
    ]) {
      expect(codeFor(link, { kind: 'link', url })).toBe('resultInvalid');
    }
  });

  it('takes a command back for a quarter of an hour, by the same person, once', () => {
    const step = done();
    const undo: StepCommand = { kind: 'undo', by: 'seller' };
    expect(applyCommand(step, RULE, { kind: 'undo', by: 'other' }, MONDAY)).toEqual({
      kind: 'refused',
      code: 'undoNotYours',
    });
    expect(applyCommand(step, RULE, undo, MONDAY + UNDO_WINDOW_MS + 1)).toEqual({
      kind: 'refused',
      code: 'undoExpired',
    });
    const back = accepted(applyCommand(step, RULE, undo, MONDAY + UNDO_WINDOW_MS));
    expect(back.outcome).toBeNull();
    expect(stepOf(decidePlan({ ...CASE, steps: [back] }), 's')).toEqual({ ...STEP });
    expect(applyCommand(back, RULE, undo, MONDAY)).toEqual({ kind: 'refused', code: 'nothingToUndo' });
  });

  it('brings the result back when a reopening is undone', () => {
    const reopened = accepted(applyCommand(done(), RULE, { kind: 'reopen', by: 'seller' }, MONDAY + 1));
    const undone = accepted(applyCommand(reopened, RULE, { kind: 'undo', by: 'seller' }, MONDAY + 2));
    expect(undone).toMatchObject({ state: 'done', outcome: { at: MONDAY }, manual: { reopenedAt: null } });
  });

  it('reopens a finished step, and refuses to reopen an open one', () => {
    const reopened = accepted(applyCommand(done(), RULE, { kind: 'reopen', by: 'seller' }, MONDAY + 1));
    expect(stepOf(decidePlan({ ...CASE, steps: [reopened] }), 's').state).toBe('actionable');
    expect(applyCommand(STEP, RULE, { kind: 'reopen', by: 'seller' }, MONDAY)).toEqual({
      kind: 'refused',
      code: 'notFinished',
    });
  });

  it('lets a reopened step of a left stage live until the deal moves again', () => {
    const moved = [
      { stage: 'a', day: 0 },
      { stage: 'b', day: 1 },
    ];
    const left = continued(CASE, [STEP], moved);
    const cancelled = stepOf(decidePlan(left), 's');
    expect(cancelled.state).toBe('cancelled');
    const at = MONDAY + DAY_MS + 1;
    const reopened = accepted(applyCommand(cancelled, RULE, { kind: 'reopen', by: 'seller' }, at));
    expect(stepOf(decidePlan({ ...left, steps: [reopened] }), 's')).toMatchObject({
      state: 'actionable',
      because: { code: 'reopenedByHand' },
    });
    const lost = continued(CASE, [reopened], [...moved, { stage: 'lost', day: 3 }]);
    expect(stepOf(decidePlan(lost), 's').state).toBe('cancelled');
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  aCase,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  PEOPLE,
  stepOf,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import { applyCommand, type CommandPeople, type StepCommand } from './step-commands.js';
import type { PlanPeople, PlanStep, TemplateStep } from './types.js';

const PEOPLE_HERE: PlanPeople = {
  ...PEOPLE,
  groups: new Map([['sales', { members: ['anna', 'boris'], keeperId: 'keeper', turns: 0 }]]),
  inactive: new Set(['gone']),
};
const QUEUED = aStep('s', { owner: { kind: 'queue', group: 'sales' } });
const PLAIN = aStep('s');

function fresh(rule: TemplateStep): PlanStep {
  const input = aCase(aTemplate([aStage('a', [rule])]), [{ stage: 'a', day: 0 }], { people: PEOPLE_HERE });
  return stepOf(decidePlan(input), 's');
}

function run(
  rule: TemplateStep,
  command: StepCommand,
  step = fresh(rule),
  people: CommandPeople = PEOPLE_HERE,
): PlanStep | string {
  const result = applyCommand(step, rule, command, MONDAY + 1, people);
  return result.kind === 'refused' ? result.code : result.step;
}

function stepAfter(rule: TemplateStep, command: StepCommand, step = fresh(rule)): PlanStep {
  const result = run(rule, command, step);
  if (typeof result === 'string') throw new Error(result);
  return result;
}

const later = (days: number): StepCommand => ({
  kind: 'reschedule',
  by: 'anna',
  dueAt: MONDAY + days * DAY_MS,
  reason: ' client asked to wait ',
});

describe('domain/plans/step-commands, for owners and deadlines', () => {
  it('lets a member take a step of the queue, and nobody take it away again', () => {
    const taken = stepAfter(QUEUED, { kind: 'take', by: 'anna' });
    expect(taken).toMatchObject({ ownerId: 'anna', manual: { ownerId: 'anna' } });
    expect(run(QUEUED, { kind: 'take', by: 'anna' }, taken)).toBe(taken);
    expect(run(QUEUED, { kind: 'take', by: 'boris' }, taken)).toBe('takenAlready');
  });

  it('lets a step of a dismissed person be taken again', () => {
    const taken = { ...fresh(QUEUED), manual: { dueAt: null, ownerId: 'gone', reopenedAt: null } };
    expect(run(QUEUED, { kind: 'take', by: 'anna' }, taken)).toMatchObject({ ownerId: 'anna' });
  });

  it('refuses to let strangers take a step, or one that is in no queue', () => {
    expect(run(QUEUED, { kind: 'take', by: 'stranger' })).toBe('notAMember');
    expect(run(QUEUED, { kind: 'take', by: 'anna' }, fresh(QUEUED), {})).toBe('notAMember');
    expect(run(PLAIN, { kind: 'take', by: 'anna' })).toBe('notAQueue');
  });

  it('sets a deadline by hand with its reason, and counts how often it was put off', () => {
    const once = stepAfter(PLAIN, later(5));
    expect(once.manual).toMatchObject({ dueReason: 'client asked to wait', postponed: 1 });
    const twice = stepAfter(PLAIN, later(9), once);
    expect(twice.manual.postponed).toBe(2);
    expect(stepAfter(PLAIN, later(7), twice).manual.postponed).toBe(2);
  });

  it('goes back to the template’s deadline without a reason', () => {
    const reset: StepCommand = { kind: 'reschedule', by: 'anna', dueAt: null, reason: '' };
    const back = stepAfter(PLAIN, reset, stepAfter(PLAIN, later(5)));
    expect(back.manual).toEqual({ dueAt: null, ownerId: null, reopenedAt: null, postponed: 1 });
  });

  it.each([
    [{ ...later(5), reason: 'no' }, 'reasonTooShort'],
    [later(-1), 'dueInPast'],
    [later(1_002), 'dueTooFar'],
    [{ ...later(1), dueAt: Number.NaN }, 'dueInPast'],
  ] as const)('refuses the deadline %j', (command, code) => {
    expect(run(PLAIN, command)).toBe(code);
  });

  it('gives a step to another person, back to the rule, and never to somebody dismissed', () => {
    const given = stepAfter(PLAIN, { kind: 'reassign', by: 'head', ownerId: 'boris' });
    expect(given.ownerId).toBe('boris');
    const back = stepAfter(PLAIN, { kind: 'reassign', by: 'head', ownerId: null }, given);
    expect(back.manual.ownerId).toBeNull();
    expect(run(PLAIN, { kind: 'reassign', by: 'head', ownerId: 'gone' })).toBe('ownerDismissed');
  });

  it('refuses them for a step that is finished or withdrawn', () => {
    const done = stepAfter(PLAIN, { kind: 'done', by: 'anna', result: { kind: 'none' } });
    const out: PlanStep = { ...fresh(PLAIN), state: 'cancelled' };
    for (const command of [later(5), { kind: 'reassign', by: 'x', ownerId: 'anna' } as const]) {
      expect(run(PLAIN, command, done)).toBe('alreadyFinished');
      expect(run(PLAIN, command, out)).toBe('cancelled');
    }
  });

  it.each([
    [PLAIN, later(5)],
    [PLAIN, { kind: 'reassign', by: 'anna', ownerId: 'boris' }],
    [QUEUED, { kind: 'take', by: 'anna' }],
  ] as const)('takes %# back', (rule, command) => {
    const undone = stepAfter(rule, { kind: 'undo', by: 'anna' }, stepAfter(rule, command));
    expect(undone.manual).toEqual({ dueAt: null, ownerId: null, reopenedAt: null });
  });

  it('keeps the key of a listed reason beside its name, however short the name is', () => {
    const fail: StepCommand = {
      kind: 'fail',
      by: 'anna',
      cause: 'client',
      reason: 'Цена',
      reasonKey: 'price',
    };
    expect(stepAfter(PLAIN, fail).outcome).toMatchObject({ reason: 'Цена', reasonKey: 'price' });
    expect(run(PLAIN, { ...fail, reason: ' ' })).toBe('reasonTooShort');
    const { reasonKey: _key, ...bare } = fail;
    expect(run(PLAIN, bare)).toBe('reasonTooShort');
  });

  it('refuses a try of a step that is not repeated, and one with an endless note', () => {
    const attempt: StepCommand = { kind: 'attempt', by: 'anna', note: '' };
    expect(run(PLAIN, attempt)).toBe('notRepeated');
    const rule = aStep('s', {
      repeat: {
        attempts: 3,
        interval: { amount: 1, unit: 'workingDays' },
        exhausted: { cause: 'client', reason: 'silence', closeDeal: false },
      },
    });
    expect(run(rule, { ...attempt, note: 'x'.repeat(2_001) })).toBe('reasonTooLong');
    const dated = stepAfter(rule, later(5));
    expect(stepAfter(rule, attempt, dated).manual.dueAt).toBeNull();
    expect(stepAfter(rule, { kind: 'undo', by: 'anna' }, stepAfter(rule, attempt, dated)).manual).toEqual(
      dated.manual,
    );
  });
});

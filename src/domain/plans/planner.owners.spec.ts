import { describe, expect, it } from '@jest/globals';
import { standardCalendar } from '../calendar/work-calendar.js';
import type { Schedule } from '../calendar/work-calendar.types.js';
import {
  aCase,
  aDeal,
  aStage,
  aStep,
  aTemplate,
  DAY_MS,
  MONDAY,
  PEOPLE,
  stepOf,
} from '../../../test/support/plan-builders.js';
import { decidePlan } from './planner.js';
import { applyCommand } from './step-commands.js';
import type { OwnerRule, PlanInput, PlanPeople, PlanStep, TemplateStep } from './types.js';

const HOUR_MS = 3_600_000;
const OPEN_STAY = [{ stage: 'a', day: 0 }];
const GROUP = { members: ['anna', 'boris', 'vera'], keeperId: 'keeper', turns: 0 };

function withOwner(owner: OwnerRule, people: Partial<PlanPeople> = {}): PlanInput {
  const template = aTemplate([aStage('a', [aStep('s', { owner })])]);
  return aCase(template, OPEN_STAY, { people: { ...PEOPLE, ...people } });
}

function groups(turns = 0): Partial<PlanPeople> {
  return { groups: new Map([['sales', { ...GROUP, turns }]]) };
}

/** Away from Tuesday 8 to Thursday 10 September 2026. */
function away(): Schedule {
  const absences = [{ from: '2026-09-08', to: '2026-09-10' }];
  return { calendar: { ...standardCalendar(null), absences }, timeZone: 'Europe/Moscow' };
}

function hour(day: number, at: number): number {
  return Date.parse(`2026-09-${String(day).padStart(2, '0')}T${String(at).padStart(2, '0')}:00:00+03:00`);
}

describe('domain/plans/planner, for the owners of steps', () => {
  it('gives a step to the person whom a field names, and to the responsible while it is empty', () => {
    const input = withOwner({ kind: 'field', field: 'map:accountManager' });
    expect(stepOf(decidePlan(input), 's')).toMatchObject({ ownerId: 'seller', notes: ['ownerFieldEmpty'] });
    const deal = aDeal('a', { fields: { UF_AM: '42' } });
    const named = decidePlan({ ...input, deal, fieldMap: { accountManager: 'UF_AM' } });
    expect(stepOf(named, 's')).toMatchObject({ ownerId: '42', notes: [] });
    const own = decidePlan({ ...withOwner({ kind: 'field', field: 'host:UF_AM' }), deal });
    expect(stepOf(own, 's').ownerId).toBe('42');
  });

  it('gives a step to the best holder of a role who still works here', () => {
    const rule: OwnerRule = { kind: 'role', role: 'productManager' };
    const roles = new Map([['productManager', ['first', 'second']]]);
    expect(stepOf(decidePlan(withOwner(rule, { roles })), 's').ownerId).toBe('first');
    const left = { roles, inactive: new Set(['first']) };
    expect(stepOf(decidePlan(withOwner(rule, left)), 's')).toMatchObject({ ownerId: 'second', notes: [] });
    expect(stepOf(decidePlan(withOwner(rule)), 's')).toMatchObject({
      ownerId: 'seller',
      notes: ['roleVacant'],
    });
  });

  it('lets turns go round a group, counts those of one decision up, and keeps each with its step', () => {
    const owner: OwnerRule = { kind: 'roundRobin', group: 'sales' };
    const template = aTemplate([
      aStage(
        'a',
        ['s1', 's2', 's3', 's4'].map((key) => aStep(key, { owner })),
      ),
    ]);
    const input = aCase(template, OPEN_STAY, { people: { ...PEOPLE, ...groups(1) } });
    const plan = decidePlan(input);
    expect(plan.steps.map((step) => step.ownerId)).toEqual(['boris', 'vera', 'anna', 'boris']);
    expect(plan.effects).toHaveLength(4);
    expect(plan.effects[0]).toEqual({
      kind: 'turnTaken',
      group: 'sales',
      stepKey: 's1',
      visitSeq: 1,
      userId: 'boris',
      advance: 1,
    });
    const again = decidePlan({ ...input, steps: plan.steps, people: { ...PEOPLE, ...groups(5) } });
    expect(again.steps).toEqual(plan.steps);
    expect(again.effects).toEqual([]);
  });

  it('takes no turn before the step becomes a task', () => {
    const owner: OwnerRule = { kind: 'roundRobin', group: 'sales' };
    const template = aTemplate([
      aStage('a', [aStep('first'), aStep('second', { owner, prerequisites: ['first'] })]),
    ]);
    const plan = decidePlan(aCase(template, OPEN_STAY, { people: { ...PEOPLE, ...groups() } }));
    expect(stepOf(plan, 'second')).toMatchObject({
      state: 'waiting',
      ownerId: null,
      notes: ['turnAhead', 'dueForecast'],
    });
    expect(stepOf(plan, 'second').turnOf).toBeUndefined();
    expect(plan.effects).toEqual([]);
  });

  it('skips the absent and the dismissed in turn, and counts them as skipped', () => {
    const rule: OwnerRule = { kind: 'roundRobin', group: 'sales' };
    const people = { ...groups(), inactive: new Set(['anna']), schedules: new Map([['boris', away()]]) };
    const plan = decidePlan(withOwner(rule, people));
    expect(stepOf(plan, 's').ownerId).toBe('vera');
    expect(plan.effects).toMatchObject([{ kind: 'turnTaken', userId: 'vera', advance: 3 }]);
    const nobody = decidePlan(withOwner(rule, { ...groups(), inactive: new Set(GROUP.members) }));
    expect(stepOf(nobody, 's')).toMatchObject({ ownerId: 'keeper', notes: ['groupEmpty'] });
    const unknown = decidePlan(withOwner({ kind: 'roundRobin', group: 'ghost' }, groups()));
    expect(stepOf(unknown, 's')).toMatchObject({ ownerId: 'seller', notes: ['groupEmpty'] });
  });

  it('takes another turn when the one whose turn it was is dismissed', () => {
    const input = withOwner({ kind: 'roundRobin', group: 'sales' }, groups());
    const steps = decidePlan(input).steps;
    const left = decidePlan({
      ...input,
      steps,
      people: { ...input.people, ...groups(1), inactive: new Set(['anna']) },
    });
    expect(stepOf(left, 's')).toMatchObject({ ownerId: 'boris', turnOf: 'boris' });
  });

  it('leaves a step of the queue with its keeper until somebody of the group takes it', () => {
    const input = withOwner({ kind: 'queue', group: 'sales' }, groups());
    const plan = decidePlan(input);
    const step = stepOf(plan, 's');
    expect(step).toMatchObject({ state: 'actionable', ownerId: 'keeper', notes: ['inQueue'] });
    const rule = input.template.stages[0]?.steps[0] as TemplateStep;
    const taken = applyCommand(step, rule, { kind: 'take', by: 'vera' }, MONDAY, input.people);
    if (taken.kind === 'refused') throw new Error(taken.code);
    const after = decidePlan({ ...input, steps: [taken.step] });
    expect(stepOf(after, 's')).toMatchObject({ ownerId: 'vera', notes: ['taken'] });
  });

  it('hands a step to the deputy while its owner is away on the day of the deadline, and back afterwards', () => {
    const deputies = new Map([['seller', [{ from: '2026-09-08', to: '2026-09-10', userId: 'deputy' }]]]);
    const people = { deputies, schedules: new Map([['seller', away()]]) };
    const input = withOwner({ kind: 'dealResponsible' }, people);
    const plan = decidePlan(input);
    expect(stepOf(plan, 's')).toMatchObject({ ownerId: 'deputy', notes: ['deputy'], dueAt: hour(8, 9) });
    expect(plan.wakeAt).toBe(hour(8, 0));
    const back = decidePlan({ ...input, steps: plan.steps, now: hour(11, 10) });
    expect(stepOf(back, 's')).toMatchObject({ ownerId: 'seller', notes: [], dueAt: hour(11, 9) });
  });

  it('hands an overdue step to the deputy when the owner goes away, and asks to be woken for it', () => {
    const deputies = new Map([['seller', [{ from: '2026-09-16', to: '2026-09-18', userId: 'deputy' }]]]);
    const absences = [{ from: '2026-09-16', to: '2026-09-18' }];
    const own: Schedule = { calendar: { ...standardCalendar(null), absences }, timeZone: 'Europe/Moscow' };
    const input = withOwner({ kind: 'dealResponsible' }, { deputies, schedules: new Map([['seller', own]]) });
    const plan = decidePlan(input);
    expect(stepOf(plan, 's')).toMatchObject({ ownerId: 'seller', dueAt: hour(8, 9) });
    expect(plan.wakeAt).toBe(hour(16, 0));
    const gone = decidePlan({ ...input, steps: plan.steps, now: hour(16, 0) });
    expect(stepOf(gone, 's')).toMatchObject({ ownerId: 'deputy', dueAt: hour(8, 9) });
  });

  it('moves the deadline behind the absence when nobody stands in', () => {
    const input = withOwner({ kind: 'dealResponsible' }, { schedules: new Map([['seller', away()]]) });
    expect(stepOf(decidePlan(input), 's')).toMatchObject({ ownerId: 'seller', dueAt: hour(11, 9) });
  });

  it('follows a deputy’s deputy, never in a circle, and passes over a dismissed one', () => {
    const period = { from: '2026-09-08', to: '2026-09-10' };
    const deputies = new Map([
      ['seller', [{ ...period, userId: 'second' }]],
      ['second', [{ ...period, userId: 'third' }]],
      ['third', [{ ...period, userId: 'seller' }]],
    ]);
    const people = { deputies, schedules: new Map([['seller', away()]]) };
    const rule: OwnerRule = { kind: 'dealResponsible' };
    expect(stepOf(decidePlan(withOwner(rule, people)), 's').ownerId).toBe('third');
    const left = { ...people, inactive: new Set(['second']) };
    expect(stepOf(decidePlan(withOwner(rule, left)), 's')).toMatchObject({
      ownerId: 'seller',
      dueAt: hour(11, 9),
    });
  });

  it('does not replace by a deputy whom a person chose by hand', () => {
    const deputies = new Map([['anna', [{ from: '2026-09-01', to: '2026-09-30', userId: 'deputy' }]]]);
    const input = withOwner({ kind: 'dealResponsible' }, { deputies });
    const steps: readonly PlanStep[] = decidePlan(input).steps.map((step) => ({
      ...step,
      manual: { ...step.manual, ownerId: 'anna' },
    }));
    expect(stepOf(decidePlan({ ...input, steps }), 's')).toMatchObject({
      ownerId: 'anna',
      notes: ['ownerByHand'],
    });
  });
});

describe('domain/plans/planner, for hand-overs', () => {
  const roles = new Map([['accountManager', ['manager']]]);
  const handOver = (mode: 'atOnce' | 'gradual'): PlanInput =>
    aCase(
      aTemplate([
        aStage('a', [
          aStep('hand', { handOver: { to: { kind: 'role', role: 'accountManager' }, mode } }),
          aStep('next', { prerequisites: ['hand'] }),
        ]),
      ]),
      OPEN_STAY,
      { people: { ...PEOPLE, roles } },
    );
  const done = (steps: readonly PlanStep[]): readonly PlanStep[] =>
    steps.map((step) =>
      step.stepKey === 'hand'
        ? {
            ...step,
            outcome: {
              kind: 'done',
              at: MONDAY + HOUR_MS,
              by: 'seller',
              source: 'widget',
              result: { kind: 'none' },
            } as const,
          }
        : step,
    );

  it('lets the account manager join before the seller leaves, then makes him responsible', () => {
    const input = handOver('gradual');
    const plan = decidePlan(input);
    expect(plan.effects).toEqual([{ kind: 'joinDeal', stepKey: 'hand', visitSeq: 1, userId: 'manager' }]);
    expect(stepOf(plan, 'hand')).toMatchObject({ ownerId: 'seller', handTo: 'manager' });
    const after = decidePlan({ ...input, steps: done(plan.steps) });
    const assign = {
      kind: 'assignDeal',
      stepKey: 'hand',
      visitSeq: 1,
      userId: 'manager',
      at: MONDAY + HOUR_MS,
    };
    expect(after.effects).toEqual([assign]);
    const followed = decidePlan({ ...input, steps: after.steps, deal: aDeal('a', { ownerId: 'manager' }) });
    expect(stepOf(followed, 'next').ownerId).toBe('manager');
    expect(followed.effects).toEqual([]);
  });

  it('hands over to whom it said, also when the role changed hands meanwhile', () => {
    const input = handOver('gradual');
    const steps = done(decidePlan(input).steps);
    const changed = { ...PEOPLE, roles: new Map([['accountManager', ['other']]]) };
    expect(decidePlan({ ...input, steps, people: changed }).effects).toMatchObject([{ userId: 'manager' }]);
  });

  it('only hands over at the end when the hand-over is at once', () => {
    const input = handOver('atOnce');
    const plan = decidePlan(input);
    expect(plan.effects).toEqual([]);
    expect(decidePlan({ ...input, steps: done(plan.steps) }).effects).toMatchObject([{ kind: 'assignDeal' }]);
  });

  it('says so when there is nobody to hand over to, and asks for nothing', () => {
    const input = { ...handOver('gradual'), people: PEOPLE };
    const plan = decidePlan(input);
    expect(stepOf(plan, 'hand').notes).toEqual(['handOverNobody']);
    expect(decidePlan({ ...input, steps: done(plan.steps) }).effects).toEqual([]);
  });

  it('lets the last of several hand-overs decide who is responsible', () => {
    const hand = (key: string, userId: string): TemplateStep =>
      aStep(key, { handOver: { to: { kind: 'user', userId }, mode: 'atOnce' } });
    const input = aCase(aTemplate([aStage('a', [hand('one', 'am'), hand('two', 'pm')])]), OPEN_STAY);
    const steps = decidePlan(input).steps.map((step, at) => ({
      ...step,
      outcome: {
        kind: 'done',
        at: MONDAY + at * DAY_MS,
        by: 'seller',
        source: 'widget',
        result: { kind: 'none' },
      } as const,
    }));
    expect(decidePlan({ ...input, steps }).effects).toMatchObject([{ kind: 'assignDeal', userId: 'pm' }]);
  });
});

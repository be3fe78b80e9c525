import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
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
import type { PlanInput, StepOffset, TemplateStep } from './types.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function days(amount: number, unit: StepOffset['unit'] = 'workingDays'): Partial<TemplateStep> {
  return { offset: { anchor: { from: 'stageEntry' }, amount, unit } };
}

function withStep(step: Partial<TemplateStep>, changes: Partial<PlanInput> = {}): PlanInput {
  return aCase(aTemplate([aStage('a', [aStep('s', step)])]), [{ stage: 'a', day: 0 }], changes);
}

function dueOf(input: PlanInput): number {
  return stepOf(decidePlan(input), 's').dueAt ?? 0;
}

function moscow(day: number, time: string): number {
  return Date.parse(`2026-09-${String(day).padStart(2, '0')}T${time}:00+03:00`);
}

describe('domain/plans/planner, for pauses', () => {
  it('gives a step after the pause what was left of its time when the pause began', () => {
    const pauses = [{ since: moscow(8, '12:00'), until: moscow(21, '09:00') }];
    expect(dueOf(withStep(days(3), { pauses, now: moscow(21, '09:00') }))).toBe(moscow(23, '09:00'));
    const hours = withStep(days(8, 'workingHours'), { pauses, now: moscow(21, '09:00') });
    expect(dueOf(withStep(days(8, 'workingHours')))).toBe(moscow(7, '18:00'));
    expect(dueOf({ ...hours, pauses: [{ since: moscow(7, '12:00'), until: moscow(21, '09:00') }] })).toBe(
      moscow(21, '15:00'),
    );
  });

  it('gives a step that was overdue before the pause its time anew', () => {
    const pauses = [{ since: moscow(10, '12:00'), until: moscow(21, '09:00') }];
    expect(dueOf(withStep(days(1), { pauses, now: moscow(21, '09:00') }))).toBe(moscow(22, '09:00'));
  });

  it('counts a stage entered during the pause from the end of it', () => {
    const template = aTemplate([aStage('a', []), aStage('b', [aStep('s', days(2))])]);
    const input = aCase(
      template,
      [
        { stage: 'a', day: 0 },
        { stage: 'b', day: 2 },
      ],
      { pauses: [{ since: moscow(8, '09:00'), until: moscow(14, '09:00') }], now: moscow(14, '09:00') },
    );
    expect(dueOf(input)).toBe(moscow(16, '09:00'));
  });

  it('does not move the deadline of a step that came after the pause', () => {
    const pauses = [{ since: MONDAY - 10 * DAY_MS, until: MONDAY - 5 * DAY_MS }];
    expect(dueOf(withStep(days(3), { pauses }))).toBe(dueOf(withStep(days(3))));
  });

  it('lasts until the day agreed with the client, follows it when it moves, and wakes on it', () => {
    const pause = { since: MONDAY, until: null, reason: 'client decides', follows: 'clientDate' } as const;
    const fieldMap = { clientDate: 'UF_DATE' };
    const agreed = (date: string | null): PlanInput =>
      withStep(days(3), { pause, fieldMap, deal: aDeal('a', { fields: { UF_DATE: date } }) });
    expect(decidePlan(agreed(null)).status).toMatchObject({ kind: 'paused', until: null });
    expect(decidePlan(agreed('2026-09-15'))).toMatchObject({
      status: { kind: 'paused', until: moscow(15, '09:00') },
      wakeAt: moscow(15, '09:00'),
    });
    const over = decidePlan({ ...agreed('2026-09-15'), now: moscow(15, '09:00') });
    expect(over.status).toEqual({ kind: 'active' });
    expect(stepOf(over, 's')).toMatchObject({ state: 'actionable', dueAt: moscow(18, '09:00') });
    const saturday = decidePlan(agreed('2026-09-19'));
    expect(saturday.wakeAt).toBe(moscow(21, '09:00'));
  });

  it('lasts as long as the responsible is absent, and ends at once when a present person takes over', () => {
    const pause = { since: MONDAY, until: null, reason: 'on leave', follows: 'absence' } as const;
    const absences = [
      { from: '2026-09-07', to: '2026-09-09' },
      { from: '2026-09-10', to: '2026-09-13' },
    ];
    const own: Schedule = { calendar: { ...standardCalendar(null), absences }, timeZone: 'Europe/Moscow' };
    const people = { ...PEOPLE, schedules: new Map([['seller', own]]) };
    const input = withStep(days(1), { pause, people });
    expect(decidePlan(input).status).toMatchObject({ kind: 'paused', until: moscow(14, '09:00') });
    const taken = decidePlan({ ...input, deal: aDeal('a', { ownerId: 'other' }) });
    expect(taken.status).toEqual({ kind: 'active' });
  });

  it('does not hold back what is left to do when the deal is closed during a pause', () => {
    const template = aTemplate([aStage('a', [aStep('s', { exit: 'keep' })])]);
    const stays = [
      { stage: 'a', day: 0 },
      { stage: 'won', day: 2 },
    ];
    const pause = { since: MONDAY, until: null, reason: 'client decides' };
    const plan = decidePlan(aCase(template, stays, { pause }));
    expect(plan.status.kind).toBe('closed');
    expect(stepOf(plan, 's').state).toBe('actionable');
  });

  it('moves a date before which something is due only when it fell into the pause', () => {
    const before: Partial<TemplateStep> = {
      offset: { anchor: { from: 'field', field: 'map:clientDate' }, amount: -1, unit: 'workingDays' },
    };
    const dated = (date: string): PlanInput =>
      withStep(before, {
        fieldMap: { clientDate: 'UF_DATE' },
        deal: aDeal('a', { fields: { UF_DATE: date } }),
        pauses: [{ since: moscow(8, '09:00'), until: moscow(16, '09:00') }],
        now: moscow(16, '09:00'),
      });
    expect(dueOf(dated('2026-09-25'))).toBe(moscow(24, '09:00'));
    expect(dueOf(dated('2026-09-11'))).toBe(moscow(17, '09:00'));
  });

  it('has no step overdue in the first minute after a pause, whatever its rule and however long the pause', () => {
    const offsets = fc.record({
      anchor: fc.constantFrom(
        { from: 'stageEntry' } as const,
        { from: 'planStart' } as const,
        { from: 'field', field: 'map:clientDate' } as const,
      ),
      amount: fc.integer({ min: -5, max: 20 }),
      unit: fc.constantFrom('workingMinutes', 'workingHours', 'workingDays', 'calendarDays'),
    });
    fc.assert(
      fc.property(
        offsets,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 900 }),
        fc.option(fc.integer({ min: 1, max: 28 }), { nil: null }),
        (offset, from, hours, day) => {
          const since = MONDAY + from * HOUR_MS;
          const until = since + hours * HOUR_MS;
          const date = day === null ? null : `2026-09-${String(day).padStart(2, '0')}`;
          const input = withStep(
            { offset },
            {
              pauses: [{ since, until }],
              fieldMap: { clientDate: 'UF_DATE' },
              deal: aDeal('a', { fields: { UF_DATE: date } }),
              now: until,
            },
          );
          expect(dueOf(input)).toBeGreaterThanOrEqual(until + MINUTE_MS);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

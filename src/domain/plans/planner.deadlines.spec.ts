import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { standardCalendar, interval } from '../calendar/work-calendar.js';
import type { Schedule, WorkCalendar } from '../calendar/work-calendar.types.js';
import { isWorkingMoment } from '../calendar/working-time.js';
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
import type { PlanInput, StepOffset } from './types.js';

/** Real zones from UTC−8 to UTC+12, with the clock changes of both hemispheres, half-hours and one that moved for good. */
const ZONES = [
  'America/Los_Angeles',
  'America/New_York',
  'America/Sao_Paulo',
  'Atlantic/Azores',
  'Europe/London',
  'Europe/Berlin',
  'Europe/Kaliningrad',
  'Europe/Moscow',
  'Asia/Yekaterinburg',
  'Asia/Kolkata',
  'Asia/Almaty',
  'Asia/Vladivostok',
  'Australia/Sydney',
  'Asia/Kamchatka',
  'Pacific/Auckland',
] as const;

/** Moments around which clocks change, years end and holidays lie. */
const HOT_DAYS = [
  '2023-12-29',
  '2024-02-29',
  '2024-03-01',
  '2025-03-08',
  '2025-03-29',
  '2025-10-25',
  '2025-11-01',
  '2025-12-30',
  '2026-03-07',
  '2026-03-28',
  '2026-04-04',
  '2026-10-24',
  '2026-10-31',
  '2026-12-31',
] as const;

const STANDARD = standardCalendar('RU');
const CALENDARS: readonly WorkCalendar[] = [
  standardCalendar(null),
  STANDARD,
  standardCalendar('KZ'),
  standardCalendar('US'),
  { ...STANDARD, week: [[], [interval('10:00', '14:30')], [interval('09:00', '18:00')], [], [], [], []] },
  { ...STANDARD, overrides: [{ date: '2026-12-31', hours: [interval('09:00', '12:00')] }] },
  { ...STANDARD, absences: [{ from: '2026-03-01', to: '2026-03-31' }] },
  {
    ...standardCalendar(null),
    week: [[], [], [], [], [], [interval('00:00', '24:00')], [interval('22:00', '24:00')]],
  },
];

const schedules: fc.Arbitrary<Schedule> = fc.record({
  calendar: fc.constantFrom(...CALENDARS),
  timeZone: fc.constantFrom(...ZONES),
});

const moments = fc
  .tuple(fc.constantFrom(...HOT_DAYS), fc.integer({ min: -30 * 60, max: 72 * 60 }))
  .map(([day, minutes]) => Date.parse(`${day}T00:00:00Z`) + minutes * 60_000);

const offsets: fc.Arbitrary<StepOffset> = fc
  .record({
    anchor: fc.constantFrom(
      { from: 'planStart' } as const,
      { from: 'stageEntry' } as const,
      { from: 'field', field: 'host:UF_DATE' } as const,
      { from: 'stepEnd', stepKey: 'first' } as const,
    ),
    amount: fc.integer({ min: -20, max: 40 }),
    unit: fc.constantFrom('workingMinutes', 'workingHours', 'workingDays', 'calendarDays'),
    time: fc.option(fc.constantFrom('00:00', '02:30', '09:00', '13:30', '23:59'), { nil: null }),
  })
  .map(({ time, ...offset }) =>
    time === null || !offset.unit.endsWith('Days') ? offset : { ...offset, timeOfDay: time },
  );

function planned(
  offset: StepOffset,
  schedule: Schedule,
  at: number,
  changes: Partial<PlanInput> = {},
): PlanInput {
  const template = aTemplate([aStage('a', [aStep('first'), aStep('s', { offset })])]);
  const stays = [{ stage: 'a', day: (at - MONDAY) / DAY_MS }];
  const people = { ...PEOPLE, schedules: new Map([['seller', schedule]]) };
  return aCase(template, stays, { startedAt: at, now: at, people, ...changes });
}

describe('domain/plans/planner, for deadlines', () => {
  it('never puts a deadline where its owner does not work, in any zone, over clock changes and year ends', () => {
    fc.assert(
      fc.property(
        offsets,
        schedules,
        moments,
        fc.constantFrom(null, ...HOT_DAYS),
        (offset, schedule, at, date) => {
          const deal = aDeal('a', { fields: { UF_DATE: date } });
          const { dueAt } = stepOf(decidePlan(planned(offset, schedule, at, { deal })), 's');
          expect(dueAt === null ? 'no deadline' : isWorkingMoment(dueAt, schedule)).toBe(true);
          expect(dueAt ?? 0).toBeGreaterThanOrEqual(at);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never puts a deadline where its owner does not work after a pause, a try or a late prerequisite either', () => {
    fc.assert(
      fc.property(
        offsets,
        schedules,
        moments,
        fc.integer({ min: 1, max: 500 }),
        (offset, schedule, at, hours) => {
          const since = at + 3_600_000;
          const until = since + hours * 3_600_000;
          const input = planned(offset, schedule, at, { pauses: [{ since, until }], now: until });
          const first = decidePlan(input);
          expect(isWorkingMoment(stepOf(first, 's').dueAt ?? 0, schedule)).toBe(true);
          const repeat = {
            attempts: 9,
            interval: { amount: hours, unit: 'workingMinutes' },
            exhausted: { cause: 'outer', reason: 'no answer', closeDeal: false },
          } as const;
          const template = aTemplate([aStage('a', [aStep('first'), aStep('s', { offset, repeat })])]);
          const steps = first.steps.map((step) => ({
            ...step,
            attempts: [{ at: until, by: 'seller', note: '' }],
          }));
          const tried = decidePlan({ ...input, template, steps });
          expect(isWorkingMoment(stepOf(tried, 's').dueAt ?? 0, schedule)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  const moscow: Schedule = { calendar: standardCalendar(null), timeZone: 'Europe/Moscow' };
  const meeting = (amount: number, unit: StepOffset['unit'], timeOfDay?: string): StepOffset => ({
    anchor: { from: 'field', field: 'host:UF_DATE' },
    amount,
    unit,
    ...(timeOfDay === undefined ? {} : { timeOfDay }),
  });

  it.each([
    [meeting(0, 'workingDays'), '2026-09-16', '2026-09-16T09:00:00+03:00'],
    [meeting(-1, 'workingDays', '15:00'), '2026-09-21', '2026-09-18T15:00:00+03:00'],
    [meeting(-2, 'workingHours'), '2026-09-16T11:30:00Z', '2026-09-16T11:30:00+03:00'],
    [meeting(1, 'workingDays'), '2026-09-18', '2026-09-21T09:00:00+03:00'],
    [meeting(3, 'calendarDays'), '2026-09-16', '2026-09-21T09:00:00+03:00'],
    [meeting(30, 'workingMinutes'), '2026-09-16T07:00:00Z', '2026-09-16T10:30:00+03:00'],
  ])('counts %j from the date field %s', (offset, date, due) => {
    const deal = aDeal('a', { fields: { UF_DATE: date } });
    const plan = decidePlan(planned(offset, moscow, MONDAY, { deal }));
    expect(stepOf(plan, 's')).toMatchObject({ dueAt: Date.parse(due), notes: [] });
  });

  it('counts from the stage while the date is empty or no date at all, and says so', () => {
    for (const date of [
      null,
      '',
      'next week',
      '2026-02-30',
      '0001-01-01',
      '9999-12-31',
      '2026-13-41T99:99:99Z',
    ]) {
      const deal = aDeal('a', { fields: { UF_DATE: date } });
      const after = decidePlan(planned(meeting(2, 'workingDays'), moscow, MONDAY, { deal }));
      expect(stepOf(after, 's')).toMatchObject({ dueAt: MONDAY + 2 * DAY_MS, notes: ['dateMissing'] });
      const before = decidePlan(planned(meeting(-1, 'workingDays'), moscow, MONDAY, { deal }));
      expect(stepOf(before, 's')).toMatchObject({ dueAt: MONDAY + 3 * DAY_MS, notes: ['dateMissing'] });
    }
  });

  it('follows the date when it is moved, and wakes two weeks before', () => {
    const on = (date: string): PlanInput =>
      planned(meeting(-1, 'workingDays'), moscow, MONDAY, {
        deal: aDeal('a', { fields: { UF_DATE: date } }),
      });
    const first = decidePlan(on('2026-09-16'));
    const moved = decidePlan({ ...on('2026-12-16'), steps: first.steps });
    const dueAt = Date.parse('2026-12-15T09:00:00+03:00');
    expect(stepOf(moved, 's')).toMatchObject({ state: 'waiting', dueAt, because: { code: 'tooEarly' } });
    expect(moved.wakeAt).toBe(dueAt - 14 * DAY_MS);
  });
});

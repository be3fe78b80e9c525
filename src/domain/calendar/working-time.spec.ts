import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Schedule, WorkAmount, WorkCalendar } from './work-calendar.types.js';
import { interval, standardCalendar } from './work-calendar.js';
import {
  addWorking,
  BARE_STEP,
  isWorkingMoment,
  nextWorkingMoment,
  workingMinutesBetween,
} from './working-time.js';

const MOSCOW: Schedule = { calendar: standardCalendar('RU'), timeZone: 'Europe/Moscow' };

function at(text: string): number {
  return Temporal.ZonedDateTime.from(text).epochMilliseconds;
}

function moscow(text: string): number {
  return at(`${text}[Europe/Moscow]`);
}

function shown(instant: number, timeZone = 'Europe/Moscow'): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  return zoned.toPlainDateTime().toString({ smallestUnit: 'minute' });
}

describe('domain/calendar/working-time', () => {
  it('gives a bare step three working days, rounded up to the hour', () => {
    expect(shown(addWorking(moscow('2026-11-18T14:20'), BARE_STEP, MOSCOW))).toBe('2026-11-23T15:00');
  });

  it('puts a whole-day step at nine in the morning of the owner', () => {
    const by: WorkAmount = { amount: 1, unit: 'workingDays', timeOfDay: '09:00' };
    expect(shown(addWorking(moscow('2026-11-20T16:00'), by, MOSCOW))).toBe('2026-11-23T09:00');
    const vladivostok: Schedule = { ...MOSCOW, timeZone: 'Asia/Vladivostok' };
    expect(shown(addWorking(moscow('2026-11-19T16:00'), by, vladivostok), 'Asia/Vladivostok')).toBe(
      '2026-11-20T09:00',
    );
  });

  it('counts fifteen working minutes of a lead that came at night from the morning', () => {
    const by: WorkAmount = { amount: 15, unit: 'workingMinutes' };
    expect(shown(addWorking(moscow('2026-11-21T23:10'), by, MOSCOW))).toBe('2026-11-23T09:15');
  });

  it('ends eight working hours at the end of the day, not on the next morning', () => {
    const by: WorkAmount = { amount: 8, unit: 'workingHours' };
    expect(shown(addWorking(moscow('2026-11-18T09:00'), by, MOSCOW))).toBe('2026-11-18T18:00');
  });

  it('does not count the day of the start, be it evening or weekend', () => {
    const by: WorkAmount = { amount: 1, unit: 'workingDays', timeOfDay: '12:00' };
    expect(shown(addWorking(moscow('2026-11-18T22:00'), by, MOSCOW))).toBe('2026-11-19T12:00');
    expect(shown(addWorking(moscow('2026-11-21T15:00'), by, MOSCOW))).toBe('2026-11-23T12:00');
  });

  it('skips the lunch break', () => {
    const by: WorkAmount = { amount: 1, unit: 'workingHours' };
    expect(shown(addWorking(moscow('2026-11-18T12:30'), by, MOSCOW))).toBe('2026-11-18T14:30');
  });

  it('jumps over the new year holidays of Russia', () => {
    expect(shown(addWorking(moscow('2026-12-30T10:00'), BARE_STEP, MOSCOW))).toBe('2027-01-13T10:00');
    expect(shown(addWorking(moscow('2025-12-30T10:00'), { amount: 1, unit: 'workingDays' }, MOSCOW))).toBe(
      '2026-01-12T10:00',
    );
  });

  it('works on a Saturday that the government made a working day, an hour shorter before the holiday', () => {
    const by: WorkAmount = { amount: 1, unit: 'workingDays', timeOfDay: '18:00' };
    expect(shown(addWorking(moscow('2025-10-31T10:00'), by, MOSCOW))).toBe('2025-11-01T17:00');
  });

  it('moves a day that was named for today and has passed to the next working day', () => {
    const by: WorkAmount = { amount: 0, unit: 'workingDays', timeOfDay: '09:00' };
    expect(shown(addWorking(moscow('2026-11-18T15:00'), by, MOSCOW))).toBe('2026-11-19T09:00');
    expect(shown(addWorking(moscow('2026-11-18T08:00'), by, MOSCOW))).toBe('2026-11-18T09:00');
  });

  it('moves calendar days that end on a weekend to Monday', () => {
    const by: WorkAmount = { amount: 3, unit: 'calendarDays', timeOfDay: '12:00' };
    expect(shown(addWorking(moscow('2026-11-18T15:00'), by, MOSCOW))).toBe('2026-11-23T12:00');
  });

  it('goes back in time for a negative amount', () => {
    expect(shown(addWorking(moscow('2026-11-23T10:00'), { amount: -2, unit: 'workingDays' }, MOSCOW))).toBe(
      '2026-11-19T10:00',
    );
    expect(shown(addWorking(moscow('2026-11-23T10:00'), { amount: -2, unit: 'workingHours' }, MOSCOW))).toBe(
      '2026-11-20T17:00',
    );
  });

  it('never sets a deadline on a half-day afternoon, a day off of the company or an absence', () => {
    const calendar: WorkCalendar = {
      ...standardCalendar('RU'),
      overrides: [
        { date: '2026-11-19', hours: [interval('09:00', '12:00')] },
        { date: '2026-11-20', hours: [] },
      ],
      absences: [{ from: '2026-11-23', to: '2026-11-27' }],
    };
    const schedule: Schedule = { calendar, timeZone: 'Europe/Moscow' };
    expect(shown(addWorking(moscow('2026-11-18T15:00'), { amount: 1, unit: 'workingDays' }, schedule))).toBe(
      '2026-11-19T12:00',
    );
    expect(shown(addWorking(moscow('2026-11-18T15:00'), { amount: 2, unit: 'workingDays' }, schedule))).toBe(
      '2026-11-30T15:00',
    );
  });

  it('lets time pass freely under a calendar without any work, instead of hanging', () => {
    const never: Schedule = {
      calendar: { country: null, week: [[], [], [], [], [], [], []], overrides: [], absences: [] },
      timeZone: 'UTC',
    };
    const start = at('2026-11-18T15:00[UTC]');
    expect(addWorking(start, { amount: 2, unit: 'workingHours' }, never)).toBe(start + 2 * 3_600_000);
    expect(addWorking(start, { amount: 2, unit: 'workingDays' }, never)).toBeGreaterThanOrEqual(start);
  });

  it('counts working minutes between two moments, breaks and nights left out', () => {
    expect(workingMinutesBetween(moscow('2026-11-18T12:00'), moscow('2026-11-19T10:00'), MOSCOW)).toBe(
      6 * 60,
    );
    expect(workingMinutesBetween(moscow('2026-11-19T10:00'), moscow('2026-11-18T12:00'), MOSCOW)).toBe(
      -6 * 60,
    );
    expect(workingMinutesBetween(moscow('2026-11-21T10:00'), moscow('2026-11-22T10:00'), MOSCOW)).toBe(0);
  });
});

const ZONES = [
  'America/Los_Angeles',
  'America/New_York',
  'America/Sao_Paulo',
  'Europe/London',
  'Europe/Berlin',
  'Europe/Moscow',
  'Asia/Kolkata',
  'Asia/Vladivostok',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
  'Asia/Kamchatka',
] as const;

const halfHours = fc.integer({ min: 0, max: 48 }).map((half) => half * 30);
const dayHours = fc
  .uniqueArray(halfHours, { minLength: 0, maxLength: 6 })
  .map((points) => points.toSorted((a, b) => a - b))
  .map((points) =>
    Array.from({ length: Math.floor(points.length / 2) }, (_, index) => ({
      from: points[index * 2] ?? 0,
      to: points[index * 2 + 1] ?? 0,
    })),
  );
const week = fc
  .tuple(dayHours, dayHours, dayHours, dayHours, dayHours, dayHours, dayHours)
  .filter((days) => days.some((hours) => hours.length > 0));
const calendars: fc.Arbitrary<WorkCalendar> = fc.oneof(
  fc.constantFrom('RU', 'BY', 'KZ', 'DE', 'US', null).map(standardCalendar),
  fc.record({
    country: fc.constantFrom('RU', 'KZ', null),
    week,
    overrides: fc.constant([{ date: '2026-03-29', hours: [interval('01:00', '03:30')] }]),
    absences: fc.constant([{ from: '2026-07-01', to: '2026-07-14' }]),
  }),
);
const schedules: fc.Arbitrary<Schedule> = fc.record({
  calendar: calendars,
  timeZone: fc.constantFrom(...ZONES),
});
const starts = fc
  .integer({ min: at('2025-01-01T00:00[UTC]') / 60_000, max: at('2027-12-31T23:00[UTC]') / 60_000 })
  .map((minutes) => minutes * 60_000);
const unit = fc.constantFrom('workingMinutes', 'workingHours', 'workingDays', 'calendarDays');
const timeOfDay = fc.constantFrom(undefined, '00:00', '09:00', '13:30', '18:00', '23:59');

function amountOf(
  amount: number,
  of: 'workingMinutes' | 'workingHours' | 'workingDays' | 'calendarDays',
  time: string | undefined,
): WorkAmount {
  const days = of === 'workingDays' || of === 'calendarDays';
  return { amount, unit: of, ...(days && time !== undefined ? { timeOfDay: time } : {}) };
}

describe('domain/calendar/working-time, for any calendar, zone and moment', () => {
  it('lands inside working time', () => {
    fc.assert(
      fc.property(
        starts,
        fc.integer({ min: -60, max: 60 }),
        unit,
        timeOfDay,
        schedules,
        (start, n, of, time, who) => {
          expect(isWorkingMoment(addWorking(start, amountOf(n, of, time), who), who)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('never lands earlier for a greater amount, nor before the start for a positive one', () => {
    fc.assert(
      fc.property(
        starts,
        fc.integer({ min: -20, max: 40 }),
        unit,
        timeOfDay,
        schedules,
        (start, n, of, time, who) => {
          const less = addWorking(start, amountOf(n, of, time), who);
          const more = addWorking(start, amountOf(n + 1, of, time), who);
          expect(more).toBeGreaterThanOrEqual(less);
          if (n >= 0) expect(less).toBeGreaterThanOrEqual(start);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('adds zero twice as once', () => {
    fc.assert(
      fc.property(starts, unit, timeOfDay, schedules, (start, of, time, who) => {
        const once = addWorking(start, amountOf(0, of, time), who);
        expect(addWorking(once, amountOf(0, of, time), who)).toBe(once);
      }),
      {
        numRuns: 400,
        // 23:01 rounds up to 24:00, which ends the only working day of a week.
        examples: [
          [
            Date.parse('2027-12-31T22:01:00Z'),
            'calendarDays',
            undefined,
            {
              calendar: {
                country: 'RU',
                week: [[], [], [{ from: 0, to: 1440 }], [], [], [], []],
                overrides: [],
                absences: [],
              },
              timeZone: 'Europe/Berlin',
            },
          ],
        ],
      },
    );
  });

  it('finds a next working moment that is its own next working moment', () => {
    fc.assert(
      fc.property(starts, schedules, (start, who) => {
        const next = nextWorkingMoment(start, who);
        expect(next).toBeGreaterThanOrEqual(start);
        expect(nextWorkingMoment(next, who)).toBe(next);
      }),
      { numRuns: 300 },
    );
  });

  it('counts as many working minutes as were added, away from clock changes', () => {
    const steady: Schedule = { calendar: standardCalendar('RU'), timeZone: 'Asia/Yekaterinburg' };
    fc.assert(
      fc.property(starts, fc.integer({ min: 0, max: 5_000 }), (start, minutes) => {
        const end = addWorking(start, { amount: minutes, unit: 'workingMinutes' }, steady);
        expect(workingMinutesBetween(start, end, steady)).toBe(minutes);
      }),
      { numRuns: 200 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDayHours, readWeekHours, writeDayHours } from './day-hours.js';
import { dateOf } from './local-time.js';
import { countryYear, importedYear, knownCountries } from './public-holidays.js';
import { coverageOf, hoursOfDay, interval, standardCalendar } from './work-calendar.js';
import type { CalendarYear, Schedule, WorkCalendar } from './work-calendar.types.js';
import { addWorking, isWorkingMoment } from './working-time.js';
import { daysOfYear } from './year-days.js';

const RUSSIA = standardCalendar('RU');

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 86_400_000;
}

function minutesOn(calendar: WorkCalendar, date: string): number {
  return hoursOfDay(calendar, dayOf(date)).reduce((sum, { from, to }) => sum + to - from, 0);
}

function at(text: string): number {
  return Temporal.ZonedDateTime.from(text).epochMilliseconds;
}

function norm(calendar: WorkCalendar, year: number): readonly [number, number] {
  const days = daysOfYear(calendar, year);
  return [days.filter((day) => day.minutes > 0).length, days.reduce((sum, day) => sum + day.minutes, 0) / 60];
}

describe('domain/calendar', () => {
  it('has the days and hours of the Russian production calendars of 2024, 2025 and 2026', () => {
    expect(norm(RUSSIA, 2024)).toEqual([248, 1979]);
    expect(norm(RUSSIA, 2025)).toEqual([247, 1972]);
    expect(norm(RUSSIA, 2026)).toEqual([247, 1972]);
  });

  it.each([
    ['2024-04-27', 480, 'moved'],
    ['2024-04-29', 0, 'holiday'],
    ['2024-05-10', 0, 'holiday'],
    ['2024-11-02', 420, 'short'],
    ['2024-12-28', 480, 'moved'],
    ['2024-12-31', 0, 'holiday'],
    ['2025-05-02', 0, 'holiday'],
    ['2025-11-01', 420, 'short'],
    ['2025-11-03', 0, 'holiday'],
    ['2025-12-31', 0, 'holiday'],
    ['2026-01-09', 0, 'holiday'],
    ['2026-03-09', 0, 'holiday'],
    ['2026-11-03', 420, 'short'],
    ['2026-12-31', 0, 'holiday'],
    ['2027-01-08', 0, 'holiday'],
    ['2027-01-11', 480, 'work'],
    ['2027-02-22', 420, 'short'],
    ['2027-05-10', 0, 'holiday'],
    ['2027-06-14', 0, 'holiday'],
    ['2027-11-20', 0, 'off'],
  ])('knows %s in Russia: %s minutes, %s', (date, minutes, kind) => {
    const day = daysOfYear(RUSSIA, Number(date.slice(0, 4))).find((each) => each.date === date);
    expect([day?.minutes, day?.kind]).toEqual([minutes, kind]);
    expect(minutesOn(RUSSIA, date)).toBe(minutes);
  });

  it('says of 2027 that moved days are not known yet, until a calendar is imported', () => {
    expect(coverageOf(RUSSIA, 2027)).toBe('derived');
    const year: CalendarYear = {
      year: 2027,
      source: 'приказ',
      daysOff: ['11-05'],
      workingDays: ['11-13'],
      shortDays: [],
    };
    const imported: WorkCalendar = { ...RUSSIA, years: [year] };
    expect(coverageOf(imported, 2027)).toBe('imported');
    expect(coverageOf(imported, 2026)).toBe('official');
    expect([minutesOn(imported, '2027-11-05'), minutesOn(imported, '2027-11-13')]).toEqual([0, 480]);
    expect(minutesOn(imported, '2027-01-04')).toBe(480);
    expect(importedYear(year)).toBe(importedYear(year));
    expect(countryYear('RU', 2027).coverage).toBe('derived');
  });

  it('reads an imported year for a company without a country too', () => {
    const year: CalendarYear = {
      year: 2026,
      source: 'f',
      daysOff: ['11-24'],
      workingDays: [],
      shortDays: [],
    };
    const calendar: WorkCalendar = { ...standardCalendar(null), years: [year] };
    expect([minutesOn(calendar, '2026-11-24'), minutesOn(calendar, '2026-11-04')]).toEqual([0, 480]);
  });

  it('takes absence before override, override before holiday, holiday before the week', () => {
    const calendar: WorkCalendar = {
      ...RUSSIA,
      overrides: [
        { date: '2026-11-04', hours: [interval('10:00', '11:00')] },
        { date: '2026-12-07', hours: [interval('10:00', '12:00')] },
      ],
      absences: [{ from: '2026-12-07', to: '2026-12-08' }],
    };
    expect(minutesOn(RUSSIA, '2026-11-04')).toBe(0);
    expect(minutesOn(calendar, '2026-11-04')).toBe(60);
    expect(minutesOn(calendar, '2026-12-07')).toBe(0);
    expect(minutesOn(calendar, '2026-12-09')).toBe(480);
    const kinds = new Map(daysOfYear(calendar, 2026).map((day) => [day.date, day.kind]));
    expect(['2026-11-04', '2026-12-07', '2026-12-09', '2026-12-12'].map((date) => kinds.get(date))).toEqual([
      'override',
      'absence',
      'work',
      'off',
    ]);
  });

  it('goes over the year’s end with the holidays of both years', () => {
    const schedule: Schedule = { calendar: RUSSIA, timeZone: 'Europe/Moscow' };
    const start = at('2026-12-30T15:00[Europe/Moscow]');
    const next = addWorking(start, { amount: 1, unit: 'workingDays' }, schedule);
    expect(Temporal.Instant.fromEpochMilliseconds(next).toString()).toBe('2027-01-11T12:00:00Z');
    const hours = addWorking(start, { amount: 4, unit: 'workingHours' }, schedule);
    expect(Temporal.Instant.fromEpochMilliseconds(hours).toString()).toBe('2027-01-11T07:00:00Z');
  });

  it.each([
    ['America/Los_Angeles', '2026-03-08', '2026-11-01'],
    ['America/New_York', '2026-03-08', '2026-11-01'],
    ['Europe/Berlin', '2026-03-29', '2026-10-25'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'],
    ['Pacific/Auckland', '2026-04-05', '2026-09-27'],
  ])('sets no deadline into an hour that the clocks of %s skip', (timeZone, one, other) => {
    const hours = [interval('00:00', '04:00')];
    const week = [hours, hours, hours, hours, hours, hours, hours] as const;
    const schedule: Schedule = { calendar: { country: null, week, overrides: [], absences: [] }, timeZone };
    for (const date of [one, other]) {
      const midnight = Temporal.PlainDate.from(date).subtract({ days: 1 }).toZonedDateTime(timeZone);
      for (let half = 0; half < 16; half += 1) {
        const due = addWorking(
          midnight.epochMilliseconds,
          { amount: half * 30, unit: 'workingMinutes' },
          schedule,
        );
        expect(isWorkingMoment(due, schedule)).toBe(true);
        const clock = Temporal.Instant.fromEpochMilliseconds(due).toZonedDateTimeISO(timeZone);
        expect(clock.hour * 60 + clock.minute).toBeLessThanOrEqual(240);
      }
    }
  });

  it('sets every deadline where its owner works, from UTC−8 to UTC+12, around year ends, on half-days and absences', () => {
    const half = [interval('09:00', '12:00')];
    const full = [interval('09:00', '13:00'), interval('14:00', '18:00')];
    const arbitrary = fc.record({
      timeZone: fc.constantFrom(
        'America/Los_Angeles',
        'America/New_York',
        'Europe/Berlin',
        'Europe/Moscow',
        'Asia/Almaty',
        'Asia/Vladivostok',
        'Pacific/Auckland',
        'Asia/Kamchatka',
      ),
      country: fc.constantFrom('RU', 'KZ', 'BY', 'US', null),
      days: fc.integer({ min: dayOf('2026-12-15'), max: dayOf('2027-01-20') }),
      away: fc.integer({ min: 0, max: 20 }),
      start: fc.integer({ min: at('2026-12-20T00:00[UTC]'), max: at('2027-01-15T00:00[UTC]') }),
      amount: fc.integer({ min: -12, max: 40 }),
      unit: fc.constantFrom('workingMinutes', 'workingHours', 'workingDays', 'calendarDays'),
    });
    fc.assert(
      fc.property(arbitrary, ({ timeZone, country, days, away, start, amount, unit }) => {
        const calendar: WorkCalendar = {
          country,
          week: [full, full, full, full, half, [], []],
          overrides: [{ date: '2026-12-29', hours: half }],
          absences: [{ from: dateOf(days), to: dateOf(days + away) }],
          years: [
            { year: 2027, source: 'f', daysOff: ['01-12'], workingDays: ['01-16'], shortDays: ['01-15'] },
          ],
        };
        const schedule: Schedule = { calendar, timeZone };
        const due = addWorking(start, { amount, unit }, schedule);
        expect(isWorkingMoment(due, schedule)).toBe(true);
        const local = Temporal.Instant.fromEpochMilliseconds(due).toZonedDateTimeISO(timeZone);
        const date = local.toPlainDate().toString();
        expect(date >= dateOf(days) && date <= dateOf(days + away)).toBe(false);
        expect(minutesOn(calendar, date)).toBeGreaterThan(0);
      }),
      { numRuns: 600 },
    );
  });

  it('reads hours as people write them, and nothing else', () => {
    const day = [
      { from: '09:00', to: '12:30' },
      { from: '13:00', to: '24:00' },
    ];
    const read = readDayHours(day);
    expect(read).toEqual([
      { from: 540, to: 750 },
      { from: 780, to: 1440 },
    ]);
    expect(writeDayHours(read ?? [])).toEqual(day);
    const wrong = [
      [{ from: '9:00', to: '12:00' }],
      [{ from: '12:00', to: '12:00' }],
      [{ from: '09:00', to: '25:00' }],
      [...day, { from: '12:00', to: '12:10' }],
      [
        { from: '09:00', to: '12:00' },
        { from: '12:00', to: '13:00' },
      ],
      Array.from({ length: 7 }, (_, hour) => ({ from: `0${hour}:00`, to: `0${hour}:30` })),
    ];
    for (const hours of wrong) expect(readDayHours(hours)).toBeNull();
    expect(readWeekHours([day, day, day, day, day, [], []])?.[6]).toEqual([]);
    expect(readWeekHours([day, day])).toBeNull();
    expect(readWeekHours([day, day, day, day, day, [], [], []])).toBeNull();
  });

  it('lists the countries whose holidays it knows', () => {
    expect(knownCountries()).toEqual(expect.arrayContaining(['BY', 'DE', 'KZ', 'RU', 'US']));
    expect(new Set(knownCountries()).size).toBe(knownCountries().length);
  });
});

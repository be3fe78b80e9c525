import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isWorkingMoment } from '../calendar/working-time.js';
import { interval, standardCalendar } from '../calendar/work-calendar.js';
import type { DayHours, Schedule, WeekHours } from '../calendar/work-calendar.types.js';
import {
  dayTimesOf,
  DEFAULT_TIMES,
  dueMessages,
  isTimed,
  nextListAt,
  nextMomentOf,
  phaseOf,
  weekOf,
  type DayTimes,
} from './day-times.js';

const COMPANY = standardCalendar('RU');
const MOSCOW: Schedule = { calendar: COMPANY, timeZone: 'Europe/Moscow' };
const HOUR = 3_600_000;

function at(text: string): number {
  return Date.parse(text);
}

function week(day: DayHours): WeekHours {
  return [day, day, day, day, day, [], []];
}

function timesOf(day: string, schedule: Schedule = MOSCOW): DayTimes {
  const times = dayTimesOf(day, schedule, COMPANY.week, DEFAULT_TIMES);
  if (!times) throw new Error(`${day} is no working day`);
  return times;
}

describe('src/domain/pushing/day-times', () => {
  it('has the product’s times for whoever works by the company’s hours', () => {
    const times = timesOf('2026-11-24');
    expect([times.startsAt, times.listAt, times.closingAt, times.exceptionsAt, times.endsAt]).toEqual(
      [
        '2026-11-23T21:00Z',
        '2026-11-24T06:00Z',
        '2026-11-24T15:00Z',
        '2026-11-24T16:00Z',
        '2026-11-24T21:00Z',
      ].map(at),
    );
    expect(times.reviewAt).toBeNull();
    expect(timesOf('2026-11-23').reviewAt).toBe(at('2026-11-23T07:00Z'));
  });

  it('finds the next list: today’s before it, else the one of the next day on which the person is there', () => {
    const away: Schedule = {
      ...MOSCOW,
      calendar: { ...COMPANY, absences: [{ from: '2026-11-26', to: '2026-11-27' }] },
    };
    const listAfter = (text: string, schedule = MOSCOW, listAt = '09:00') =>
      new Date(nextListAt(at(text), schedule, COMPANY.week, listAt) ?? 0).toISOString().slice(0, 16);
    expect(listAfter('2026-11-24T02:00Z')).toBe('2026-11-24T06:00');
    expect(listAfter('2026-11-24T06:00Z')).toBe('2026-11-24T06:00');
    expect(listAfter('2026-11-24T06:00:01Z')).toBe('2026-11-25T06:00');
    expect(listAfter('2026-11-24T06:30Z', MOSCOW, '10:00')).toBe('2026-11-24T07:00');
    expect(listAfter('2026-11-27T12:00Z')).toBe('2026-11-30T06:00');
    expect(listAfter('2026-11-25T12:00Z', away)).toBe('2026-11-30T06:00');
    const never = { ...MOSCOW, calendar: { ...COMPANY, week: week([]) } };
    expect(
      nextListAt(
        at('2026-11-24T02:00Z'),
        { ...never, calendar: { ...never.calendar, country: null } },
        COMPANY.week,
        '09:00',
      ),
    ).toBeNull();
  });

  it('does not exist on days off, on holidays and in an absence', () => {
    const away: Schedule = {
      ...MOSCOW,
      calendar: { ...COMPANY, absences: [{ from: '2026-11-24', to: '2026-11-25' }] },
    };
    for (const [day, schedule] of [
      ['2026-11-22', MOSCOW],
      ['2026-11-04', MOSCOW],
      ['2026-11-25', away],
      ['2026-02-30', MOSCOW],
    ] as const)
      expect([day, dayTimesOf(day, schedule, COMPANY.week, DEFAULT_TIMES)]).toEqual([day, null]);
    expect(dayTimesOf('2026-11-26', away, COMPANY.week, DEFAULT_TIMES)).not.toBeNull();
  });

  it('closes half-days and short days when they end', () => {
    expect(timesOf('2026-11-03').closingAt).toBe(at('2026-11-03T14:00Z'));
    const half: Schedule = {
      ...MOSCOW,
      calendar: { ...COMPANY, overrides: [{ date: '2026-11-24', hours: [interval('09:00', '13:00')] }] },
    };
    const times = timesOf('2026-11-24', half);
    expect([times.listAt, times.closingAt, times.exceptionsAt]).toEqual(
      ['2026-11-24T06:00Z', '2026-11-24T10:00Z', '2026-11-24T11:00Z'].map(at),
    );
  });

  it('shifts with the person’s own hours and zone', () => {
    const late: Schedule = {
      timeZone: 'Asia/Vladivostok',
      calendar: { ...COMPANY, week: week([interval('12:00', '21:00')]) },
    };
    const times = timesOf('2026-11-24', late);
    expect([times.listAt, times.closingAt, times.exceptionsAt]).toEqual(
      ['2026-11-24T02:00Z', '2026-11-24T11:00Z', '2026-11-24T12:00Z'].map(at),
    );
  });

  it('reviews the week on its first working day', () => {
    const away: Schedule = {
      ...MOSCOW,
      calendar: { ...COMPANY, absences: [{ from: '2026-11-20', to: '2026-11-24' }] },
    };
    expect(timesOf('2026-11-25', away).reviewAt).toBe(at('2026-11-25T07:00Z'));
    expect(timesOf('2026-11-26', away).reviewAt).toBeNull();
    // The Monday is a holiday.
    expect(timesOf('2026-03-10').reviewAt).not.toBeNull();
  });

  it('keeps every moment in order and, but for the exceptions, inside the working day, whatever the hours', () => {
    const arbitrary = fc.record({
      timeZone: fc.constantFrom('America/Los_Angeles', 'Europe/Berlin', 'Europe/Moscow', 'Pacific/Auckland'),
      from: fc.integer({ min: 0, max: 1_300 }),
      length: fc.integer({ min: 10, max: 1_000 }),
      day: fc.constantFrom('2026-03-30', '2026-10-26', '2026-11-02', '2026-11-24', '2026-12-28'),
      usual: fc.integer({ min: 0, max: 900 }),
      list: fc.integer({ min: 0, max: 700 }),
      apart: fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 300 })),
    });
    const text = (minute: number): string =>
      `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    fc.assert(
      fc.property(arbitrary, ({ timeZone, from, length, day, usual, list, apart }) => {
        const hours = [{ from, to: Math.min(1_440, from + length) }];
        const calendar = { country: null, week: week(hours), overrides: [], absences: [] };
        const closing = Math.min(1_439, list + apart[0]);
        const settings = {
          listAt: text(list),
          reviewAt: text(list),
          closingAt: text(closing),
          exceptionsAt: text(Math.min(1_439, closing + apart[1])),
        };
        const times = dayTimesOf(
          day,
          { calendar, timeZone },
          week([{ from: usual, to: usual + 480 }]),
          settings,
        );
        if (!times) throw new Error('a working day has times');
        const { startsAt, listAt, closingAt, exceptionsAt, endsAt } = times;
        const moments = [startsAt, listAt, closingAt, exceptionsAt];
        expect(moments.toSorted((a, b) => a - b)).toEqual(moments);
        expect(closingAt).toBeLessThanOrEqual(endsAt);
        expect(exceptionsAt - endsAt).toBeLessThanOrEqual(0);
        for (const moment of [listAt, closingAt, times.reviewAt ?? listAt])
          expect(isWorkingMoment(moment, { calendar, timeZone })).toBe(true);
      }),
      { numRuns: 400 },
    );
  });

  it('sends every message once, at its time, and none of them long after it', () => {
    const times = timesOf('2026-11-23');
    const sent = new Set<string>();
    const log: string[] = [];
    for (let now = times.startsAt; now < times.endsAt; now += 60_000) {
      for (const message of dueMessages(times, now, sent)) {
        sent.add(message);
        log.push(`${message} ${new Date(now).toISOString().slice(11, 16)}`);
      }
    }
    expect(log).toEqual(['list 06:00', 'review 07:00', 'closing 15:00', 'exceptions 16:00']);
    expect(dueMessages(times, times.closingAt + 3 * HOUR, new Set())).toEqual([]);
    expect(dueMessages(times, times.listAt + HOUR, new Set())).toContain('list');
    expect(dueMessages(times, times.listAt + 4 * HOUR, new Set())).not.toContain('list');
  });

  it('never sleeps past a moment of the day', () => {
    const times = timesOf('2026-11-23');
    fc.assert(
      fc.property(fc.integer({ min: times.startsAt - HOUR, max: times.endsAt + HOUR }), (now) => {
        const next = nextMomentOf(times, now);
        const all = [times.listAt, times.reviewAt, times.closingAt, times.exceptionsAt, times.endsAt];
        const ahead = all.filter((one) => one !== null && one > now);
        expect(next).toBe(ahead.length === 0 ? null : Math.min(...(ahead as number[])));
      }),
    );
  });

  it('goes from the morning through the day to its closing', () => {
    const times = timesOf('2026-11-24');
    const phases = [-1, 0.5, 1, 8.9, 9, 12].map((hours) => phaseOf(times, times.listAt + hours * HOUR, null));
    expect(phases).toEqual(['morning', 'morning', 'day', 'day', 'closing', 'closing']);
    expect(phaseOf(times, times.closingAt, times.closingAt)).toBe('closed');
    expect(phaseOf(null, 0, null)).toBe('off');
  });

  it('tells an appointment from a day, and gives a week from Monday to Sunday', () => {
    const seen = ['06:00Z', '21:00Z', '15:00Z', '12:30Z'].map((time) =>
      isTimed(at(`2026-11-24T${time}`), MOSCOW),
    );
    expect(seen).toEqual([false, false, false, true]);
    expect(isTimed(at('2026-11-24T06:00Z'), { ...MOSCOW, timeZone: 'Europe/Samara' })).toBe(true);
    expect(weekOf('2026-11-22')?.[0]).toBe('2026-11-16');
    expect(weekOf('2026-11-23')?.[6]).toBe('2026-11-29');
    expect(weekOf('2026-13-01')).toBeNull();
  });
});

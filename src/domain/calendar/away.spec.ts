import { describe, expect, it } from '@jest/globals';
import {
  awayUntil,
  endOfDay,
  isAway,
  localDay,
  startOfDay,
  withoutAbsences,
  workingDaysBetween,
} from './away.js';
import { standardCalendar } from './work-calendar.js';
import type { Schedule } from './work-calendar.types.js';

const ABSENCES = [
  { from: '2026-03-07', to: '2026-03-08' },
  { from: '2026-03-09', to: '2026-03-10' },
  { from: '2026-05-01', to: '2026-05-01' },
];
const NEW_YORK: Schedule = {
  calendar: { ...standardCalendar('US'), absences: ABSENCES },
  timeZone: 'America/New_York',
};

function at(text: string): number {
  return Date.parse(text);
}

describe('domain/calendar/away', () => {
  it('reads days on the wall clock of the zone', () => {
    expect(localDay(at('2026-03-08T04:59:00Z'), 'America/New_York')).toBe('2026-03-07');
    expect(localDay(at('2026-03-08T04:59:00Z'), 'Asia/Kamchatka')).toBe('2026-03-08');
  });

  it('knows that a day of a clock change has twenty-three hours', () => {
    const begins = startOfDay('2026-03-08', 'America/New_York') ?? 0;
    const ends = endOfDay('2026-03-08', 'America/New_York') ?? 0;
    expect((ends - begins) / 3_600_000).toBe(23);
    expect(startOfDay('2026-02-30', 'America/New_York')).toBeNull();
    expect(endOfDay('soon', 'America/New_York')).toBeNull();
  });

  it('is away on the first and the last day of an absence and back on the next', () => {
    expect(isAway(at('2026-03-07T05:00:00Z'), NEW_YORK)).toBe(true);
    expect(isAway(at('2026-03-07T04:59:00Z'), NEW_YORK)).toBe(false);
    expect(isAway(at('2026-05-02T03:59:00Z'), NEW_YORK)).toBe(true);
    expect(isAway(at('2026-05-02T04:00:00Z'), NEW_YORK)).toBe(false);
    expect(isAway(at('2026-03-07T05:00:00Z'), withoutAbsences(NEW_YORK))).toBe(false);
  });

  it('comes back after absences that follow one another at once', () => {
    expect(awayUntil(at('2026-03-07T12:00:00Z'), NEW_YORK)).toBe(at('2026-03-11T04:00:00Z'));
    expect(awayUntil(at('2026-03-12T12:00:00Z'), NEW_YORK)).toBeNull();
  });

  it('gives the same calendar without absences every time', () => {
    expect(withoutAbsences(NEW_YORK).calendar).toBe(withoutAbsences(NEW_YORK).calendar);
  });

  it('counts the working days after one day up to another', () => {
    const plain: Schedule = { calendar: standardCalendar(null), timeZone: 'Europe/Moscow' };
    expect(workingDaysBetween(at('2026-09-04T12:00:00Z'), at('2026-09-08T06:00:00Z'), plain)).toBe(2);
    expect(workingDaysBetween(at('2026-09-08T06:00:00Z'), at('2026-09-08T16:00:00Z'), plain)).toBe(0);
    expect(workingDaysBetween(at('2026-09-08T06:00:00Z'), at('2026-09-01T16:00:00Z'), plain)).toBe(0);
  });
});

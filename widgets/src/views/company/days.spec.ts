import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addDays,
  dayIn,
  dayOf,
  dayWords,
  daysBetween,
  maskedDay,
  typedDay,
  weekdayOf,
  weekdays,
} from './days.js';

const day = fc.integer({ min: 0, max: 40_000 }).map((days) => addDays('1990-01-01', days));
const language = fc.constantFrom('ru', 'en');

describe('widgets/src/views/company/days', () => {
  it('reads back every date as it is typed', () => {
    fc.assert(
      fc.property(day, language, (date, spoken) => {
        expect(dayOf(typedDay(date, spoken), spoken)).toBe(date);
        expect(maskedDay(typedDay(date, spoken).replace(/\D/g, ''), spoken)).toBe(typedDay(date, spoken));
      }),
    );
  });

  it.each([
    ['31.02.2026', 'ru'],
    ['2026-02-30', 'en'],
    ['21.12.26', 'ru'],
    ['21.12.2026', 'en'],
    ['', 'ru'],
  ])('takes %s for no date in %s', (text, spoken) => {
    expect(dayOf(text, spoken)).toBeNull();
  });

  it.each([
    ['2', 'ru', '2'],
    ['211', 'ru', '21.1'],
    ['21122026', 'ru', '21.12.2026'],
    ['20261', 'en', '2026-1'],
    ['2026-12-21', 'ru', '21.12.2026'],
    ['21.12.2026', 'en', '2026-12-21'],
    ['ab', 'ru', ''],
  ])('shows %s typed in %s as %s', (text, spoken, shown) => {
    expect(maskedDay(text, spoken)).toBe(shown);
  });

  it('counts days and weekdays through the end of a year and a leap day', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(daysBetween('2026-12-30', '2027-01-02')).toBe(4);
    expect([weekdayOf('2026-11-23'), weekdayOf('2026-11-22')]).toEqual([0, 6]);
    expect(weekdays('en', 'short')).toEqual(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);
  });

  it('tells the date that a person’s zone has at an instant', () => {
    const instant = Date.parse('2026-11-22T22:30:00Z');
    expect([dayIn('Europe/Moscow', instant), dayIn('America/New_York', instant)]).toEqual([
      '2026-11-23',
      '2026-11-22',
    ]);
    expect(dayWords('2026-12-21', 'en')).toBe('Monday, December 21, 2026');
  });
});

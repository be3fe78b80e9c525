import { describe, expect, it } from '@jest/globals';
import { standardCalendar, coverageOf, interval, minuteOfDay } from './work-calendar.js';
import { countryYear } from './public-holidays.js';
import { workingMinutesBetween } from './working-time.js';

const MONTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

function workingHoursOf(country: string, year: number, month: number): number {
  const from = Date.UTC(year, month - 1, 1);
  const schedule = { calendar: standardCalendar(country), timeZone: 'UTC' };
  return workingMinutesBetween(from, Date.UTC(year, month, 1), schedule) / 60;
}

function workingDaysOf(country: string, year: number): number {
  const schedule = { calendar: standardCalendar(country), timeZone: 'UTC' };
  let days = 0;
  for (let day = Date.UTC(year, 0, 1); day < Date.UTC(year + 1, 0, 1); day += 86_400_000) {
    if (workingMinutesBetween(day, day + 86_400_000, schedule) > 0) days += 1;
  }
  return days;
}

describe('domain/calendar/public-holidays', () => {
  it('gives Russia the norm of working hours that its production calendars state', () => {
    const norm = (year: number): number =>
      MONTHS.reduce((sum, month) => sum + workingHoursOf('RU', year, month), 0);
    expect(norm(2025)).toBe(1972);
    expect(norm(2026)).toBe(1972);
  });

  it('gives Russia 247 working days in 2025 and 2026', () => {
    expect(workingDaysOf('RU', 2025)).toBe(247);
    expect(workingDaysOf('RU', 2026)).toBe(247);
  });

  it('gives Kazakhstan 246 working days in 2025', () => {
    expect(workingDaysOf('KZ', 2025)).toBe(246);
  });

  it('has all eight first days of January off in Russia, in years that nobody published yet too', () => {
    const derived = countryYear('RU', 2031);
    expect(derived.coverage).toBe('derived');
    for (let day = 1; day <= 8; day += 1) expect(derived.days.get(`01-0${day}`)).toBe('off');
  });

  it('moves a Russian holiday from the weekend to Monday in a derived year, and says that it is derived', () => {
    const year = countryYear('RU', 2027);
    expect(year.coverage).toBe('derived');
    expect(year.days.get('05-03')).toBe('off');
    expect(year.days.get('05-10')).toBe('off');
    expect(year.days.get('06-14')).toBe('off');
  });

  it('gives Kazakhstan the Wednesday after a Nauryz that begins on Sunday', () => {
    const year = countryYear('KZ', 2027);
    expect(year.days.get('03-24')).toBe('off');
    expect(year.days.get('03-15')).toBe('off');
    expect(year.days.get('01-04')).toBe('off');
  });

  it('takes Kazakhstan at work on the last Monday of August 2026, when the holiday had moved to March', () => {
    const year = countryYear('KZ', 2026);
    expect(year.days.get('08-31')).toBeUndefined();
    expect(year.days.get('03-15')).toBeUndefined();
  });

  it('knows the moved days of Belarus, and Radunitsa where nobody published them', () => {
    expect(countryYear('BY', 2026).days.get('04-25')).toBe('working');
    expect(countryYear('BY', 2026).days.get('04-20')).toBe('off');
    expect(countryYear('BY', 2027).days.get('05-11')).toBe('off');
    expect(countryYear('BY', 2027).days.get('01-02')).toBe('off');
  });

  it('takes other countries from the library and has nothing to say of an unknown one', () => {
    expect(countryYear('de', 2026).coverage).toBe('library');
    expect(countryYear('DE', 2026).days.get('10-03')).toBe('off');
    expect(countryYear('ZZ', 2026).coverage).toBe('unknown');
    expect(coverageOf(standardCalendar(null), 2026)).toBe('unknown');
    expect(coverageOf(standardCalendar('RU'), 2026)).toBe('official');
  });

  it('names a source for every year', () => {
    for (const country of ['RU', 'BY', 'KZ']) {
      for (const year of [2025, 2026, 2027])
        expect(countryYear(country, year).source.length).toBeGreaterThan(10);
    }
  });
});

describe('domain/calendar/work-calendar', () => {
  it('reads a time of day and refuses what is none', () => {
    expect(minuteOfDay('09:30')).toBe(570);
    for (const wrong of ['24:00', '9:30', '09:60', '', '09:30:00']) expect(minuteOfDay(wrong)).toBeNull();
  });

  it('refuses an interval that ends before it begins', () => {
    expect(() => interval('18:00', '09:00')).toThrow(RangeError);
  });
});

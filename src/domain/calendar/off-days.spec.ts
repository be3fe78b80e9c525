import { describe, expect, it } from '@jest/globals';
import { offDaysBetween } from './off-days.js';
import { standardCalendar } from './work-calendar.js';

describe('src/domain/calendar/off-days', () => {
  it('names weekends, holidays, absences and days set free, each with its reason, over the turn of the year', () => {
    const calendar = {
      ...standardCalendar('RU'),
      absences: [{ from: '2026-12-21', to: '2026-12-23' }],
      overrides: [{ date: '2026-12-25', hours: [] }],
    };
    const spans = offDaysBetween(calendar, '2026-12-19', '2027-01-11');
    expect(spans.slice(0, 4)).toEqual([
      { from: '2026-12-19', to: '2026-12-20', why: 'weekend' },
      { from: '2026-12-21', to: '2026-12-23', why: 'absent' },
      { from: '2026-12-25', to: '2026-12-25', why: 'dayOff' },
      { from: '2026-12-26', to: '2026-12-27', why: 'weekend' },
    ]);
    expect(spans.some(({ from, why }) => why === 'holiday' && from.startsWith('2027-01'))).toBe(true);
    expect(spans.some(({ from, to }) => from <= '2027-01-11' && '2027-01-11' <= to)).toBe(false);
  });

  it('has nothing to say of a time without a day', () => {
    expect(offDaysBetween(standardCalendar('RU'), '2026-12-19', '2026-12-18')).toEqual([]);
  });
});

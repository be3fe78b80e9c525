import { describe, expect, it } from '@jest/globals';
import { whyOff, workingDay } from './off-days.js';

const OFF = {
  from: '2026-11-23',
  to: '2027-11-24',
  off: [
    { from: '2026-11-28', to: '2026-11-29', why: 'weekend' },
    { from: '2026-11-30', to: '2026-11-30', why: 'absent' },
    { from: '2027-01-01', to: '2027-01-08', why: 'holiday' },
  ],
} as const;

describe('widgets/src/ui/off-days', () => {
  it('says why nobody works on a day', () => {
    expect(['2026-11-27', '2026-11-28', '2026-11-30', '2027-01-08'].map((day) => whyOff(OFF, day))).toEqual([
      null,
      'weekend',
      'absent',
      'holiday',
    ]);
  });

  it('goes on to the first working day, over spans that follow at once', () => {
    expect(workingDay(OFF, '2026-11-27')).toBe('2026-11-27');
    expect(workingDay(OFF, '2026-11-28')).toBe('2026-12-01');
    expect(workingDay(null, '2026-11-28')).toBe('2026-11-28');
  });
});

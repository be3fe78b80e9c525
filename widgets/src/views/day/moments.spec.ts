import { describe, expect, it } from '@jest/globals';
import { instantOf } from './moments.js';

const SHORT_FRIDAY = ['18:00', '18:00', '18:00', '18:00', '16:30', '18:00', '18:00'];
const MOSCOW = { timeZone: 'Europe/Moscow', dayEnds: SHORT_FRIDAY };

describe('widgets/src/views/day/moments', () => {
  it('means the end of the person’s working day, wherever the browser is', () => {
    const morning = new Date('2026-11-23T06:30:00Z');
    expect(instantOf('today', morning, MOSCOW)).toBe('2026-11-23T15:00:00.000Z');
    expect(instantOf('tomorrow', morning, MOSCOW)).toBe('2026-11-24T15:00:00.000Z');
    expect(instantOf('inAWeek', new Date('2026-12-28T06:00:00Z'), MOSCOW)).toBe('2027-01-04T15:00:00.000Z');
    const vladivostok = { ...MOSCOW, timeZone: 'Asia/Vladivostok' };
    // There it is Tuesday already.
    const evening = new Date('2026-11-23T15:00:00Z');
    expect(instantOf('tomorrow', evening, vladivostok)).toBe('2026-11-25T08:00:00.000Z');
  });

  it('knows a shorter day of the week', () => {
    const tuesday = new Date('2026-11-24T06:00:00Z');
    expect(instantOf('inThreeDays', tuesday, MOSCOW)).toBe('2026-11-27T13:30:00.000Z');
  });

  it('leaves an hour when the evening is near or over', () => {
    expect(instantOf('today', new Date('2026-11-23T16:00:00Z'), MOSCOW)).toBe('2026-11-23T17:00:00.000Z');
    expect(instantOf('today', new Date('2026-11-23T14:30:00Z'), MOSCOW)).toBe('2026-11-23T15:30:00.000Z');
  });
});

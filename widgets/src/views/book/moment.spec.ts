import { describe, expect, it } from '@jest/globals';
import { instantOf } from './moment.js';

describe('widgets/src/views/book/moment', () => {
  it.each([
    ['2026-11-23', '15:00', 'Europe/Moscow', '2026-11-23T12:00:00.000Z'],
    ['2026-11-23', '00:00', 'Asia/Vladivostok', '2026-11-22T14:00:00.000Z'],
    ['2026-03-29', '03:30', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
    ['2026-10-25', '12:00', 'Europe/Berlin', '2026-10-25T11:00:00.000Z'],
    ['2026-07-01', '09:30', 'America/New_York', '2026-07-01T13:30:00.000Z'],
  ])('takes %s %s in %s for %s', (date, time, zone, instant) => {
    expect(new Date(instantOf(date, time, zone) ?? 0).toISOString()).toBe(instant);
  });

  it('takes no date for none', () => {
    expect(instantOf('', '15:00', 'Europe/Moscow')).toBeNull();
  });
});

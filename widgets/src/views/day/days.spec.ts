import { describe, expect, it } from '@jest/globals';
import { daySpan, longDay, shortDay } from './days.js';

describe('widgets/src/views/day/days', () => {
  it('says a day and a week as people do, wherever the browser is', () => {
    expect(longDay('2026-11-23', 'ru')).toBe('понедельник, 23 ноября');
    expect(shortDay('2026-11-23', 'en')).toBe('Mon, Nov 23');
    expect(daySpan('2026-11-16', '2026-11-22', 'ru')).toMatch(/^16.22 ноября$/);
  });
});

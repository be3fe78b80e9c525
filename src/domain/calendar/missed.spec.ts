import { describe, expect, it } from '@jest/globals';
import { isMissed, isWholeDay, missedAt } from './missed.js';

const at = (text: string): number => Date.parse(text);

describe('src/domain/calendar/missed', () => {
  it('leaves a whole-day deadline the whole of its day', () => {
    const due = at('2026-11-24T09:00:00+03:00');
    expect(isWholeDay(due, 'Europe/Moscow')).toBe(true);
    expect(isMissed(due, at('2026-11-24T09:00:01+03:00'), 'Europe/Moscow')).toBe(false);
    expect(isMissed(due, at('2026-11-24T23:59:59+03:00'), 'Europe/Moscow')).toBe(false);
    expect(isMissed(due, at('2026-11-25T00:00:01+03:00'), 'Europe/Moscow')).toBe(true);
  });

  it('says from when a deadline is missed', () => {
    const nine = at('2026-11-24T09:00:00+03:00');
    expect(missedAt(nine, 'Europe/Moscow')).toBe(at('2026-11-25T00:00:00+03:00'));
    expect(missedAt(nine + 1, 'Europe/Moscow')).toBe(nine + 1);
  });

  it('keeps any other deadline to the minute', () => {
    const due = at('2026-11-24T09:15:00+03:00');
    expect(isMissed(due, due, 'Europe/Moscow')).toBe(false);
    expect(isMissed(due, due + 1, 'Europe/Moscow')).toBe(true);
  });

  it('reads the time where the person is', () => {
    const due = at('2026-11-24T09:00:00+05:00');
    const later = at('2026-11-24T12:00:00+05:00');
    expect(isMissed(due, later, 'Asia/Yekaterinburg')).toBe(false);
    expect(isMissed(due, later, 'Europe/Moscow')).toBe(true);
  });
});

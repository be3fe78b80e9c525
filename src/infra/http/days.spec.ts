import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.js';
import { endOfToday, midnight } from './days.js';

const iso = (at: number): string => new Date(at).toISOString();

describe('src/infra/http/days', () => {
  it('begins a day where the person is', () => {
    expect(iso(midnight('2026-11-22', 'Europe/Moscow'))).toBe('2026-11-21T21:00:00.000Z');
    expect(iso(midnight('2026-12-31', 'America/Los_Angeles', 1))).toBe('2027-01-01T08:00:00.000Z');
  });

  it('begins a day at one where the clocks go forward at midnight', () => {
    expect(iso(midnight('2018-11-04', 'America/Sao_Paulo'))).toBe('2018-11-04T03:00:00.000Z');
  });

  it('refuses a day that the calendar does not have instead of taking another one', () => {
    expect(() => midnight('2026-02-31', 'UTC')).toThrow(ApiError);
  });

  it('ends a day of 23 hours after 23 hours', () => {
    const morning = Date.parse('2026-03-29T06:00:00Z');
    expect(endOfToday('Europe/Berlin', morning) - midnight('2026-03-29', 'Europe/Berlin')).toBe(
      23 * 3_600_000,
    );
  });
});

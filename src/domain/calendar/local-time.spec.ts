import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dateOf, dayOf, fromLocal, isTimeZone, toLocal } from './local-time.js';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Europe/Moscow',
  'Pacific/Apia',
];

function wall(text: string): number {
  return Temporal.PlainDateTime.from(text).toZonedDateTime('UTC').epochMilliseconds;
}

function at(text: string): number {
  return Temporal.ZonedDateTime.from(text).epochMilliseconds;
}

describe('domain/calendar/local-time', () => {
  it('shows what Temporal shows, at any time in any zone', () => {
    const times = fc.integer({ min: at('2000-01-01T00:00[UTC]'), max: at('2040-01-01T00:00[UTC]') });
    fc.assert(
      fc.property(times, fc.constantFrom(...ZONES), (instant, timeZone) => {
        const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
        const local = toLocal(instant, timeZone);
        expect(local).toBe(zoned.toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds);
        expect(fromLocal(local, timeZone)).toBe(
          zoned.toPlainDateTime().toZonedDateTime(timeZone).epochMilliseconds,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is right around the moments at which clocks change', () => {
    for (const change of ['2026-03-29T02:00+01:00[Europe/Berlin]', '2026-10-25T03:00+02:00[Europe/Berlin]']) {
      const moment = Temporal.Instant.from(change.slice(0, 22)).epochMilliseconds;
      for (const instant of [moment - 1, moment, moment + 1, moment + 3_600_000]) {
        const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('Europe/Berlin');
        expect(toLocal(instant, 'Europe/Berlin') - instant).toBe(zoned.offsetNanoseconds / 1e6);
      }
    }
  });

  it('takes a time skipped in spring later, and one that comes twice in autumn as the first', () => {
    expect(fromLocal(wall('2026-03-29T02:30'), 'Europe/Berlin')).toBe(at('2026-03-29T03:30[Europe/Berlin]'));
    expect(fromLocal(wall('2026-10-25T02:30'), 'Europe/Berlin')).toBe(
      at('2026-10-25T02:30+02:00[Europe/Berlin]'),
    );
  });

  it('counts days and dates before 1970 as well', () => {
    expect(dateOf(dayOf(wall('1969-12-31T23:59')))).toBe('1969-12-31');
    expect(dateOf(0)).toBe('1970-01-01');
  });

  it('knows a zone from a text that is none', () => {
    expect(isTimeZone('Asia/Vladivostok')).toBe(true);
    for (const wrong of ['', 'Moscow', 'Europe/Nowhere', '../etc']) expect(isTimeZone(wrong)).toBe(false);
  });
});

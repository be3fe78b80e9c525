import type { Instant } from '../crm/time.js';

/**
 * Wall-clock time as milliseconds since 1970-01-01T00:00 of the same wall clock. Arithmetic on it is plain numbers;
 * only the two conversions know zones, and both leave the rules of daylight saving to Temporal.
 */
export type LocalMs = number;

export const MS_PER_MINUTE = 60_000;
export const MS_PER_DAY = 86_400_000;

/** What the wall clock shows in the zone. */
export function toLocal(instant: Instant, timeZone: string): LocalMs {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  return instant + zoned.offsetNanoseconds / 1_000_000;
}

/** When the wall clock shows this. A time skipped in spring is taken later, one that comes twice in autumn as the first. */
export function fromLocal(local: LocalMs, timeZone: string): Instant {
  const wall = Temporal.Instant.fromEpochMilliseconds(local).toZonedDateTimeISO('UTC').toPlainDateTime();
  return wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
}

/** Days since 1970-01-01 of the wall clock. */
export function dayOf(local: LocalMs): number {
  return Math.floor(local / MS_PER_DAY);
}

/** `YYYY-MM-DD` of a day number. */
export function dateOf(day: number): string {
  return new Date(day * MS_PER_DAY).toISOString().slice(0, 10);
}

/** Whether the name is a zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

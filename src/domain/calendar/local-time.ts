import type { Instant } from '../crm/time.js';

/**
 * Wall-clock time as milliseconds since 1970-01-01T00:00 of the same wall clock. Arithmetic on it is plain numbers;
 * only the two conversions know zones, and both leave the rules of daylight saving to Temporal.
 */
export type LocalMs = number;

export const MS_PER_MINUTE = 60_000;
export const MS_PER_DAY = 86_400_000;

/** A time in which a zone's clocks were not changed. */
interface ZoneSpan {
  readonly from: Instant;
  readonly until: Instant;
  readonly offsetMs: number;
}

/** Asking Temporal costs microseconds, a plan asks hundreds of times: each zone's spans are asked for once. */
const spans = new Map<string, ZoneSpan[]>();

/** What the wall clock shows in the zone. */
export function toLocal(instant: Instant, timeZone: string): LocalMs {
  return instant + spanAt(instant, timeZone).offsetMs;
}

/** When the wall clock shows this. A time skipped in spring is taken later, one that comes twice in autumn as the first. */
export function fromLocal(local: LocalMs, timeZone: string): Instant {
  const span = spanAt(local, timeZone);
  const plain = local - span.offsetMs;
  // A day away from any clock change the answer is plain; nearer to one Temporal knows the rules.
  if (plain - MS_PER_DAY > span.from && plain + MS_PER_DAY < span.until) return plain;
  const wall = Temporal.Instant.fromEpochMilliseconds(local).toZonedDateTimeISO('UTC').toPlainDateTime();
  return wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
}

function spanAt(instant: Instant, timeZone: string): ZoneSpan {
  const known = spans.get(timeZone) ?? [];
  const found = known.find((span) => span.from <= instant && instant < span.until);
  if (found) return found;
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
  // The transition before "now" counts from its own moment on, so a millisecond later is asked for.
  const later = zoned.add({ milliseconds: 1 });
  const made: ZoneSpan = {
    from: later.getTimeZoneTransition('previous')?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    until: zoned.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: zoned.offsetNanoseconds / 1_000_000,
  };
  spans.set(timeZone, [made, ...known]);
  return made;
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

const DAY_TEXT = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Day number of a `YYYY-MM-DD`; null when there is no such day. */
export function dayNumber(text: string): number | null {
  if (!DAY_TEXT.test(text)) return null;
  const day = Date.parse(`${text}T00:00:00Z`) / MS_PER_DAY;
  return Number.isInteger(day) && dateOf(day) === text ? day : null;
}

/** Whether the text is a day `YYYY-MM-DD` that exists. */
export function isDay(text: string): boolean {
  return dayNumber(text) !== null;
}

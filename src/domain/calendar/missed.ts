import type { Instant } from '../crm/time.js';
import { MS_PER_DAY, MS_PER_MINUTE, toLocal } from './local-time.js';
import { minuteOfDay, WHOLE_DAY_TIME } from './work-calendar.js';

const WHOLE_DAY_MINUTE = minuteOfDay(WHOLE_DAY_TIME) ?? 0;
/** What the day still has from the whole-day time on. */
export const REST_OF_DAY_MS = MS_PER_DAY - WHOLE_DAY_MINUTE * MS_PER_MINUTE;
/** The same as the clock on the wall shows it, milliseconds since midnight. */
export const WHOLE_DAY_MS = WHOLE_DAY_MINUTE * MS_PER_MINUTE;

/**
 * Whether a deadline has passed. One at the whole-day time of the zone says the day, not the minute: the seller sees it
 * in the morning and has that day for it, so it is missed when the day is over.
 */
export function isMissed(dueAt: Instant, now: Instant, timeZone: string): boolean {
  if (dueAt >= now) return false;
  return dueAt < now - REST_OF_DAY_MS || !isWholeDay(dueAt, timeZone);
}

/** From when the deadline is missed. */
export function missedAt(dueAt: Instant, timeZone: string): Instant {
  return isWholeDay(dueAt, timeZone) ? dueAt + REST_OF_DAY_MS : dueAt;
}

/** Whether the deadline says a day and no time of it. */
export function isWholeDay(dueAt: Instant, timeZone: string): boolean {
  const local = toLocal(dueAt, timeZone);
  return local - Math.floor(local / MS_PER_DAY) * MS_PER_DAY === WHOLE_DAY_MS;
}

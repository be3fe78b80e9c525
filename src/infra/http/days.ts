import { ApiError } from './api-error.js';

/** First instant, in epoch milliseconds, of a day of an address (`YYYY-MM-DD`), or of the one `later` days on. */
export function midnight(day: string, timeZone: string, later = 0): number {
  try {
    const date = Temporal.PlainDate.from(day, { overflow: 'reject' }).add({ days: later });
    return date.toZonedDateTime(timeZone).epochMilliseconds;
  } catch {
    // Taking the 31st of February for the 28th would show a period that nobody asked for.
    throw new ApiError(400, 'no-such-day', {
      ru: `Такого дня нет: ${day}.`,
      en: `There is no such day: ${day}.`,
    });
  }
}

/** First instant, in epoch milliseconds, of the person's tomorrow. */
export function endOfToday(timeZone: string, now: number): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).startOfDay();
  return today.add({ days: 1 }).epochMilliseconds;
}

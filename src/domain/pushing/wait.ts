import { endOfDay, startOfDay } from '../calendar/away.js';
import type { Instant } from '../crm/time.js';

const DAY_MS = 86_400_000;
/** The last instant that a date can be: a pause without an end. */
export const FAR = 8_640_000_000_000_000;

export interface WaitSpan {
  readonly begin: Instant;
  readonly end: Instant;
}

/**
 * Until when nothing is expected. A client's date is a day, kept as its UTC midnight: it counts as the whole day of it,
 * wherever the person is.
 */
export function waitSpanOf(until: Instant, timeZone: string): WaitSpan {
  const moment = { begin: until, end: until };
  if (until >= FAR || until % DAY_MS !== 0) return moment;
  const day = new Date(until).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const [begin, end] = [startOfDay(day, timeZone), endOfDay(day, timeZone)];
  return begin === null || end === null ? moment : { begin, end };
}

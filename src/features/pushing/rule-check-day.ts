import type { Instant } from '../../domain/crm/time.js';

/** The check of a day; `ControlWorker` asks for accounts that lack it. */
export const DAILY_CHECK = 'daily';

/** By UTC, so that one comparison tells for all accounts whether the day's check is due. */
export function checkDay(now: Instant): string {
  return new Date(now).toISOString().slice(0, 'YYYY-MM-DD'.length);
}

import type { BootView } from '../../../../src/features/embed/boot.view.js';
import { instantOf as atTime } from '../book/moment.js';
import { addDays, dayIn, weekdayOf } from '../company/days.js';

/** Moments that are offered instead of a calendar: three taps are all that an answer may cost. */
export const moments = ['today', 'tomorrow', 'inThreeDays', 'inAWeek'] as const;

export type Moment = (typeof moments)[number];

/** Where and how long the person works. */
export type WorkDays = Pick<BootView, 'timeZone' | 'dayEnds'>;

const DAYS: Readonly<Record<Moment, number>> = { today: 0, tomorrow: 1, inThreeDays: 3, inAWeek: 7 };
const HOUR_MS = 3_600_000;

/** The end of that day where the person works, as ISO text; for "today" at least an hour from now. */
export function instantOf(moment: Moment, now: Date, person: WorkDays): string {
  const date = addDays(dayIn(person.timeZone, now.getTime()), DAYS[moment]);
  return new Date(Math.max(endOf(date, person), now.getTime() + HOUR_MS)).toISOString();
}

/** When the person's work of that date (`YYYY-MM-DD`) ends, milliseconds; NaN for what is no date. */
export function endOf(date: string, { timeZone, dayEnds }: WorkDays): number {
  return atTime(date, dayEnds[weekdayOf(date)] ?? '18:00', timeZone) ?? Number.NaN;
}

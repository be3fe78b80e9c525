import { minuteOfDay } from './work-calendar.js';
import type { DayHours, WeekHours } from './work-calendar.types.js';

/** Times of day as people write them, `HH:MM`; an end may be `24:00`. */
export interface WrittenInterval {
  readonly from: string;
  readonly to: string;
}

const END_OF_DAY = 1440;
const MOST_INTERVALS = 6;
const USUAL_END = 18 * 60;

/** Hours of a day; null when a time is none, an interval is empty, or two touch, overlap or stand in the wrong order. */
export function readDayHours(written: readonly WrittenInterval[]): DayHours | null {
  if (written.length > MOST_INTERVALS) return null;
  const hours: { from: number; to: number }[] = [];
  for (const each of written) {
    const from = minuteOfDay(each.from);
    const to = each.to === '24:00' ? END_OF_DAY : minuteOfDay(each.to);
    const before = hours.at(-1);
    if (from === null || to === null || from >= to || (before && from <= before.to)) return null;
    hours.push({ from, to });
  }
  return hours;
}

/** Seven days, Monday first; null when one of them cannot be read or there are not seven. */
export function readWeekHours(written: readonly (readonly WrittenInterval[])[]): WeekHours | null {
  const [monday, tuesday, wednesday, thursday, friday, saturday, sunday, ...more] = written.map(readDayHours);
  if (!monday || !tuesday || !wednesday || !thursday || !friday || !saturday || !sunday) return null;
  return more.length > 0 ? null : [monday, tuesday, wednesday, thursday, friday, saturday, sunday];
}

export function writeDayHours(hours: DayHours): readonly WrittenInterval[] {
  return hours.map(({ from, to }) => ({ from: writeTime(from), to: writeTime(to) }));
}

/** When work ends on each day of the week, Monday first; a day off ends as the latest of the others, 18:00 without any. */
export function weekEnds(week: WeekHours): readonly string[] {
  const ends = week.map((hours) => hours.at(-1)?.to ?? 0);
  const latest = Math.max(...ends) || USUAL_END;
  return ends.map((end) => writeTime(end || latest));
}

function writeTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

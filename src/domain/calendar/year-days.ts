import { dateOf, MS_PER_DAY } from './local-time.js';
import { hoursOfDay, weekHoursOf, yearOf } from './work-calendar.js';
import type { WorkCalendar } from './work-calendar.types.js';

/**
 * `work`, `off`: as the week says. `holiday`: free though the week would work. `moved`: worked though the week is free.
 * `short`: worked, and shorter. `override`, `absence`: as set for this date.
 */
export type YearDayKind = 'work' | 'off' | 'holiday' | 'moved' | 'short' | 'override' | 'absence';

export interface YearDay {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly kind: YearDayKind;
  readonly minutes: number;
}

/** Every day of the year as the calendar has it, in order. */
export function daysOfYear(calendar: WorkCalendar, year: number): readonly YearDay[] {
  const days: YearDay[] = [];
  const end = Date.UTC(year + 1, 0, 1) / MS_PER_DAY;
  for (let day = Date.UTC(year, 0, 1) / MS_PER_DAY; day < end; day += 1) {
    const minutes = hoursOfDay(calendar, day).reduce((sum, { from, to }) => sum + to - from, 0);
    days.push({ date: dateOf(day), kind: kindOf(calendar, day), minutes });
  }
  return days;
}

function kindOf(calendar: WorkCalendar, day: number): YearDayKind {
  const date = dateOf(day);
  if (calendar.absences.some(({ from, to }) => from <= date && date <= to)) return 'absence';
  if (calendar.overrides.some((each) => each.date === date)) return 'override';
  const worked = weekHoursOf(calendar, day).length > 0;
  const said = yearOf(calendar, Number(date.slice(0, 4)))?.days.get(date.slice(5));
  if (said === 'off') return worked ? 'holiday' : 'off';
  if (said === 'short') return 'short';
  if (said === 'working' && !worked) return 'moved';
  return worked ? 'work' : 'off';
}

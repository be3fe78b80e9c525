import { isStatutoryHoliday } from '../public-holidays.js';
import type { CalendarYear } from '../work-calendar.types.js';
import type { CalendarFault, CalendarFileContext } from './calendar-file.types.js';
import type { TextPlaces } from './text-places.js';

const DAY = /^(\d{1,2})([*+]?)$/;
export const MONTHS_OF_YEAR = 12;

/** Days of one month as production calendars list them: every day without work, and `*` on shortened working days. */
export interface ListedMonth {
  readonly month: number;
  readonly off: ReadonlySet<number>;
  readonly short: ReadonlySet<number>;
}

/**
 * Reads `1,2,3+,22*`: a bare number is a day off, `+` one that was moved here, `*` a working day an hour shorter. The
 * offset is where the list begins in the file.
 */
export function readListedMonth(
  list: string,
  at: { readonly year: number; readonly month: number; readonly offset: number },
  places: TextPlaces,
): { readonly month: ListedMonth; readonly faults: readonly CalendarFault[] } {
  const off = new Set<number>();
  const short = new Set<number>();
  const faults: CalendarFault[] = [];
  let offset = at.offset;
  for (const part of list.split(',')) {
    const item = part.trim();
    const place = offset + part.length - part.trimStart().length;
    offset += part.length + 1;
    if (item === '') continue;
    const match = DAY.exec(item);
    const day = Number(match?.[1]);
    if (!match || !isDayOf(at.year, at.month, day)) faults.push(places.fault(place, 'badDay', item));
    else if (off.has(day) || short.has(day)) faults.push(places.fault(place, 'doubleDay', item));
    else (match[2] === '*' ? short : off).add(day);
  }
  return { month: { month: at.month, off, short }, faults };
}

/**
 * A year from lists that name every day without work, weekends among them. A weekend that is not named is worked. One that
 * is named follows the week, unless it is a fixed public holiday: a company that works on Saturdays rests on those only.
 */
export function listedYear(
  year: number,
  months: readonly ListedMonth[],
  context: CalendarFileContext,
): CalendarYear {
  const daysOff: string[] = [];
  const workingDays: string[] = [];
  const shortDays: string[] = [];
  for (const { month, off, short } of months) {
    for (let day = 1; day <= daysIn(year, month); day += 1) {
      const name = monthDay(month, day);
      const weekend = isWeekend(year, month, day);
      if (short.has(day)) shortDays.push(name);
      else if (!off.has(day) && weekend) workingDays.push(name);
      else if (off.has(day) && (!weekend || isFixed(context.country, year, name))) daysOff.push(name);
    }
  }
  return { year, source: context.source, daysOff, workingDays, shortDays };
}

export function monthDay(month: number, day: number): string {
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Whether there is such a day; month 1…12. */
export function isDayOf(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= MONTHS_OF_YEAR && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

export function isWeekend(year: number, month: number, day: number): boolean {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** Years that calendars are made for; anything else is a slip of the pen. */
export function isPlausibleYear(year: number): boolean {
  return Number.isInteger(year) && year >= 1990 && year <= 2100;
}

function isFixed(country: string | null, year: number, name: string): boolean {
  return country !== null && isStatutoryHoliday(country, year, name);
}

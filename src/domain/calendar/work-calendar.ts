import { dateOf } from './local-time.js';
import { countryYear, importedYear, type CountryYear, type Coverage } from './public-holidays.js';
import type { DayHours, WeekHours, WorkCalendar, WorkInterval } from './work-calendar.types.js';

const SHORT_DAY_MINUTES = 60;
const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;

/** Whole-day steps are due then: the seller sees them at the start of the day (product defaults). */
export const WHOLE_DAY_TIME = '09:00';

const standards = new Map<string | null, WorkCalendar>();

/**
 * 09:00–18:00 with an hour's break from 13:00, Monday to Friday: the forty-hour week of the labour codes we serve. The
 * same value for the same country, so that what is remembered of its days serves every deal.
 */
export function standardCalendar(country: string | null): WorkCalendar {
  const known = standards.get(country);
  if (known) return known;
  const day: DayHours = [interval('09:00', '13:00'), interval('14:00', '18:00')];
  const made: WorkCalendar = {
    country,
    week: [day, day, day, day, day, [], []],
    overrides: [],
    absences: [],
  };
  standards.set(country, made);
  return made;
}

/** Minutes since midnight of `HH:MM`; null when it is not a time of day. */
export function minuteOfDay(time: string): number | null {
  const match = TIME_OF_DAY.exec(time);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

/** The interval between two times of day; an unreadable or empty one is a programming error. */
export function interval(from: string, to: string): WorkInterval {
  const start = minuteOfDay(from);
  const end = to === '24:00' ? 1440 : minuteOfDay(to);
  if (start === null || end === null || start >= end) throw new RangeError(`not an interval: ${from}–${to}`);
  return { from: start, to: end };
}

const dayCache = new WeakMap<WorkCalendar, Map<number, DayHours>>();

/** Working intervals of a day (days since 1970-01-01, local). Memoised by calendar value: treat calendars as frozen. */
export function hoursOfDay(calendar: WorkCalendar, day: number): DayHours {
  const days = daysOf(calendar);
  const known = days.get(day);
  if (known) return known;
  const found = findHours(calendar, day);
  days.set(day, found);
  return found;
}

function daysOf(calendar: WorkCalendar): Map<number, DayHours> {
  const known = dayCache.get(calendar);
  if (known) return known;
  const made = new Map<number, DayHours>();
  dayCache.set(calendar, made);
  return made;
}

/** How well the year's public holidays are known; `unknown` without a country and without an imported year. */
export function coverageOf(calendar: WorkCalendar, year: number): Coverage {
  return yearOf(calendar, year)?.coverage ?? 'unknown';
}

/** What is said of the year's days besides the week: the imported year where there is one, else the country's own. */
export function yearOf(calendar: WorkCalendar, year: number): CountryYear | null {
  const given = calendar.years?.find((each) => each.year === year);
  if (given) return importedYear(given);
  return calendar.country === null ? null : countryYear(calendar.country, year);
}

function findHours(calendar: WorkCalendar, day: number): DayHours {
  const date = dateOf(day);
  if (calendar.absences.some((absence) => absence.from <= date && date <= absence.to)) return [];
  const override = calendar.overrides.find((candidate) => candidate.date === date);
  if (override) return override.hours;
  const ordinary = weekHoursOf(calendar, day);
  const said = yearOf(calendar, Number(date.slice(0, 4)))?.days.get(date.slice(5));
  if (said === undefined) return ordinary;
  if (said === 'off') return [];
  const hours = ordinary.length > 0 ? ordinary : usualHours(calendar.week);
  return said === 'short' ? shorten(hours) : hours;
}

/** What the week alone says of a day. */
export function weekHoursOf(calendar: WorkCalendar, day: number): DayHours {
  return calendar.week[weekday(day)] ?? [];
}

/** Monday is 0; day 0 of the epoch was a Thursday. */
function weekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** A worked weekend has the hours of an ordinary working day. */
function usualHours(week: WeekHours): DayHours {
  return week.find((hours) => hours.length > 0) ?? [];
}

function shorten(hours: DayHours): DayHours {
  const last = hours.at(-1);
  if (!last) return [];
  const to = last.to - SHORT_DAY_MINUTES;
  return to > last.from ? [...hours.slice(0, -1), { from: last.from, to }] : hours.slice(0, -1);
}

import Holidays from 'date-holidays';
import { productionCalendars, statutoryRules, type StatutoryRule } from './production-calendar.data.js';
import type { CalendarYear } from './work-calendar.types.js';

/** What a country says of a date; a date it says nothing of follows the week. */
export type CountryDay = 'off' | 'working' | 'short';

/**
 * `official`: from a published production calendar. `derived`: by the statutory rule, moved days unknown yet.
 * `library`: from `date-holidays`. `imported`: from the administrator's file. `unknown`: no holidays are known.
 */
export type Coverage = 'official' | 'derived' | 'library' | 'imported' | 'unknown';

export interface CountryYear {
  readonly coverage: Coverage;
  readonly source: string;
  /** By `MM-DD`. */
  readonly days: ReadonlyMap<string, CountryDay>;
}

const MS_PER_DAY = 86_400_000;
const known = new Map<string, CountryYear>();
const imported = new WeakMap<CalendarYear, CountryYear>();

/** An imported year in the form of our own ones. Memoised by value: treat years as frozen. */
export function importedYear(year: CalendarYear): CountryYear {
  const remembered = imported.get(year);
  if (remembered) return remembered;
  const days = new Map<string, CountryDay>(year.daysOff.map((day) => [day, 'off']));
  for (const day of year.workingDays) days.set(day, 'working');
  for (const day of year.shortDays) days.set(day, 'short');
  const made: CountryYear = { coverage: 'imported', source: year.source, days };
  imported.set(year, made);
  return made;
}

/** Countries whose public holidays are known, ISO 3166-1 alpha-2, ascending. */
export function knownCountries(): readonly string[] {
  const codes = Object.keys(new Holidays().getCountries());
  return [...new Set([...codes, ...Object.keys(statutoryRules)])].sort();
}

/** Whether the day is a public holiday on the same date every year, by the country's labour code. */
export function isStatutoryHoliday(country: string, year: number, monthDay: string): boolean {
  const rule = statutoryRules[country.toUpperCase()];
  return rule?.holidays.includes(monthDay) === true && year >= (rule.since?.[monthDay] ?? year);
}

/**
 * Days off, worked weekends and short days of a country's year. Memoised: `date-holidays` takes milliseconds a year.
 * The country is ISO 3166-1 alpha-2, case ignored; an unknown one has no holidays.
 */
export function countryYear(country: string, year: number): CountryYear {
  const code = country.toUpperCase();
  const key = `${code}-${year}`;
  const remembered = known.get(key);
  if (remembered) return remembered;
  const made = makeCountryYear(code, year);
  known.set(key, made);
  return made;
}

function makeCountryYear(code: string, year: number): CountryYear {
  const rule = statutoryRules[code];
  if (!rule) return libraryYear(code, year);
  const official = productionCalendars[code]?.[year];
  const holidays = rule.holidays.filter((day) => year >= (rule.since?.[day] ?? year));
  const days = new Map<string, CountryDay>(holidays.map((day) => [day, 'off']));
  const daysOff = official ? official.daysOff : derivedDaysOff(code, year, rule, days);
  for (const day of daysOff) days.set(day, 'off');
  for (const day of official?.workingDays ?? []) days.set(day, 'working');
  if (rule.shortBeforeHoliday) markShortDays(year, holidays, days);
  for (const day of official?.shortDays ?? []) days.set(day, 'short');
  const { source } = official ?? rule;
  return { coverage: official ? 'official' : 'derived', source, days };
}

/** Floating holidays, and the first working day after each holiday that fell on a weekend, in date order. */
function derivedDaysOff(
  code: string,
  year: number,
  rule: StatutoryRule,
  fixed: ReadonlyMap<string, CountryDay>,
): readonly string[] {
  const floating = rule.floating.length === 0 ? [] : libraryDays(code, year, rule.floating);
  const off = new Set([...fixed.keys(), ...floating]);
  const added = [...floating];
  for (const day of [...rule.moved].filter((moved) => fixed.has(moved)).sort()) {
    if (!isWeekend(year, day)) continue;
    let next = addDay(year, day);
    while (off.has(next) || isWeekend(year, next)) next = addDay(year, next);
    off.add(next);
    added.push(next);
  }
  return added;
}

/** The working day right before a public holiday is an hour shorter. */
function markShortDays(year: number, holidays: readonly string[], days: Map<string, CountryDay>): void {
  for (const holiday of [...holidays, '12-32']) {
    const eve = holiday === '12-32' ? '12-31' : addDay(year, holiday, -1);
    const said = days.get(eve);
    if (said === 'off' || (said !== 'working' && isWeekend(year, eve))) continue;
    days.set(eve, 'short');
  }
}

function libraryYear(code: string, year: number): CountryYear {
  const days = new Map<string, CountryDay>();
  for (const day of libraryDays(code, year)) days.set(day, 'off');
  if (days.size === 0) return { coverage: 'unknown', source: 'none', days };
  return { coverage: 'library', source: 'date-holidays', days };
}

function libraryDays(code: string, year: number, names?: readonly string[]): readonly string[] {
  const found = new Holidays(code).getHolidays(year);
  const wanted = (Array.isArray(found) ? found : []).filter(
    (holiday) => holiday.type === 'public' && (names === undefined || names.includes(holiday.name)),
  );
  return wanted.map((holiday) => holiday.date.slice(5, 10));
}

function dayNumber(year: number, monthDay: string): number {
  return Date.UTC(year, Number(monthDay.slice(0, 2)) - 1, Number(monthDay.slice(3))) / MS_PER_DAY;
}

function addDay(year: number, monthDay: string, by = 1): string {
  return new Date((dayNumber(year, monthDay) + by) * MS_PER_DAY).toISOString().slice(5, 10);
}

/** Day 0 of the epoch was a Thursday. */
function isWeekend(year: number, monthDay: string): boolean {
  return (dayNumber(year, monthDay) + 3) % 7 >= 5;
}

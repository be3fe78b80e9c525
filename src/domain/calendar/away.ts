import type { Instant } from '../crm/time.js';
import { dateOf, dayNumber, dayOf, fromLocal, MS_PER_DAY, toLocal } from './local-time.js';
import { hoursOfDay } from './work-calendar.js';
import type { Schedule, WorkCalendar } from './work-calendar.types.js';

/** Years of days: a plan asks for the same ones again and again, and writing a date costs a microsecond. */
const MAX_DATES = 4_096;
const dates = new Map<number, string>();

/** The local day of an instant, `YYYY-MM-DD`. */
export function localDay(instant: Instant, timeZone: string): string {
  const day = dayOf(toLocal(instant, timeZone));
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = dateOf(day);
  if (dates.size >= MAX_DATES) dates.clear();
  dates.set(day, date);
  return date;
}

/** When the local day begins; null when the text is no day. */
export function startOfDay(day: string, timeZone: string): Instant | null {
  const number = dayNumber(day);
  return number === null ? null : fromLocal(number * MS_PER_DAY, timeZone);
}

/** When the local day after this one begins; null when the text is no day. */
export function endOfDay(day: string, timeZone: string): Instant | null {
  const number = dayNumber(day);
  return number === null ? null : fromLocal((number + 1) * MS_PER_DAY, timeZone);
}

/** Whether somebody is absent on the local day of the instant. Days off are no absence. */
export function isAway(instant: Instant, { calendar, timeZone }: Schedule): boolean {
  if (calendar.absences.length === 0) return false;
  const day = localDay(instant, timeZone);
  return calendar.absences.some((absence) => absence.from <= day && day <= absence.to);
}

/** When the absence that covers the instant is over, absences that follow at once included; null: not absent then. */
export function awayUntil(instant: Instant, schedule: Schedule): Instant | null {
  const { calendar, timeZone } = schedule;
  let day = localDay(instant, timeZone);
  let end: Instant | null = null;
  for (let rounds = 0; rounds <= calendar.absences.length; rounds += 1) {
    const here = day;
    const covering = calendar.absences.filter((absence) => absence.from <= here && here <= absence.to);
    if (covering.length === 0) return end;
    const last = covering.reduce((latest, { to }) => (to > latest ? to : latest), here);
    end = endOfDay(last, timeZone);
    if (end === null) return null;
    day = localDay(end, timeZone);
  }
  return end;
}

const present = new WeakMap<WorkCalendar, WorkCalendar>();

/** The same working time as if nobody were ever absent. The same value for the same calendar. */
export function withoutAbsences(schedule: Schedule): Schedule {
  if (schedule.calendar.absences.length === 0) return schedule;
  const known = present.get(schedule.calendar);
  const calendar = known ?? { ...schedule.calendar, absences: [] };
  if (!known) present.set(schedule.calendar, calendar);
  return { ...schedule, calendar };
}

/** Working days after the day of `from` up to the day of `to`; zero when that is not later. */
export function workingDaysBetween(from: Instant, to: Instant, { calendar, timeZone }: Schedule): number {
  const last = dayOf(toLocal(to, timeZone));
  let count = 0;
  for (let day = dayOf(toLocal(from, timeZone)) + 1; day <= last; day += 1) {
    if (hoursOfDay(calendar, day).length > 0) count += 1;
  }
  return count;
}

/** `HH:MM` on the wall clock. */
export function timeOfDayOf(instant: Instant, timeZone: string): string {
  return new Date(toLocal(instant, timeZone))
    .toISOString()
    .slice('YYYY-MM-DDT'.length, 'YYYY-MM-DDTHH:MM'.length);
}

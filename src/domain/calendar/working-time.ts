import type { Instant } from '../crm/time.js';
import { dayOf, fromLocal, MS_PER_DAY, MS_PER_MINUTE, toLocal, type LocalMs } from './local-time.js';
import { hoursOfDay, minuteOfDay } from './work-calendar.js';
import type { Schedule, WorkAmount, WorkCalendar, WorkInterval } from './work-calendar.types.js';

/** Ten years: a calendar without any work in that time is taken for one that says nothing, and time passes freely. */
const SEARCH_DAYS = 3_660;
const MINUTES_PER_HOUR = 60;
const MINUTES_PER_DAY = 1_440;

/** The default deadline of a step that says nothing: +3 working days, rounded up to the hour (product defaults). */
export const BARE_STEP: WorkAmount = { amount: 3, unit: 'workingDays' };

/**
 * The moment `amount` after `start` (before, when negative), always inside working time, both ends of an interval
 * included. Days keep the time of day of the start, rounded up to the hour, or take `timeOfDay`; a time that has
 * passed today, or falls outside the day's hours, moves to the nearest working moment not before `start`. Never
 * earlier for a greater amount; adding zero twice is adding it once. Under a calendar without work, plain time.
 */
export function addWorking(start: Instant, by: WorkAmount, schedule: Schedule): Instant {
  const { calendar, timeZone } = schedule;
  const local = toLocal(start, timeZone);
  const moved = isDays(by) ? addDays(local, by, calendar) : addMinutes(local, minutesOf(by), calendar);
  const result = moved === local ? start : fromLocal(moved, timeZone);
  if (isWorkingMoment(result, schedule)) return result;
  // Reached when a clock change swallowed the edge of a working interval, or nobody ever works.
  return nextWorkingMoment(result, schedule);
}

/** `instant` itself while work goes on, else the beginning of the next working interval. */
export function nextWorkingMoment(instant: Instant, schedule: Schedule): Instant {
  const local = toLocal(instant, schedule.timeZone);
  const next = nextWorking(local, schedule.calendar);
  return next === local ? instant : fromLocal(next, schedule.timeZone);
}

/** Whether a deadline may stand here: inside a working interval, its ends included. */
export function isWorkingMoment(instant: Instant, schedule: Schedule): boolean {
  return isInside(toLocal(instant, schedule.timeZone), schedule.calendar);
}

/** Working minutes from one moment to the other by the wall clock; negative when `to` is earlier. */
export function workingMinutesBetween(from: Instant, to: Instant, schedule: Schedule): number {
  if (to < from) return -workingMinutesBetween(to, from, schedule);
  const start = toLocal(from, schedule.timeZone);
  const end = toLocal(to, schedule.timeZone);
  let total = 0;
  for (let day = dayOf(start); day <= dayOf(end); day += 1) {
    for (const span of hoursOfDay(schedule.calendar, day)) {
      const worked = Math.min(at(day, span.to), end) - Math.max(at(day, span.from), start);
      if (worked > 0) total += worked;
    }
  }
  return total / MS_PER_MINUTE;
}

function isDays(by: WorkAmount): boolean {
  return by.unit === 'workingDays' || by.unit === 'calendarDays';
}

function minutesOf(by: WorkAmount): number {
  return by.unit === 'workingHours' ? by.amount * MINUTES_PER_HOUR : by.amount;
}

function at(day: number, minute: number): LocalMs {
  return day * MS_PER_DAY + minute * MS_PER_MINUTE;
}

function isInside(local: LocalMs, calendar: WorkCalendar): boolean {
  const day = dayOf(local);
  const today = hoursOfDay(calendar, day).some(
    (span) => at(day, span.from) <= local && local <= at(day, span.to),
  );
  return today || endsDayBefore(local, calendar);
}

/** Midnight is also the end of a day that works until 24:00. */
function endsDayBefore(local: LocalMs, calendar: WorkCalendar): boolean {
  const day = dayOf(local);
  return local === at(day, 0) && hoursOfDay(calendar, day - 1).at(-1)?.to === MINUTES_PER_DAY;
}

/** The day that a moment counts from: a night shift's 24:00 is its own day's end until the next day works from 0:00. */
function countedDay(local: LocalMs, calendar: WorkCalendar): number {
  const day = dayOf(local);
  const worksFromMidnight = hoursOfDay(calendar, day)[0]?.from === 0;
  return endsDayBefore(local, calendar) && !worksFromMidnight ? day - 1 : day;
}

/** Working intervals from the day on, ten years of them. */
function* intervalsFrom(day: number, calendar: WorkCalendar): Generator<{ day: number; span: WorkInterval }> {
  for (let ahead = 0; ahead <= SEARCH_DAYS; ahead += 1) {
    for (const span of hoursOfDay(calendar, day + ahead)) yield { day: day + ahead, span };
  }
}

function* intervalsBack(day: number, calendar: WorkCalendar): Generator<{ day: number; span: WorkInterval }> {
  for (let back = 0; back <= SEARCH_DAYS; back += 1) {
    for (const span of hoursOfDay(calendar, day - back).toReversed()) yield { day: day - back, span };
  }
}

function nextWorking(local: LocalMs, calendar: WorkCalendar): LocalMs {
  for (const { day, span } of intervalsFrom(dayOf(local), calendar)) {
    if (local < at(day, span.to)) return Math.max(local, at(day, span.from));
  }
  return local;
}

function previousWorking(local: LocalMs, calendar: WorkCalendar): LocalMs {
  for (const { day, span } of intervalsBack(dayOf(local), calendar)) {
    if (local > at(day, span.from)) return Math.min(local, at(day, span.to));
  }
  return local;
}

function addMinutes(local: LocalMs, minutes: number, calendar: WorkCalendar): LocalMs {
  if (minutes < 0) return subtractMinutes(local, -minutes, calendar);
  const start = nextWorking(local, calendar);
  let left = Math.round(minutes * MS_PER_MINUTE);
  if (left === 0) return start;
  for (const { day, span } of intervalsFrom(dayOf(start), calendar)) {
    const from = Math.max(start, at(day, span.from));
    const room = at(day, span.to) - from;
    if (room <= 0) continue;
    if (left <= room) return from + left;
    left -= room;
  }
  return start + left;
}

function subtractMinutes(local: LocalMs, minutes: number, calendar: WorkCalendar): LocalMs {
  const start = previousWorking(local, calendar);
  let left = Math.round(minutes * MS_PER_MINUTE);
  for (const { day, span } of intervalsBack(dayOf(start), calendar)) {
    const to = Math.min(start, at(day, span.to));
    const room = to - at(day, span.from);
    if (room <= 0) continue;
    if (left <= room) return to - left;
    left -= room;
  }
  return start - left;
}

/** As people and contracts count: the day of the start is not counted, whatever the hour, and may itself be a day off. */
function addDays(local: LocalMs, by: WorkAmount, calendar: WorkCalendar): LocalMs {
  const amount = Math.trunc(by.amount);
  const today = countedDay(local, calendar);
  const named = by.timeOfDay === undefined ? null : minuteOfDay(by.timeOfDay);
  const wanted = named ?? roundUpToHour((local - at(today, 0)) / MS_PER_MINUTE);
  const day =
    by.unit === 'workingDays'
      ? stepWorkingDays(today, amount, calendar)
      : workingDayFrom(today + amount, amount < 0 ? -1 : 1, calendar);
  const placed = place(day, wanted, calendar);
  if (amount < 0 || placed >= local) return placed;
  return place(workingDayFrom(day + 1, 1, calendar), wanted, calendar);
}

function roundUpToHour(minute: number): number {
  return Math.ceil(minute / MINUTES_PER_HOUR) * MINUTES_PER_HOUR;
}

function stepWorkingDays(from: number, amount: number, calendar: WorkCalendar): number {
  if (amount === 0) return workingDayFrom(from, 1, calendar);
  const direction = amount < 0 ? -1 : 1;
  let day = from;
  for (let left = Math.abs(amount); left > 0; left -= 1)
    day = workingDayFrom(day + direction, direction, calendar);
  return day;
}

function workingDayFrom(from: number, direction: 1 | -1, calendar: WorkCalendar): number {
  for (let steps = 0; steps <= SEARCH_DAYS; steps += 1) {
    const day = from + steps * direction;
    if (hoursOfDay(calendar, day).length > 0) return day;
  }
  return from;
}

/** The latest working moment of the day not after the wanted minute; the day's first one when all are after it. */
function place(day: number, wanted: number, calendar: WorkCalendar): LocalMs {
  const hours = hoursOfDay(calendar, day);
  const first = hours[0];
  if (!first) return at(day, wanted);
  const minute = wanted < first.from ? roundUpWithin(first) : wanted;
  const span = hours.findLast((candidate) => candidate.from <= minute) ?? first;
  return at(day, Math.min(minute, span.to));
}

/** A day that begins at 08:30 takes its first deadline at the full hour, as any later rounding would. */
function roundUpWithin(span: WorkInterval): number {
  return Math.min(roundUpToHour(span.from), span.to);
}

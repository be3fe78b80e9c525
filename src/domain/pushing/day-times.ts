import { localDay, timeOfDayOf } from '../calendar/away.js';
import { dateOf, dayNumber, fromLocal, MS_PER_DAY, MS_PER_MINUTE } from '../calendar/local-time.js';
import { hoursOfDay, minuteOfDay, WHOLE_DAY_TIME } from '../calendar/work-calendar.js';
import type { DayHours, Schedule, WeekHours } from '../calendar/work-calendar.types.js';
import type { Instant } from '../crm/time.js';

/** `HH:MM` for whoever works by the company's hours (product defaults). */
export interface CycleTimes {
  readonly listAt: string;
  readonly closingAt: string;
  readonly exceptionsAt: string;
  readonly reviewAt: string;
}

export const DEFAULT_TIMES: CycleTimes = {
  listAt: '09:00',
  closingAt: '18:00',
  exceptionsAt: '19:00',
  reviewAt: '10:00',
};

/** The moments of one person's working day. */
export interface DayTimes {
  /** `YYYY-MM-DD` where the person is. */
  readonly day: string;
  /** Local midnight before and after. */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  readonly listAt: Instant;
  readonly closingAt: Instant;
  readonly exceptionsAt: Instant;
  /** Null unless it is the first working day of the person's week. */
  readonly reviewAt: Instant | null;
}

export type CycleMessage = 'list' | 'closing' | 'exceptions' | 'review';

const LAST_MINUTE = 1_439;
const HOUR_MS = 3_600_000;
/** After a standstill of the service a closing comes late, but not in the night; a list of the afternoon is none. */
const LATEST_MS = 2 * HOUR_MS;
const LATEST_LIST_MS = 4 * HOUR_MS;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where nobody says anything: nine to six, the product's own day. */
const USUAL: Span = { from: 540, to: 1_080 };

/**
 * Null: the person does not work on that day. The company's times shift with the person's own hours: list and review
 * with the beginning, closing and exceptions with the end of the day, so that a half-day is closed when it ends. All
 * but the exceptions stay inside the working day.
 */
export function dayTimesOf(
  day: string,
  schedule: Schedule,
  company: WeekHours,
  times: CycleTimes,
): DayTimes | null {
  const number = dayNumber(day);
  const own = number === null ? null : spanOf(hoursOfDay(schedule.calendar, number));
  if (number === null || own === null) return null;
  const usual = spanOf(company.find((hours) => hours.length > 0) ?? []) ?? USUAL;
  const fromBegin = (time: string): number => own.from + minuteOf(time) - usual.from;
  const fromEnd = (time: string): number => own.to + minuteOf(time) - usual.to;
  const at = (minute: number): Instant =>
    fromLocal(number * MS_PER_DAY + minute * MS_PER_MINUTE, schedule.timeZone);
  const list = within(own, fromBegin(times.listAt));
  const closing = Math.max(list, within(own, fromEnd(times.closingAt)));
  return {
    day,
    startsAt: at(0),
    endsAt: at(1_440),
    listAt: at(list),
    closingAt: at(closing),
    exceptionsAt: at(Math.max(closing, Math.min(LAST_MINUTE, fromEnd(times.exceptionsAt)))),
    reviewAt: isFirstOfWeek(number, schedule) ? at(within(own, fromBegin(times.reviewAt))) : null,
  };
}

/** Nobody's next working day is further away. */
const MOST_DAYS = 366;

/** The first list of the person from that moment on, on a day on which the person works and is there; null: none in a year. */
export function nextListAt(
  from: Instant,
  schedule: Schedule,
  company: WeekHours,
  listAt: string,
): Instant | null {
  const first = dayNumber(localDay(from, schedule.timeZone));
  if (first === null) return null;
  for (let day = first; day <= first + MOST_DAYS; day += 1) {
    if (hoursOfDay(schedule.calendar, day).length === 0) continue;
    const times = dayTimesOf(dateOf(day), schedule, company, { ...DEFAULT_TIMES, listAt });
    if (times !== null && times.listAt >= from) return times.listAt;
  }
  return null;
}

/** Seven days of the calendar week (Monday first) that the day belongs to, as `YYYY-MM-DD`; null: no such day. */
export function weekOf(day: string): readonly string[] | null {
  const number = dayNumber(day);
  if (number === null) return null;
  const monday = number - weekday(number);
  return [0, 1, 2, 3, 4, 5, 6].map((later) => dateOf(monday + later));
}

/** What the person is to be told now and was not yet; a message whose time has gone by is not sent after it. */
export function dueMessages(
  times: DayTimes,
  now: Instant,
  sent: ReadonlySet<string>,
): readonly CycleMessage[] {
  const open: readonly (readonly [CycleMessage, Instant | null, Instant])[] = [
    ['review', times.reviewAt, times.closingAt],
    ['list', times.listAt, latestList(times)],
    ['closing', times.closingAt, Math.min(times.endsAt, times.closingAt + LATEST_MS)],
    ['exceptions', times.exceptionsAt, Math.min(times.endsAt, times.exceptionsAt + LATEST_MS)],
  ];
  return open
    .filter(([message, from, until]) => !sent.has(message) && from !== null && from <= now && now < until)
    .map(([message]) => message);
}

/** Whether the list of the day still comes: until then, what could be told alone waits to be told with it. */
export function listIsAhead(times: DayTimes, now: Instant, sent: ReadonlySet<string>): boolean {
  return !sent.has('list') && now < latestList(times);
}

function latestList({ closingAt, listAt }: DayTimes): Instant {
  return Math.min(closingAt, listAt + LATEST_LIST_MS);
}

/** The first moment after `now` at which something of this day is to be looked at. */
export function nextMomentOf(times: DayTimes, now: Instant): Instant | null {
  const moments = [times.listAt, times.reviewAt, times.closingAt, times.exceptionsAt, times.endsAt];
  const ahead = moments.filter((at) => at !== null && at > now) as readonly Instant[];
  return ahead.length === 0 ? null : Math.min(...ahead);
}

export type DayPhase = 'off' | 'morning' | 'day' | 'closing' | 'closed';

export function phaseOf(times: DayTimes | null, now: Instant, closedAt: Instant | null): DayPhase {
  if (times === null) return 'off';
  if (closedAt !== null) return 'closed';
  if (now >= times.closingAt) return 'closing';
  return now < times.listAt + HOUR_MS ? 'morning' : 'day';
}

/**
 * Whether a deadline names a time of its own. Midnight, the whole-day time, and the beginning and the end of the person's
 * working day mean a day: that is what "tomorrow" becomes.
 */
export function isTimed(dueAt: Instant, { calendar, timeZone }: Schedule): boolean {
  const minute = minuteOf(timeOfDayOf(dueAt, timeZone));
  const day = dayNumber(localDay(dueAt, timeZone));
  const own = day === null ? null : spanOf(hoursOfDay(calendar, day));
  return ![0, minuteOf(WHOLE_DAY_TIME), own?.from, own?.to].includes(minute);
}

function spanOf(hours: DayHours): Span | null {
  const first = hours[0];
  const last = hours.at(-1);
  return first && last ? { from: first.from, to: last.to } : null;
}

function within(span: Span, minute: number): number {
  return Math.min(Math.max(minute, span.from), span.to);
}

function minuteOf(time: string): number {
  const minute = minuteOfDay(time);
  if (minute === null) throw new RangeError(`not a time of day: ${time}`);
  return minute;
}

function isFirstOfWeek(day: number, { calendar }: Schedule): boolean {
  for (let before = day - weekday(day); before < day; before += 1) {
    if (hoursOfDay(calendar, before).length > 0) return false;
  }
  return true;
}

/** Monday is 0. */
function weekday(day: number): number {
  return Temporal.PlainDate.from(dateOf(day)).dayOfWeek - 1;
}

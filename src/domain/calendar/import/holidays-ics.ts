import { dateOf, MS_PER_DAY } from '../local-time.js';
import type { CalendarYear } from '../work-calendar.types.js';
import type { CalendarFault, CalendarFile, CalendarFileContext } from './calendar-file.types.js';
import { isDayOf, isPlausibleYear, isWeekend } from './listed-year.js';
import { readEvents, type IcsEvent, type IcsProperty } from './ics-events.js';
import { TextPlaces } from './text-places.js';

const DATE = /^(\d{4})(\d{2})(\d{2})$/;
/** One event is a holiday, not an era: longer ones are some other calendar. */
const LONGEST_DAYS = 31;
/** Yearly events without an end are read as far as plans reach. */
const YEARS_AHEAD = 10;
/** Rarer than that nothing comes back that plans reach, and far beyond it there are no dates any more. */
const LONGEST_INTERVAL = 100;
const WORKED = /(?<!не)рабоч(ая|ий)|(?<!non-)(?<!non)\bworking (day|saturday|sunday|weekend)/i;
const SHORT = /сокращ|short(ened)? (working )?day/i;
/** Days that people mark and work: calendars say so in the description. */
const OBSERVED = /^\s*(observance|памятн|не является (нерабочим|выходным))/i;

const RULE_PARTS: ReadonlySet<string> = new Set([
  'FREQ',
  'COUNT',
  'UNTIL',
  'INTERVAL',
  'BYMONTH',
  'BYMONTHDAY',
  'WKST',
]);

type Mark = 'off' | 'working' | 'short';

/**
 * Whole-day events of an iCalendar file (RFC 5545) as holidays: `DTSTART;VALUE=DATE`, `DTEND` exclusive, yearly
 * repetitions. An event whose name calls it a working or a shortened day is one; cancelled and merely observed ones are left
 * out; a day named twice is free when either says so. Years are those that the events fall into.
 */
export function readHolidaysIcs(text: string, context: CalendarFileContext): CalendarFile {
  const places = new TextPlaces(text);
  const read = readEvents(text, places);
  const faults: CalendarFault[] = [...read.faults];
  const marks = new Map<string, Mark>();
  for (const event of read.events) {
    if (event.properties.get('STATUS')?.value.toUpperCase() === 'CANCELLED') continue;
    const span = readSpan(event, places);
    if ('code' in span) faults.push(span);
    else if (!OBSERVED.test(event.properties.get('DESCRIPTION')?.value ?? ''))
      mark(marks, span, markOf(event));
  }
  if (faults.length === 0 && marks.size === 0) faults.push(places.fault(0, 'noDays'));
  return { years: faults.length === 0 ? yearsOf(marks, context) : [], faults };
}

interface Span {
  /** Days since 1970-01-01. */
  readonly first: number;
  readonly days: number;
  /** First days of the further years. */
  readonly again: readonly number[];
}

function markOf(event: IcsEvent): Mark {
  const name = event.properties.get('SUMMARY')?.value ?? '';
  if (SHORT.test(name)) return 'short';
  return WORKED.test(name) ? 'working' : 'off';
}

function mark(marks: Map<string, Mark>, span: Span, kind: Mark): void {
  for (const first of [span.first, ...span.again]) {
    for (let day = first; day < first + span.days; day += 1) {
      const date = dateOf(day);
      if (marks.get(date) !== 'off') marks.set(date, kind);
    }
  }
}

function readSpan(event: IcsEvent, places: TextPlaces): Span | CalendarFault {
  const start = event.properties.get('DTSTART');
  if (!start) return places.fault(event.offset, 'badDate');
  const first = dayOfText(start.value);
  if (first === null) return dateFault(start, places);
  const days = lengthOf(event.properties.get('DTEND'), first, places);
  if (typeof days !== 'number') return days;
  const rule = event.properties.get('RRULE');
  const again = rule ? repetitions(rule.value, first) : [];
  return again === null
    ? places.fault(rule?.offset ?? event.offset, 'badRule', rule?.value)
    : { first, days, again };
}

/** Whole days until the exclusive end; without one the event lasts a day. */
function lengthOf(end: IcsProperty | undefined, first: number, places: TextPlaces): number | CalendarFault {
  if (!end) return 1;
  const after = dayOfText(end.value);
  if (after === null) return dateFault(end, places);
  const days = Math.max(1, after - first);
  return days > LONGEST_DAYS ? places.fault(end.offset, 'badDate', end.value) : days;
}

/** First days of the years after the first one, by a plain yearly rule; null for any other. */
function repetitions(rule: string, first: number): readonly number[] | null {
  const parts = partsOf(rule);
  const begin = Temporal.PlainDate.from(dateOf(first));
  if (!isPlainYearly(parts, begin)) return null;
  const interval = Number(parts.get('INTERVAL') ?? 1);
  const count = Math.min(Number(parts.get('COUNT') ?? YEARS_AHEAD), YEARS_AHEAD);
  const until = dayOfText((parts.get('UNTIL') ?? '').slice(0, 8)) ?? Number.POSITIVE_INFINITY;
  const days: number[] = [];
  for (let index = 1; index < count; index += 1) {
    const date = begin.add({ years: index * interval });
    const day = dayOfText(date.toString().replaceAll('-', ''));
    // 29 February comes only in leap years.
    if (day !== null && day <= until && date.day === begin.day) days.push(day);
  }
  return days;
}

function partsOf(rule: string): ReadonlyMap<string, string> {
  return new Map(
    rule.split(';').map((part): [string, string] => {
      const [name = '', value = ''] = part.split('=');
      return [name.toUpperCase(), value.toUpperCase()];
    }),
  );
}

/** Every N years on the day of the first event. */
function isPlainYearly(parts: ReadonlyMap<string, string>, begin: Temporal.PlainDate): boolean {
  const interval = Number(parts.get('INTERVAL') ?? 1);
  return (
    parts.get('FREQ') === 'YEARLY' &&
    [...parts.keys()].every((name) => RULE_PARTS.has(name)) &&
    Number.isInteger(interval) &&
    interval >= 1 &&
    interval <= LONGEST_INTERVAL &&
    repeats(parts.get('BYMONTH'), begin.month) &&
    repeats(parts.get('BYMONTHDAY'), begin.day)
  );
}

function repeats(part: string | undefined, own: number): boolean {
  return part === undefined || Number(part) === own;
}

function dateFault(property: IcsProperty, places: TextPlaces): CalendarFault {
  const timed = /^\d{8}T\d/.test(property.value);
  return places.fault(property.offset, timed ? 'notWholeDay' : 'badDate', property.value);
}

function dayOfText(text: string): number | null {
  const match = DATE.exec(text);
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])];
  if (!match || !isPlausibleYear(year) || !isDayOf(year, month, day)) return null;
  return Date.UTC(year, month - 1, day) / MS_PER_DAY;
}

function yearsOf(marks: ReadonlyMap<string, Mark>, context: CalendarFileContext): readonly CalendarYear[] {
  const byYear = Map.groupBy([...marks].sort(), ([date]) => Number(date.slice(0, 4)));
  return [...byYear].map(([year, days]) => {
    const named = (kind: Mark): readonly string[] =>
      days.filter(([, each]) => each === kind).map(([date]) => date.slice(5));
    const workingDays = named('working').filter((day) =>
      isWeekend(year, Number(day.slice(0, 2)), Number(day.slice(3))),
    );
    return { year, source: context.source, daysOff: named('off'), workingDays, shortDays: named('short') };
  });
}

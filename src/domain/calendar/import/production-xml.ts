import type { CalendarYear } from '../work-calendar.types.js';
import type { CalendarFault, CalendarFile, CalendarFileContext } from './calendar-file.types.js';
import { isDayOf, isPlausibleYear, isWeekend, monthDay } from './listed-year.js';
import { TextPlaces } from './text-places.js';

/** Comments, declarations and elements; the format has no text content that matters. */
const TAGS =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z][\w.-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|</g;
const ATTRIBUTES = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const DATE = /^(\d{2})\.(\d{2})$/;

/** 1 day off, 2 shortened, 3 worked weekend. */
const KINDS: ReadonlySet<string> = new Set(['1', '2', '3']);

interface Element {
  readonly name: string;
  readonly offset: number;
  readonly attributes: ReadonlyMap<string, string>;
}

/**
 * `calendar.xml` of xmlcalendar.ru: `<calendar year="2026" country="ru"><days><day d="MM.DD" t="1"/>…`. Only exceptions from
 * the five-day week are listed: `t` is 1 for a day off, 2 for a shortened working day, 3 for a weekend that is worked; `f`,
 * from where it was moved, and `h`, which holiday it is, are not needed. Entities and document types are not read.
 */
export function readProductionXml(text: string, context: CalendarFileContext): CalendarFile {
  const places = new TextPlaces(text);
  const read = readElements(text);
  if (read.fault !== null) return { years: [], faults: [places.fault(read.fault, 'syntax')] };
  const calendar = read.elements.find((element) => element.name === 'calendar');
  if (!calendar) return { years: [], faults: [places.fault(0, 'notCalendar')] };
  const stated = calendar.attributes.get('year');
  if (stated === undefined) return { years: [], faults: [places.fault(calendar.offset, 'noYear')] };
  const year = Number(stated);
  if (!isPlausibleYear(year))
    return { years: [], faults: [places.fault(calendar.offset, 'badYear', stated)] };
  const days = read.elements.filter((element) => element.name === 'day');
  if (days.length === 0) return { years: [], faults: [places.fault(calendar.offset, 'noDays')] };
  const { marks, faults } = readDays(days, year, places);
  return { years: faults.length === 0 ? [yearOfMarks(year, marks, context)] : [], faults };
}

function readDays(
  days: readonly Element[],
  year: number,
  places: TextPlaces,
): { readonly marks: ReadonlyMap<string, string>; readonly faults: readonly CalendarFault[] } {
  const marks = new Map<string, string>();
  const faults: CalendarFault[] = [];
  for (const { attributes, offset } of days) {
    const date = attributes.get('d') ?? '';
    const kind = attributes.get('t') ?? '';
    const match = DATE.exec(date);
    const month = Number(match?.[1]);
    const day = Number(match?.[2]);
    const name = monthDay(month, day);
    if (!match || !isDayOf(year, month, day)) {
      faults.push(places.fault(offset, 'badDay', date));
    } else if (!KINDS.has(kind)) {
      faults.push(places.fault(offset, 'badKind', kind));
    } else if (marks.has(name)) {
      faults.push(places.fault(offset, 'doubleDay', date));
    } else {
      marks.set(name, kind);
    }
  }
  return { marks, faults };
}

function yearOfMarks(
  year: number,
  marks: ReadonlyMap<string, string>,
  context: CalendarFileContext,
): CalendarYear {
  const named = (kind: string): readonly string[] =>
    [...marks].filter(([, each]) => each === kind).map(([day]) => day);
  // A worked weekday needs no saying; where files say it, it is not an exception.
  const onWeekend = (day: string): boolean => isWeekend(year, Number(day.slice(0, 2)), Number(day.slice(3)));
  return {
    year,
    source: context.source,
    daysOff: [...named('1')].sort(),
    workingDays: named('3').filter(onWeekend).sort(),
    shortDays: [...named('2')].sort(),
  };
}

function readElements(text: string): {
  readonly elements: readonly Element[];
  readonly fault: number | null;
} {
  const elements: Element[] = [];
  const open: { readonly name: string; readonly offset: number }[] = [];
  for (const match of text.matchAll(TAGS)) {
    const [whole, closing, name, attributes, empty] = match;
    if (name === undefined) {
      if (whole === '<') return { elements, fault: match.index };
      continue;
    }
    if (closing === '/') {
      if (open.pop()?.name !== name) return { elements, fault: match.index };
      continue;
    }
    elements.push({ name, offset: match.index, attributes: attributesOf(attributes ?? '') });
    if (empty !== '/') open.push({ name, offset: match.index });
  }
  return { elements, fault: open.at(-1)?.offset ?? null };
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(ATTRIBUTES)].map(([, name = '', double, single]) => [name, double ?? single ?? '']),
  );
}

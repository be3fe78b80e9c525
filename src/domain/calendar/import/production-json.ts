import { findNodeAtLocation, parseTree, visit, type Node, type ParseError } from 'jsonc-parser';
import type { CalendarFault, CalendarFile, CalendarFileContext } from './calendar-file.types.js';
import {
  isPlausibleYear,
  listedYear,
  MONTHS_OF_YEAR,
  readListedMonth,
  type ListedMonth,
} from './listed-year.js';
import { TextPlaces } from './text-places.js';

/** The file is three levels deep; the parser goes into deeper ones until its stack is at an end. */
const DEEPEST = 32;
const MONTHS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

/**
 * `calendar.json` of xmlcalendar.ru: `{ "year": 2026, "months": [{ "month": 1, "days": "1,2,3+,22*" }, …] }`. The lists
 * name every day without work; the file's own totals and transitions are not read, they follow from the days.
 */
export function readProductionJson(text: string, context: CalendarFileContext): CalendarFile {
  const places = new TextPlaces(text);
  const plain = text.replace(/^\uFEFF/, ' ');
  const abyss = tooDeepAt(plain);
  if (abyss !== null) return { years: [], faults: [places.fault(abyss, 'syntax')] };
  const errors: ParseError[] = [];
  const root = parseTree(plain, errors, { disallowComments: true });
  const [error] = errors;
  if (error || root?.type !== 'object') {
    return { years: [], faults: [places.fault(error?.offset ?? 0, 'syntax')] };
  }
  const yearNode = findNodeAtLocation(root, ['year']);
  if (!yearNode) return { years: [], faults: [places.fault(root.offset, 'noYear')] };
  const year = Number(yearNode.value);
  if (!isPlausibleYear(year)) {
    return { years: [], faults: [places.fault(yearNode.offset, 'badYear', written(yearNode))] };
  }
  const { months, faults } = readMonths(root, year, places);
  const years = faults.length === 0 ? [listedYear(year, months, context)] : [];
  return { years, faults };
}

/** Thrown out of the walk. */
class TooDeep extends Error {
  constructor(readonly offset: number) {
    super('nested too deep');
  }
}

function tooDeepAt(text: string): number | null {
  let depth = 0;
  const down = (offset: number): void => {
    depth += 1;
    if (depth > DEEPEST) throw new TooDeep(offset);
  };
  const up = (): void => void (depth -= 1);
  try {
    visit(text, { onObjectBegin: down, onArrayBegin: down, onObjectEnd: up, onArrayEnd: up });
    return null;
  } catch (error) {
    if (error instanceof TooDeep) return error.offset;
    throw error;
  }
}

function readMonths(
  root: Node,
  year: number,
  places: TextPlaces,
): { readonly months: readonly ListedMonth[]; readonly faults: readonly CalendarFault[] } {
  const list = findNodeAtLocation(root, ['months']);
  const months: ListedMonth[] = [];
  const faults: CalendarFault[] = [];
  for (const item of list?.children ?? []) {
    const read = readMonth(item, year, places);
    const known = months.some((each) => each.month === read.month?.month);
    if (known) faults.push(places.fault(item.offset, 'doubleMonth', String(read.month?.month)));
    else if (read.month) months.push(read.month);
    faults.push(...read.faults);
  }
  for (let month = 1; month <= MONTHS_OF_YEAR && faults.length === 0; month += 1) {
    const there = months.some((each) => each.month === month);
    if (!there) faults.push(places.fault((list ?? root).offset, 'missingMonth', String(month)));
  }
  return { months: months.sort((a, b) => a.month - b.month), faults };
}

function readMonth(
  item: Node,
  year: number,
  places: TextPlaces,
): { readonly month: ListedMonth | null; readonly faults: readonly CalendarFault[] } {
  const monthNode = childOf(item, 'month');
  const daysNode = childOf(item, 'days');
  const month = Number(monthNode?.value);
  if (!MONTHS.has(month)) {
    return {
      month: null,
      faults: [places.fault((monthNode ?? item).offset, 'badMonth', written(monthNode))],
    };
  }
  if (typeof daysNode?.value !== 'string') {
    return { month: null, faults: [places.fault((daysNode ?? item).offset, 'badDay', written(daysNode))] };
  }
  return readListedMonth(daysNode.value, { year, month, offset: daysNode.offset + 1 }, places);
}

function childOf(item: Node, name: string): Node | undefined {
  return item.type === 'object' ? findNodeAtLocation(item, [name]) : undefined;
}

function written(node: Node | undefined): string {
  const value: unknown = node?.value;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

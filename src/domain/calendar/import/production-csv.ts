import { parse } from 'csv-parse/sync';
import type { CalendarYear } from '../work-calendar.types.js';
import type { CalendarFault, CalendarFile, CalendarFileContext } from './calendar-file.types.js';
import {
  isPlausibleYear,
  listedYear,
  MONTHS_OF_YEAR,
  readListedMonth,
  type ListedMonth,
} from './listed-year.js';
import { TextPlaces } from './text-places.js';

const MONTH_NAMES = [
  'январь',
  'февраль',
  'март',
  'апрель',
  'май',
  'июнь',
  'июль',
  'август',
  'сентябрь',
  'октябрь',
  'ноябрь',
  'декабрь',
] as const;

interface Cell {
  readonly text: string;
  /** Where its text begins in the file. */
  readonly offset: number;
}

/** Whether the text begins as such a table does. */
export function looksLikeProductionCsv(text: string): boolean {
  return /^\uFEFF?\s*"?Год(\/Месяц)?"?\s*[,;\t]/i.test(text);
}

/**
 * «Производственный календарь» of data.gov.ru, as xmlcalendar.ru publishes it too: a row a year, a column a month (by its
 * Russian name, any order, further columns ignored), in it the days without work separated by commas, with `*` for a
 * shortened working day and `+` for a day off moved here. Separated by comma, semicolon or tab; UTF-8, BOM or not.
 */
export function readProductionCsv(text: string, context: CalendarFileContext): CalendarFile {
  const places = new TextPlaces(text);
  const rows = readRows(text);
  if ('fault' in rows) return { years: [], faults: [places.fault(rows.fault, 'syntax')] };
  const [header, ...lines] = rows.rows;
  const columns = monthColumns(header ?? []);
  const missing = columns.indexOf(-1);
  if (missing !== -1) {
    return { years: [], faults: [places.fault(0, 'missingMonth', MONTH_NAMES[missing] ?? '')] };
  }
  const years: CalendarYear[] = [];
  const faults: CalendarFault[] = [];
  for (const line of lines) {
    const read = readYear(line, columns, context, places);
    const known = read.year ? years.some((each) => each.year === read.year?.year) : false;
    if (known) faults.push(places.fault(line[0]?.offset ?? 0, 'doubleYear', line[0]?.text));
    else if (read.year) years.push(read.year);
    faults.push(...read.faults);
  }
  if (years.length === 0 && faults.length === 0) faults.push(places.fault(0, 'noDays'));
  return { years: years.sort((a, b) => a.year - b.year), faults };
}

function readYear(
  line: readonly Cell[],
  columns: readonly number[],
  context: CalendarFileContext,
  places: TextPlaces,
): { readonly year: CalendarYear | null; readonly faults: readonly CalendarFault[] } {
  const first = line[0] ?? { text: '', offset: 0 };
  const year = /^\d{4}$/.test(first.text.trim()) ? Number(first.text) : 0;
  if (!isPlausibleYear(year))
    return { year: null, faults: [places.fault(first.offset, 'badYear', first.text)] };
  const months: ListedMonth[] = [];
  const faults: CalendarFault[] = [];
  columns.forEach((column, index) => {
    const cell = line[column];
    if (!cell || cell.text.trim() === '') {
      faults.push(places.fault(cell?.offset ?? first.offset, 'missingMonth', MONTH_NAMES[index]));
      return;
    }
    const read = readListedMonth(cell.text, { year, month: index + 1, offset: cell.offset }, places);
    months.push(read.month);
    faults.push(...read.faults);
  });
  return { year: faults.length === 0 ? listedYear(year, months, context) : null, faults };
}

/** For each month the index of its column; -1 where there is none. */
function monthColumns(header: readonly Cell[]): readonly number[] {
  const names = header.map((cell) => cell.text.trim().toLowerCase());
  return Array.from({ length: MONTHS_OF_YEAR }, (_, index) => names.indexOf(MONTH_NAMES[index] ?? ''));
}

type Rows = { readonly rows: readonly (readonly Cell[])[] } | { readonly fault: number };

function readRows(text: string): Rows {
  const delimiter = delimiterOf(text);
  try {
    const records = parse(text, {
      delimiter,
      bom: true,
      raw: true,
      info: true,
      relaxColumnCount: true,
      skipEmptyLines: true,
    }) as unknown as readonly { readonly record: readonly string[]; readonly raw: string }[];
    let from = text.startsWith('\uFEFF') ? 1 : 0;
    const rows = records.map(({ record, raw }) => {
      const start = text.indexOf(raw, from);
      from = start + raw.length;
      return cellsOf(record, raw, start);
    });
    return { rows };
  } catch (error) {
    return { fault: offsetOfLine(text, (error as { lines?: unknown }).lines) };
  }
}

/** Finds each cell of a record again in its own raw text, so that a fault can name its column. */
function cellsOf(record: readonly string[], raw: string, start: number): readonly Cell[] {
  let from = 0;
  return record.map((text) => {
    const quoted = raw[from] === '"';
    const offset = start + from + (quoted ? 1 : 0);
    const written = quoted ? text.replaceAll('"', '""').length + 2 : text.length;
    from += written + 1;
    return { text, offset };
  });
}

function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/\r?\n|$/));
  return [';', '\t'].find((each) => header.includes(each)) ?? ',';
}

function offsetOfLine(text: string, line: unknown): number {
  const wanted = typeof line === 'number' ? line : 1;
  let offset = 0;
  for (let passed = 1; passed < wanted; passed += 1) {
    const next = text.indexOf('\n', offset);
    if (next === -1) break;
    offset = next + 1;
  }
  return offset;
}

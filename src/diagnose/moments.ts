import type { Instant } from '../domain/crm/time.js';

/** How `01/02/2026` is read: first of February, or second of January. */
export type DayOrder = 'dayFirst' | 'monthFirst';

const CLOCK = String.raw`(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]M)?)?`;
const ZONE = String.raw`\s*(Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT|MSK|МСК)?(?:\s*\(.*\))?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2}),?${CLOCK}${ZONE}$`, 'i');
const YEAR_LAST = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2}),?${CLOCK}${ZONE}$`, 'i');
/** `22 ноября 2026 г. в 18:30`, `22-Nov-2026`, and `Sun Nov 22 2026 18:30`, `November 22nd, 2026 at 6:30 PM`. */
const WEEKDAY = String.raw`^(?:\p{L}+\.?,?\s+)?`;
const MONTH = String.raw`(\p{L}{3,10})\.?`;
const END = String.raw`(?:\s*(?:г|года)\.?(?!\p{L}))?,?(?:\s+(?:at|в)(?=\s))?${CLOCK}${ZONE}$`;
const DAY_IN_WORDS = new RegExp(String.raw`${WEEKDAY}(\d{1,2})[\s-]+${MONTH}[\s-]+(\d{4}|\d{2})${END}`, 'iu');
const MONTH_IN_WORDS = new RegExp(
  String.raw`${WEEKDAY}${MONTH}[\s-]+(\d{1,2})(?:st|nd|rd|th)?,?[\s-]+(\d{4})${END}`,
  'iu',
);
/** By their first three letters, in both languages. */
const MONTHS = ['янв jan', 'фев feb', 'мар mar', 'апр apr', 'май мая may', 'июн jun', 'июл jul', 'авг aug'];
const LATE_MONTHS = ['сен sep', 'окт oct', 'ноя nov', 'дек dec'];
const MONTH_NUMBERS = new Map(
  [...MONTHS, ...LATE_MONTHS].flatMap((names, at) => names.split(' ').map((name) => [name, `${at + 1}`])),
);
const MS_PER_HOUR = 3_600_000;

/** Reads moments as tables write them. A moment without a zone is read in the zone given. */
export class MomentReader {
  /** Moments that could not be read, and could be with day and month the other way round. */
  readableOtherwise = 0;
  private readonly offsets = new Map<number, number>();

  constructor(
    readonly order: DayOrder,
    private readonly timeZone: string,
  ) {}

  /**
   * ISO 8601 and its likes, `31.12.2026 18:30`, `12/31/2026 6:30 PM`, `31 декабря 2026 г., 18:30`, `Dec 31, 2026`,
   * `20261231`, seconds or milliseconds since 1970; zones as `Z`, `UTC`, `+03`, `+0300`, `GMT+03:00`, `МСК`. A day without
   * a time is its midnight.
   *
   * @returns null for anything else, and for days that do not exist.
   */
  read(text: string): Instant | null {
    const iso = YEAR_FIRST.exec(text);
    if (iso) {
      const [, y, mo, d, ...clock] = iso;
      return this.moment([y, mo, d], clock);
    }
    const other = YEAR_LAST.exec(text);
    if (other) return this.yearLast(other);
    if (/^\d{13}$/.test(text)) return Number(text);
    if (/^\d{10}$/.test(text)) return Number(text) * 1000;
    const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
    return compact ? this.moment([compact[1], compact[2], compact[3]], []) : this.inWords(text);
  }

  private yearLast([, first, mark, second, year = '', ...clock]: RegExpExecArray): Instant | null {
    const dayFirst = mark === '.' || this.order === 'dayFirst';
    const [month, day] = dayFirst ? [second, first] : [first, second];
    const at = this.moment([fullYear(year), month, day], clock);
    if (at === null && mark !== '.' && this.moment([fullYear(year), day, month], clock) !== null) {
      this.readableOtherwise += 1;
    }
    return at;
  }

  private inWords(text: string): Instant | null {
    const dayFirst = DAY_IN_WORDS.exec(text);
    const [, a, b, year = '', ...clock] = dayFirst ?? MONTH_IN_WORDS.exec(text) ?? [];
    const [day, name = ''] = dayFirst ? [a, b] : [b, a];
    const month = MONTH_NUMBERS.get(name.slice(0, 3).toLowerCase());
    return month === undefined ? null : this.moment([fullYear(year), month, day], clock);
  }

  private moment(
    day: readonly (string | undefined)[],
    clock: readonly (string | undefined)[],
  ): Instant | null {
    const [y = 0, mo = 0, d = 0] = day.map(Number);
    const time = timeOf(clock);
    if (time === null) return null;
    const local = Date.UTC(y, mo - 1, d) + time;
    const date = new Date(local);
    if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) return null;
    const zone = clock[5];
    return local - (zone === undefined ? this.offsetAt(local) : offsetOf(zone));
  }

  /** Offset of the reader's zone at a local time, kept by the hour: tables have many rows of one hour. */
  private offsetAt(local: number): number {
    if (this.timeZone === 'UTC') return 0;
    const hour = Math.floor(local / MS_PER_HOUR);
    const known = this.offsets.get(hour);
    if (known !== undefined) return known;
    const plain = Temporal.Instant.fromEpochMilliseconds(hour * MS_PER_HOUR)
      .toZonedDateTimeISO('UTC')
      .toPlainDateTime();
    const offset = plain.toZonedDateTime(this.timeZone).offsetNanoseconds / 1e6;
    this.offsets.set(hour, offset);
    return offset;
  }
}

/** Which part of `a/b/year` is the day, as far as the examples tell; null when they do not. */
export function dayOrderOf(examples: Iterable<string>): DayOrder | null {
  for (const text of examples) {
    const match = YEAR_LAST.exec(text.trim());
    if (match === null || match[2] === '.') continue;
    if (Number(match[1]) > 12) return 'dayFirst';
    if (Number(match[3]) > 12) return 'monthFirst';
  }
  return null;
}

/** Whether any of the examples has day and month in an order that must be known. */
export function needsDayOrder(examples: Iterable<string>): boolean {
  for (const text of examples) {
    const match = YEAR_LAST.exec(text.trim());
    if (match !== null && match[2] !== '.') return true;
  }
  return false;
}

/** Milliseconds of the day; `clock`: hour, minute, second, its fraction, half of the day. Null for no such time. */
function timeOf([hour, minute, second, part, half]: readonly (string | undefined)[]): number | null {
  const hours = half === undefined ? hour : twelveHours(hour, half);
  if (hours === null) return null;
  const [h = 0, m = 0, s = 0] = [hours, minute, second].map((one) => Number(one ?? 0));
  const fraction = part === undefined ? 0 : Math.trunc(Number(`0.${part}`) * 1000 + 1e-6);
  return h > 23 || m > 59 || s > 59 ? null : h * MS_PER_HOUR + m * 60_000 + s * 1000 + fraction;
}

function twelveHours(hour: string | undefined, half: string): string | null {
  const value = Number(hour);
  if (value < 1 || value > 12) return null;
  return String((value % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

function fullYear(year: string): string {
  return year.length === 2 ? `20${year}` : year;
}

function offsetOf(zone: string): number {
  if (/^(MSK|МСК)$/i.test(zone)) return 3 * MS_PER_HOUR;
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

import type { Instant } from '../domain/crm/time.js';

/** How `01/02/2026` is read: first of February, or second of January. */
export type DayOrder = 'dayFirst' | 'monthFirst';

const YEAR_FIRST =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i;
const YEAR_LAST =
  /^(\d{1,2})([./-])(\d{1,2})[./-](\d{4}|\d{2}),?(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]M)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$/i;
const MS_PER_HOUR = 3_600_000;

/** Reads moments as tables write them. A moment without a zone is read in the zone given. */
export class MomentReader {
  private readonly offsets = new Map<number, number>();

  constructor(
    private readonly order: DayOrder,
    private readonly timeZone: string,
  ) {}

  /**
   * ISO 8601 and its likes, `31.12.2026 18:30`, `12/31/2026 6:30 PM`, `20261231`, seconds or milliseconds since 1970;
   * zones as `Z`, `UTC`, `+03`, `+0300`, `+03:00`. A day without a time is its midnight.
   *
   * @returns null for anything else, and for days that do not exist.
   */
  read(text: string): Instant | null {
    const iso = YEAR_FIRST.exec(text);
    if (iso) {
      const [, y, mo, d, h, mi, s, fraction, zone] = iso;
      return this.moment([y, mo, d], [h, mi, s, fraction], zone);
    }
    const other = YEAR_LAST.exec(text);
    if (other) return this.yearLast(other);
    if (/^\d{13}$/.test(text)) return Number(text);
    if (/^\d{10}$/.test(text)) return Number(text) * 1000;
    const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
    return compact ? this.moment([compact[1], compact[2], compact[3]], [], undefined) : null;
  }

  private yearLast(match: RegExpExecArray): Instant | null {
    const [, first, mark, second, year = '', hour, minute, s, fraction, half, zone] = match;
    const dayFirst = mark === '.' || this.order === 'dayFirst';
    const [month, day] = dayFirst ? [second, first] : [first, second];
    const full = year.length === 2 ? `20${year}` : year;
    const hours = half === undefined ? hour : twelveHours(hour, half);
    if (hours === null) return null;
    return this.moment([full, month, day], [hours, minute, s, fraction], zone);
  }

  private moment(
    day: readonly (string | undefined)[],
    time: readonly (string | undefined)[],
    zone: string | undefined,
  ): Instant | null {
    const [y = 0, mo = 0, d = 0] = day.map(Number);
    const [h = 0, mi = 0, s = 0] = time.slice(0, 3).map((part) => Number(part ?? 0));
    const fraction = time[3] === undefined ? 0 : Math.trunc(Number(`0.${time[3]}`) * 1000 + 1e-6);
    if (h > 23 || mi > 59 || s > 59) return null;
    const local = Date.UTC(y, mo - 1, d, h, mi, s, fraction);
    const date = new Date(local);
    if (date.getUTCMonth() !== mo - 1 || date.getUTCDate() !== d) return null;
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

function twelveHours(hour: string | undefined, half: string): string | null {
  const value = Number(hour);
  if (value < 1 || value > 12) return null;
  return String((value % 12) + (half.toUpperCase() === 'PM' ? 12 : 0));
}

function offsetOf(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

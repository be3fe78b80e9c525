import type { Instant } from '../domain/crm/time.js';
import type { Estimate } from '../domain/insight/sample.js';
import { MS_PER_DAY, MS_PER_MINUTE } from '../domain/calendar/local-time.js';
import type { ReportWords, TimeUnits } from './words.js';

const MS_PER_HOUR = 3_600_000;

/** Figures as people read them, in the language of the words. */
export class Figures {
  private readonly whole: Intl.NumberFormat;
  private readonly percentage: Intl.NumberFormat;

  constructor(
    private readonly words: ReportWords,
    private readonly timeZone: string,
  ) {
    this.whole = new Intl.NumberFormat(words.locale, { maximumFractionDigits: 0 });
    this.percentage = new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 0 });
  }

  number(value: number): string {
    return this.whole.format(value);
  }

  /** One digit where whole numbers would hide everything. */
  few(value: number): string {
    if (value >= 10 || Number.isInteger(value)) return this.number(value);
    return new Intl.NumberFormat(this.words.locale, { maximumFractionDigits: 1 }).format(value);
  }

  percent(share: number): string {
    return this.percentage.format(share);
  }

  /** Minutes below two hours, hours below two days, a digit after the point below ten days. */
  time(ms: number | null): string {
    return this.timeIn(ms, this.words.spoken);
  }

  /** The same in few letters, for tables. */
  short(ms: number | null): string {
    return this.timeIn(ms, this.words.short);
  }

  /** A horizon is set in working days: a week of calendar time holds five. */
  horizon(ms: number): string {
    const working = ((ms / MS_PER_DAY) * 5) / 7;
    const whole = Math.round(working);
    return Math.abs(working - whole) < 1e-6 ? this.words.workingDays(whole) : this.time(ms);
  }

  private timeIn(ms: number | null, units: TimeUnits): string {
    if (ms === null) return units.never;
    if (ms < MS_PER_MINUTE) return units.belowMinute;
    if (ms < 2 * MS_PER_HOUR) return units.minutes(Math.round(ms / MS_PER_MINUTE));
    if (ms < 2 * MS_PER_DAY) return units.hours(Math.round(ms / MS_PER_HOUR));
    const days = ms / MS_PER_DAY;
    return units.days(days < 10 ? Math.round(days * 10) / 10 : Math.round(days));
  }

  day(at: Instant): string {
    const format = new Intl.DateTimeFormat(this.words.locale, {
      dateStyle: 'long',
      timeZone: this.timeZone,
    });
    return format.format(at);
  }

  range({ lower, upper }: Estimate, format: (value: number) => string): string {
    return this.words.range(format(lower), format(upper));
  }
}

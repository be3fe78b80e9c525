import type { Instant } from '../domain/crm/time.js';
import type { Estimate } from '../domain/insight/sample.js';
import { MS_PER_DAY } from '../domain/insight/stuck.js';
import type { ReportWords } from './words.js';

const MS_PER_HOUR = 3_600_000;

/** Figures as people read them, in the language of the words. */
export class Figures {
  private readonly whole: Intl.NumberFormat;
  private readonly percentage: Intl.NumberFormat;

  constructor(private readonly words: ReportWords) {
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

  /** Hours below a day, a digit after the point below ten days. */
  time(ms: number | null): string {
    if (ms === null) return this.words.never;
    const days = ms / MS_PER_DAY;
    if (days < 1) return this.words.hours(Math.round(ms / MS_PER_HOUR));
    return this.words.days(days < 10 ? Math.round(days * 10) / 10 : Math.round(days));
  }

  day(at: Instant): string {
    return new Date(at).toISOString().slice(0, 10);
  }

  range({ lower, upper }: Estimate, format: (value: number) => string): string {
    return this.words.range(format(lower), format(upper));
  }
}

import { useI18n } from 'petite-vue-i18n';
import type { Estimate } from '../../../../src/features/insight/insight.view.js';
import { useWidget } from '../../widget-context.js';
import type { TableCell } from './chart-spec.js';
import { knownZone } from './insight-query.js';

const NOTHING = '—';

/** Numbers of the server in the person's language. Null is a dash: nothing could be derived. */
interface Figures {
  count(value: number): string;
  /** Of 0…1. */
  share(value: number | null): string;
  days(value: number | null): string;
  /** For axes: "5 d". */
  daysShort(value: number): string;
  hours(minutes: number): string;
  money(value: string | number | null): string;
  /** Short, for axes: "1.2M". */
  short(value: number): string;
  times(value: number | null): string;
  /** The number with its interval of 95 %: "42 % (36 % – 48 %)". */
  within(estimate: Estimate, words: (value: number) => string): string;
  daysWithin(estimate: Estimate): string;
  /** The same for a cell of a table: the number, and its bounds apart from it. */
  cell(estimate: Estimate, words: (value: number) => string): TableCell;
  daysCell(estimate: Estimate): TableCell;
  /** "2026-10" or a whole instant as "October 2026". */
  month(text: string): string;
  /** For axes: "Oct 26". */
  monthShort(text: string): string;
  day(text: string): string;
}

export function useFigures(): Figures {
  const { t, locale } = useI18n();
  const { boot } = useWidget();
  const format = (value: number, how: Intl.NumberFormatOptions): string =>
    new Intl.NumberFormat(locale.value, how).format(value);
  const date = (text: string, how: Intl.DateTimeFormatOptions): string => {
    const at = Date.parse(/^\d{4}-\d\d$/.test(text) ? `${text}-01` : text);
    return Number.isNaN(at) ? text : new Intl.DateTimeFormat(locale.value, how).format(at);
  };
  const plain = (value: number): string => format(value, digits(value));
  // Of a fraction there are always several: "0.4 days", «0,4 дня».
  const days = (value: number | null): string =>
    value === null ? NOTHING : t('in.days', { n: plain(value) }, isWhole(value) ? Math.round(value) : 2);
  const within = (
    { value, low, high }: Estimate,
    words: (value: number) => string,
    bounds: (value: number) => string,
  ): string => {
    if (value === null) return NOTHING;
    if (low === null || high === null) return words(value);
    return t('in.within', { value: words(value), low: bounds(low), high: bounds(high) });
  };
  const cell = (
    estimate: Estimate,
    words: (value: number) => string,
    bounds: (value: number) => string,
  ): TableCell => {
    if (estimate.value === null || estimate.low === null || estimate.high === null)
      return { text: within(estimate, words, bounds) };
    return { text: words(estimate.value), within: within(estimate, () => '', bounds).trim() };
  };
  return {
    count: (value) => format(value, {}),
    share: (value) =>
      value === null ? NOTHING : format(value, { style: 'percent', ...digits(value * 100) }),
    days,
    daysShort: (value) =>
      format(value, { style: 'unit', unit: 'day', unitDisplay: 'narrow', ...digits(value) }),
    hours: (minutes) =>
      format(minutes / 60, { style: 'unit', unit: 'hour', unitDisplay: 'short', maximumFractionDigits: 0 }),
    money: (value) => {
      if (value === null || value === '') return NOTHING;
      return format(Number(value), { maximumFractionDigits: 0 });
    },
    short: (value) => format(value, { notation: 'compact', maximumFractionDigits: 1 }),
    times: (value) => (value === null ? NOTHING : t('in.times', { n: plain(value) })),
    within: (estimate, words) => within(estimate, words, words),
    daysWithin: (estimate) => within(estimate, days, plain),
    cell: (estimate, words) => cell(estimate, words, words),
    daysCell: (estimate) => cell(estimate, days, plain),
    month: (text) => date(text, { month: 'long', year: 'numeric', timeZone: 'UTC' }),
    monthShort: (text) => date(text, { month: 'short', year: '2-digit', timeZone: 'UTC' }),
    day: (text) => {
      // A day of the calendar has no zone; an instant is read in the person's.
      const timeZone = text.length === 10 ? 'UTC' : knownZone(boot.timeZone);
      return date(text, { day: 'numeric', month: 'short', year: 'numeric', timeZone });
    },
  };
}

/** One digit after the point where it tells something: below ten. */
function isWhole(value: number): boolean {
  return Math.abs(value) >= 10 || Number.isInteger(Math.round(value * 10) / 10);
}

function digits(value: number): Intl.NumberFormatOptions {
  return { maximumFractionDigits: Math.abs(value) < 10 ? 1 : 0 };
}

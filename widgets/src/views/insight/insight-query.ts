import type { InsightFilter } from '../../../../src/features/insight/insight.view.js';

/** The filter as the API's address carries it; a list repeats its name. */
export function addressOf(
  filter: InsightFilter,
  more: Readonly<Record<string, string | null | undefined>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of [...Object.entries(filter), ...Object.entries(more)]) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value])
      query.append(name, String(one));
  }
  return query.toString();
}

/** Without empty fields, so that two filters that ask the same are equal. */
export function tidy(filter: InsightFilter): InsightFilter {
  const kept = Object.entries(filter).filter(
    ([, value]) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept);
}

/** The pipeline is a place, not a restriction: it stays when the filter is taken back. */
export function restrictions(filter: InsightFilter): number {
  const { pipelineId: _, from, to, ...lists } = tidy(filter);
  const period = from !== undefined || to !== undefined ? 1 : 0;
  return period + Object.values(lists).reduce((sum, list) => sum + list.length, 0);
}

export type PeriodName = 'all' | 'days30' | 'quarter' | 'lastQuarter' | 'year';

export const periodNames: readonly PeriodName[] = ['all', 'days30', 'quarter', 'lastQuarter', 'year'];

/** First and last day of a named period that ends today, as calendar days in the person's zone. */
export function periodOf(
  name: PeriodName,
  now: number,
  timeZone: string,
): Pick<InsightFilter, 'from' | 'to'> {
  const today = dayIn(now, timeZone);
  const quarter = monthOf(today) - (monthOf(today) % 3);
  switch (name) {
    case 'all':
      return {};
    case 'days30':
      return { from: shifted(today, 0, -30), to: today };
    case 'quarter':
      return { from: firstOf(today, quarter), to: today };
    case 'lastQuarter':
      return { from: firstOf(today, quarter - 3), to: shifted(firstOf(today, quarter), 0, -1) };
    case 'year':
      return { from: shifted(today, -12, 0), to: today };
  }
}

/** The named period that the filter's days are, if they are one. */
export function periodName(filter: InsightFilter, now: number, timeZone: string): PeriodName | null {
  return (
    periodNames.find((name) => {
      const { from, to } = periodOf(name, now, timeZone);
      return filter.from === from && filter.to === to;
    }) ?? null
  );
}

function dayIn(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', {
    ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
    timeZone: knownZone(timeZone),
  }).format(at);
}

/** A host may tell a zone that the browser does not know: then its own counts. */
export function knownZone(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const monthOf = (day: string): number => Number(day.slice(5, 7)) - 1;

function firstOf(day: string, month: number): string {
  return isoDay(new Date(Date.UTC(Number(day.slice(0, 4)), month, 1)));
}

function shifted(day: string, months: number, days: number): string {
  const at = new Date(`${day}T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + months);
  at.setUTCDate(at.getUTCDate() + days);
  return isoDay(at);
}

const isoDay = (at: Date): string => at.toISOString().slice(0, 10);

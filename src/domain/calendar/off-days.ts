import { daysOfYear } from './year-days.js';
import type { WorkCalendar } from './work-calendar.types.js';

/** `weekend`: free by the week. `holiday`: a public one. `absent`: the person is away. `dayOff`: set free for this date. */
export type OffReason = 'weekend' | 'holiday' | 'absent' | 'dayOff';

/** Days in a row without work for one reason; `YYYY-MM-DD`, both included. */
export interface OffSpan {
  readonly from: string;
  readonly to: string;
  readonly why: OffReason;
}

/** Days without work between two days, both included and written `YYYY-MM-DD`, in order. */
export function offDaysBetween(calendar: WorkCalendar, from: string, to: string): readonly OffSpan[] {
  const spans: OffSpan[] = [];
  let before = false;
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) {
    for (const { date, kind, minutes } of daysOfYear(calendar, year)) {
      if (date < from || date > to) continue;
      const why = minutes > 0 ? null : reasonOf(kind);
      const last = spans.at(-1);
      if (why !== null && before && last?.why === why) spans[spans.length - 1] = { ...last, to: date };
      else if (why !== null) spans.push({ from: date, to: date, why });
      before = why !== null;
    }
  }
  return spans;
}

function reasonOf(kind: ReturnType<typeof daysOfYear>[number]['kind']): OffReason {
  if (kind === 'absence') return 'absent';
  if (kind === 'override') return 'dayOff';
  return kind === 'holiday' ? 'holiday' : 'weekend';
}

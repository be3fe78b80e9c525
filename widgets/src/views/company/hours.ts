import type { DayHoursView, IntervalView, WeekView } from '../../../../src/features/company/company.view.js';

export const USUAL_HOURS: readonly IntervalView[] = [{ from: '09:00', to: '18:00' }];

/** "9", "930", "9:5": what people type for a time, as `HH:MM`; what is no time is left as it is. */
export function timeOf(text: string): string {
  const found = /^(\d{1,2})(?:[:.,\s-]*(\d{1,2}))?$/.exec(text.trim().replace(/^(\d)(\d\d)$/, '$1:$2'));
  const [hours = '', minutes = '0'] = found?.slice(1) ?? [];
  const time = `${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}`;
  return found && minutesOf(time) !== null ? time : text.trim();
}

/** Minutes since midnight, up to 24:00; null: no time. */
function minutesOf(time: string): number | null {
  const [, hours = '', minutes = ''] = /^(\d{2}):(\d{2})$/.exec(time) ?? [];
  const sum = Number(hours) * 60 + Number(minutes);
  return hours !== '' && Number(minutes) < 60 && sum <= 1_440 ? sum : null;
}

/** What is wrong with a day's intervals: a time that is none, an end before its start, one interval into the next. */
export function hoursFault(hours: readonly IntervalView[]): 'time' | 'order' | 'overlap' | null {
  let last = -1;
  for (const { from, to } of hours) {
    const [start, end] = [minutesOf(from), minutesOf(to)];
    if (start === null || end === null) return 'time';
    if (end <= start) return 'order';
    if (start <= last) return 'overlap';
    last = end;
  }
  return null;
}

export function weekFault(week: WeekView): 'time' | 'order' | 'overlap' | 'noWork' | null {
  for (const day of week) {
    const fault = hoursFault(day.hours);
    if (fault) return fault;
  }
  return week.every((day) => day.hours.length === 0) ? 'noWork' : null;
}

export function workedMinutes({ hours }: DayHoursView): number {
  return hours.reduce((sum, { from, to }) => sum + (minutesOf(to) ?? 0) - (minutesOf(from) ?? 0), 0);
}

/** "09:00–13:00, 14:00–18:00" */
export function hoursWords(hours: readonly IntervalView[]): string {
  return hours.map(({ from, to }) => `${from}–${to}`).join(', ');
}

/** Room for one more: an hour after the last one ends, as long as the day lasts. */
export function withInterval(hours: readonly IntervalView[]): readonly IntervalView[] {
  const last = hours.at(-1);
  if (!last) return USUAL_HOURS;
  const end = minutesOf(last.to) ?? 1_080;
  const start = Math.min(end + 60, 1_380);
  const write = (minutes: number): string =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  return [...hours, { from: write(start), to: write(Math.min(start + 120, 1_440)) }];
}

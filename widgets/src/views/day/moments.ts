/** Moments that are offered instead of a calendar: three taps are all that an answer may cost. */
export const moments = ['today', 'tomorrow', 'inThreeDays', 'inAWeek'] as const;

export type Moment = (typeof moments)[number];

const DAYS: Readonly<Record<Moment, number>> = { today: 0, tomorrow: 1, inThreeDays: 3, inAWeek: 7 };
const EVENING_HOUR = 18;

/** The end of that working day where the browser is; for "today" at least an hour from now. */
export function instantOf(moment: Moment, now: Date): string {
  const at = new Date(now);
  at.setDate(at.getDate() + DAYS[moment]);
  at.setHours(EVENING_HOUR, 0, 0, 0);
  const soonest = now.getTime() + 3_600_000;
  return new Date(Math.max(at.getTime(), soonest)).toISOString();
}

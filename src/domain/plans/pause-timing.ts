import { timeOfDayOf, workingDaysBetween } from '../calendar/away.js';
import { addWorking, nextWorkingMoment, workingMinutesBetween } from '../calendar/working-time.js';
import type { Schedule, WorkAmount } from '../calendar/work-calendar.types.js';
import type { Instant } from '../crm/time.js';
import type { PastPause } from './plan.types.js';

export interface CountedDeadline {
  /** The deadline as if there had been no pause. */
  readonly due: Instant;
  readonly anchor: Instant;
  readonly readyAt: Instant;
  readonly by: WorkAmount;
  /** A date that somebody named: a pause does not move it, unless it lies inside. */
  readonly isDate: boolean;
  readonly schedule: Schedule;
}

const AN_HOUR = 60;
const A_WORKING_DAY: WorkAmount = { amount: 1, unit: 'workingDays' };

/**
 * The deadline after pauses, by their beginning. What was left of it when a pause began is left when the pause ends;
 * what was overdue before it, or became possible only in it, gets its whole time anew. Nothing is overdue in the
 * minute in which work goes on.
 */
export function afterPauses(count: CountedDeadline, pauses: readonly PastPause[]): Instant {
  const { anchor, by, isDate, schedule } = count;
  let { due, readyAt } = count;
  let countedFrom = isDate ? readyAt : Math.max(anchor, readyAt);
  for (const pause of pauses) {
    if (pause.until <= countedFrom) continue;
    if (isDate) due = due <= pause.until ? addWorking(pause.until, A_WORKING_DAY, schedule) : due;
    else if (pause.since <= countedFrom || due <= pause.since) due = anew(pause.until, by, schedule);
    else due = rest(due, pause, by, schedule);
    readyAt = Math.max(readyAt, pause.until);
    countedFrom = pause.until;
  }
  if (due >= readyAt) return due;
  return by.amount > 0 ? addWorking(readyAt, by, schedule) : nextWorkingMoment(readyAt, schedule);
}

function anew(from: Instant, by: WorkAmount, schedule: Schedule): Instant {
  return addWorking(from, by.amount > 0 ? by : A_WORKING_DAY, schedule);
}

/** What was left, and an hour of work at least (or the whole norm, if it is shorter): seconds would be no time at all. */
function rest(due: Instant, pause: PastPause, by: WorkAmount, schedule: Schedule): Instant {
  const { since, until } = pause;
  if (by.unit === 'workingHours' || by.unit === 'workingMinutes') {
    const norm = by.unit === 'workingHours' ? by.amount * AN_HOUR : by.amount;
    const left = workingMinutesBetween(since, due, schedule);
    return addWorking(until, minutes(Math.max(left, Math.min(norm, AN_HOUR))), schedule);
  }
  const amount = workingDaysBetween(since, due, schedule);
  const timeOfDay = timeOfDayOf(due, schedule.timeZone);
  const shifted = addWorking(until, { amount, unit: 'workingDays', timeOfDay }, schedule);
  return Math.max(shifted, addWorking(until, minutes(AN_HOUR), schedule));
}

function minutes(amount: number): WorkAmount {
  return { amount, unit: 'workingMinutes' };
}

import type { Schedule } from '../calendar/work-calendar.types.js';
import { addWorking, nextWorkingMoment, workingMinutesBetween } from '../calendar/working-time.js';
import type { Instant } from '../crm/time.js';

/** Nobody is pushed twice within it, whoever pushes. */
export const COOL_DOWN_MS = 3_600_000;
const MS_PER_MINUTE = 60_000;

/** Working hours of the asked person after the delivery: the product's ladder for what is wanted now. */
const REPEAT_AFTER = 2;
const ESCALATE_AFTER = [4, 8] as const;
/** The head, then the head's head. */
export const TOP_LEVEL = ESCALATE_AFTER.length;

export type PushState = 'waiting' | 'escalated' | 'answered' | 'withdrawn';

/** How far an unanswered push has gone. */
export interface PushStanding {
  readonly deliverAt: Instant;
  readonly repeats: number;
  /** 0: only the person was told, 1: the head, 2: the head's head. */
  readonly level: number;
}

export type PushNext =
  | { readonly kind: 'repeat'; readonly at: Instant }
  | { readonly kind: 'escalate'; readonly level: number; readonly at: Instant };

/** What happens to the push next unless it is answered; null: the ladder is at its end. */
export function nextOfPush(push: PushStanding, schedule: Schedule): PushNext | null {
  if (push.repeats === 0) return { kind: 'repeat', at: afterHours(push.deliverAt, REPEAT_AFTER, schedule) };
  const hours = ESCALATE_AFTER[push.level];
  if (hours === undefined) return null;
  return { kind: 'escalate', level: push.level + 1, at: afterHours(push.deliverAt, hours, schedule) };
}

/** Until when an answer is expected before the push repeats. */
export function answerByOf(deliverAt: Instant, schedule: Schedule): Instant {
  return afterHours(deliverAt, REPEAT_AFTER, schedule);
}

/**
 * When a push may reach the person: inside working time, and not within the cool-down of the last one. A later one that
 * still waits to be delivered is joined: its moment is returned.
 */
export function deliveryMoment(now: Instant, lastAt: Instant | null, schedule: Schedule): Instant {
  if (lastAt !== null && lastAt > now) return lastAt;
  const cooled = lastAt === null ? now : Math.max(now, lastAt + COOL_DOWN_MS);
  return nextWorkingMoment(cooled, schedule);
}

/** Working minutes of the person from the delivery to the answer; zero when it was answered before. */
export function responseMinutes(deliverAt: Instant, answeredAt: Instant, schedule: Schedule): number {
  return Math.max(0, Math.round(workingMinutesBetween(deliverAt, answeredAt, schedule)));
}

function afterHours(start: Instant, hours: number, schedule: Schedule): Instant {
  const at = addWorking(start, { amount: hours, unit: 'workingHours' }, schedule);
  return Math.max(at, start + MS_PER_MINUTE);
}

import { isAway, localDay, withoutAbsences } from '../calendar/away.js';
import type { Schedule } from '../calendar/work-calendar.types.js';
import { nextWorkingMoment } from '../calendar/working-time.js';
import { headOf, type Structure } from '../crm/rights.js';
import type { Instant } from '../crm/time.js';

/** The company's people as far as telling them something needs it. */
export interface Crew {
  readonly structure: Structure;
  /** Of people who still work here. */
  readonly activeIds: ReadonlySet<string>;
  readonly schedules: ReadonlyMap<string, Schedule>;
  readonly fallback: Schedule;
  /** Who stands in for whom, by days, both included. */
  readonly deputies: ReadonlyMap<
    string,
    readonly { readonly from: string; readonly to: string; readonly userId: string }[]
  >;
}

/** Somebody who can be told, and the first moment at which that is decent: inside the person's own working time. */
export interface Reached {
  readonly userId: string;
  readonly at: Instant;
}

export function scheduleOf(crew: Crew, userId: string): Schedule {
  return crew.schedules.get(userId) ?? crew.fallback;
}

/** Whether the person works here and is not absent on the day of the instant. Days off are no absence. */
export function isPresent(crew: Crew, userId: string, now: Instant): boolean {
  return crew.activeIds.has(userId) && !isAway(now, scheduleOf(crew, userId));
}

/** The nearest head above the person who works here; null when there is none. */
export function workingHeadOf(crew: Crew, userId: string): string | null {
  const seen = new Set([userId]);
  let head = headOf(userId, crew.structure);
  while (head !== null && !seen.has(head)) {
    if (crew.activeIds.has(head)) return head;
    seen.add(head);
    head = headOf(head, crew.structure);
  }
  return null;
}

/** Who stands in for the absent person on that day: present deputies only. */
export function deputyOf(crew: Crew, userId: string, now: Instant): string | null {
  const day = localDay(now, scheduleOf(crew, userId).timeZone);
  const deputies = crew.deputies.get(userId) ?? [];
  return (
    deputies.find(({ from, to, userId: id }) => from <= day && day <= to && isPresent(crew, id, now))
      ?.userId ?? null
  );
}

/**
 * Whom to tell instead of bothering an absent person: the person when present, else the deputy, else the head, else the
 * person again on the first working moment after the absence. Presence is that of the moment at which it would be told:
 * what comes on the eve of a vacation is not kept until its end. Null: the person left and nobody is above.
 */
export function reach(crew: Crew, userId: string, now: Instant): Reached | null {
  const at = nextWorkingMoment(now, withoutAbsences(scheduleOf(crew, userId)));
  const here = isPresent(crew, userId, at) ? userId : standIn(crew, userId, at);
  if (here !== null) return { userId: here, at: nextWorkingMoment(now, scheduleOf(crew, here)) };
  if (!crew.activeIds.has(userId)) return null;
  return { userId, at: nextWorkingMoment(now, scheduleOf(crew, userId)) };
}

function standIn(crew: Crew, userId: string, now: Instant): string | null {
  const deputy = deputyOf(crew, userId, now);
  if (deputy !== null) return deputy;
  const head = workingHeadOf(crew, userId);
  return head !== null && isPresent(crew, head, now) ? head : null;
}

import { endOfDay, localDay, startOfDay, withoutAbsences } from '../calendar/away.js';
import type { Schedule } from '../calendar/work-calendar.types.js';
import type { Instant } from '../crm/time.js';
import type { NoteCode, PlanPeople } from './plan.types.js';
import type { StepOwner } from './step-owner.js';
import type { StepTiming } from './step-timing.js';

/** Who has the step, and by when. */
export interface Assignment {
  readonly ownerId: string | null;
  readonly notes: readonly NoteCode[];
  readonly timing: StepTiming;
  /** Whose absences decide who has it; null when no absence does. */
  readonly standsFor: string | null;
}

type Timed = (schedule: Schedule) => StepTiming;

/** Deputies may have deputies; three are followed, and never in a circle. */
const MAX_DEPUTIES = 3;

/**
 * The owner with the deadline in his working time. Who is away on the day that counts (the deadline's, or today when
 * that is later) is stood in for by the deputy of that day; without one the deadline waits for the return, for the
 * absence lies in the owner's calendar. A person chosen by hand is not replaced.
 */
export function assign(owner: StepOwner, people: PlanPeople, now: Instant, timed: Timed): Assignment {
  const { ownerId, notes } = owner;
  if (ownerId === null) return { ownerId, notes, timing: timed(people.fallback), standsFor: null };
  const schedule = scheduleOf(ownerId, people);
  const byHand = notes.includes('ownerByHand') || notes.includes('taken');
  const deputies = byHand ? [] : (people.deputies?.get(ownerId) ?? []);
  if (deputies.length === 0) return { ownerId, notes, timing: timed(schedule), standsFor: null };
  const wanted = timed(withoutAbsences(schedule)).dueAt;
  const deputy = standIn(ownerId, Math.max(wanted ?? now, now), people);
  if (deputy === null) return { ownerId, notes, timing: timed(schedule), standsFor: ownerId };
  return {
    ownerId: deputy,
    notes: [...notes, 'deputy'],
    timing: timed(scheduleOf(deputy, people)),
    standsFor: ownerId,
  };
}

function scheduleOf(userId: string | null, people: PlanPeople): Schedule {
  return (userId === null ? undefined : people.schedules.get(userId)) ?? people.fallback;
}

/** Who stands in at that moment; null: nobody, or nobody has to. */
function standIn(userId: string, at: Instant, people: PlanPeople): string | null {
  const seen = new Set([userId]);
  let present: string | null = null;
  let asked = userId;
  for (let rounds = 0; rounds < MAX_DEPUTIES; rounds += 1) {
    const day = localDay(at, scheduleOf(asked, people).timeZone);
    const next = (people.deputies?.get(asked) ?? []).find(
      ({ from, to, userId: id }) => from <= day && day <= to && !seen.has(id) && !people.inactive.has(id),
    );
    if (!next) return present;
    seen.add(next.userId);
    present = next.userId;
    asked = next.userId;
  }
  return present;
}

/** When somebody's next absence with a deputy begins or ends: the step may then have another owner. */
export function nextChange(userId: string, people: PlanPeople, now: Instant): Instant | null {
  const { timeZone } = scheduleOf(userId, people);
  const turns = (people.deputies?.get(userId) ?? [])
    .flatMap(({ from, to }) => [startOfDay(from, timeZone), endOfDay(to, timeZone)])
    .filter((at) => at !== null && at > now)
    .map(Number);
  return turns.length === 0 ? null : Math.min(...turns);
}

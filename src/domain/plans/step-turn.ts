import { isAway } from '../calendar/away.js';
import type { Instant } from '../crm/time.js';
import type { PlanPeople } from './plan.types.js';

export interface Turn {
  readonly userId: string;
  /** By how much the group's count grows. */
  readonly advance: number;
}

/** Turns that this decision has taken so far, on top of each group's own count. */
export type TurnBook = Map<string, number>;

/**
 * Takes the next turn of a group and writes it into the book. Dismissed members are passed over, and so is who is away
 * now or on the day that matters (`dueAt`) while anybody else is there. Null when nobody works in the group.
 */
export function takeTurn(
  group: string,
  people: PlanPeople,
  book: TurnBook,
  moments: { readonly now: Instant; readonly dueAt: Instant | null },
): Turn | null {
  const found = people.groups?.get(group);
  if (!found || found.members.length === 0) return null;
  const { members } = found;
  const start = found.turns + (book.get(group) ?? 0);
  const round = members.map((_, step) => ({
    userId: members[positive(start + step, members.length)] ?? '',
    advance: step + 1,
  }));
  const working = round.filter(({ userId }) => userId !== '' && !people.inactive.has(userId));
  const turn = working.find(({ userId }) => isThere(userId, people, moments)) ?? working[0];
  if (!turn) return null;
  book.set(group, (book.get(group) ?? 0) + turn.advance);
  return turn;
}

function isThere(
  userId: string,
  people: PlanPeople,
  { now, dueAt }: { readonly now: Instant; readonly dueAt: Instant | null },
): boolean {
  const schedule = people.schedules.get(userId) ?? people.fallback;
  return !isAway(now, schedule) && (dueAt === null || !isAway(Math.max(dueAt, now), schedule));
}

function positive(value: number, size: number): number {
  return ((value % size) + size) % size;
}

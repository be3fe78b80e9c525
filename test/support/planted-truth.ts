import { ABSENCES, headOf, PEOPLE } from './planted-company.js';
import type { PlantedMonth } from './planted-month.js';
import type { Planted, PlantedRule } from './planted-script.js';
import { MINUTE, type Away, type Zone } from './planted-time.js';

/** Between a moment of the truth and its round: the simulation jumps from moment to moment, work takes real time. */
export const SOON = 3 * MINUTE;

type Role = 'seller' | 'head' | 'headsHead';

interface Rung {
  readonly to: Role;
  readonly minutes?: number;
  readonly days?: number;
  readonly task?: true;
}

/** Whom a rule tells, as the product's owner wrote it down. */
interface Manner {
  readonly to: readonly Role[];
  /** At once; else with the next morning's digest. */
  readonly atOnce: boolean;
  readonly ladder: readonly Rung[];
}

const SELLER = { to: ['seller'], atOnce: false, ladder: [] } as const;
const BOTH = { ...SELLER, to: ['seller', 'head'] } as const;
const HEAD_ONLY = { ...SELLER, to: ['head'] } as const;

export const MANNERS: Readonly<Record<PlantedRule, Manner>> = {
  firstContactLate: {
    ...{ to: ['seller'], atOnce: true },
    ladder: [
      { to: 'seller', minutes: 15, task: true },
      { to: 'head', minutes: 15 },
    ],
  },
  noPlanAfterAcceptance: { to: ['seller'], atOnce: true, ladder: [{ to: 'head', minutes: 90 }] },
  planEndsEarly: SELLER,
  noNextStep: { ...SELLER, ladder: [{ to: 'head', days: 1 }] },
  stepOverdue: {
    ...SELLER,
    ladder: [
      { to: 'seller', days: 1 },
      { to: 'head', days: 2 },
      { to: 'headsHead', days: 3 },
    ],
  },
  nextStepTooFar: SELLER,
  idle: { ...SELLER, ladder: [{ to: 'head', days: 2 }] },
  stuck: { ...SELLER, ladder: [{ to: 'head', days: 3 }] },
  dormant: BOTH,
  clientDatePassed: { ...SELLER, ladder: [{ to: 'head', days: 1 }] },
  movedWithOpenSteps: BOTH,
  lostWithoutReason: BOTH,
  unsortedWaiting: { ...BOTH, atOnce: true },
  tooFewTouches: BOTH,
  putOffAgain: { ...HEAD_ONLY, atOnce: true },
  sellerOverloaded: HEAD_ONLY,
  tooFewNearClosing: HEAD_ONLY,
  topEmpty: HEAD_ONLY,
};

/** Somebody who has to hear of it: from when on that is decent, and by when it has to have happened. */
export interface Hearing {
  readonly level: number;
  readonly userId: number;
  readonly from: number;
  readonly by: number;
  readonly manner: 'instant' | 'digest' | 'task';
}

export function zoneOf(userId: number): Zone {
  return PEOPLE[userId]?.zone ?? 'Europe/Moscow';
}

export function awayOf(userId: number): Away {
  return (day) => ABSENCES.some((one) => one.userId === userId && one.from <= day && day <= one.to);
}

function isPresent(month: PlantedMonth, userId: number, at: number): boolean {
  return !awayOf(userId)(month.office.dayOf(at, zoneOf(userId)));
}

/** Whether somebody may be spoken to then; what leaves at the last minute of the day arrives in the next one. */
export function isDecent(month: PlantedMonth, userId: number, at: number): boolean {
  const zone = zoneOf(userId);
  const works = month.office.isWorking(at, zone) || month.office.isWorking(at - MINUTE, zone);
  return works && isPresent(month, userId, at);
}

/** The person when there, else the deputy, else the head, else the person again when back. */
function reached(month: PlantedMonth, userId: number, at: number): { userId: number; from: number } {
  const { office } = month;
  const zone = zoneOf(userId);
  const moment = office.next(at, zone);
  const there = (id: number | null): id is number => id !== null && isPresent(month, id, moment);
  if (there(userId)) return { userId, from: moment };
  const day = office.dayOf(moment, zone);
  const absence = ABSENCES.find((one) => one.userId === userId && one.from <= day && day <= one.to);
  const standIn = [absence?.deputyId ?? null, headOf(userId)].find(there);
  if (standIn !== undefined)
    return { userId: standIn, from: office.next(at, zoneOf(standIn), awayOf(standIn)) };
  return { userId, from: office.next(at, zone, awayOf(userId)) };
}

function personOf(role: Role, ownerId: number): number | null {
  if (role === 'seller') return ownerId;
  const head = headOf(ownerId);
  return role === 'head' || head === null ? head : headOf(head);
}

function hearing(
  month: PlantedMonth,
  level: number,
  { userId, from }: { readonly userId: number; readonly from: number },
  manner: Hearing['manner'],
): Hearing {
  const morning = month.office.nextMorning(from, zoneOf(userId), awayOf(userId));
  return { level, userId, from, by: manner === 'digest' ? morning : from, manner };
}

/** Everybody who has to hear of it while it is so, and up to which rung it climbs. */
export function hearingsOf(month: PlantedMonth, one: Planted, foundAt: number): readonly Hearing[] {
  const { to, atOnce, ladder } = MANNERS[one.rule];
  const manner = atOnce ? 'instant' : 'digest';
  const people = new Map<number, Hearing>();
  for (const role of to) {
    const person = personOf(role, one.ownerId);
    const found = person === null ? null : reached(month, person, foundAt);
    if (found && !people.has(found.userId)) people.set(found.userId, hearing(month, 0, found, manner));
  }
  const told = [...people.values()];
  const [first] = told;
  if (!first) return [];
  const rungs = ladder.flatMap((rung, place): readonly Hearing[] => {
    const at = rungAt(month, rung, first);
    const person = personOf(rung.to, one.ownerId);
    if (person === null) return [];
    return [hearing(month, place + 1, reached(month, person, at), rung.task ? 'task' : manner)];
  });
  return [...told, ...rungs];
}

function rungAt(month: PlantedMonth, { minutes, days }: Rung, { from, userId }: Hearing): number {
  const { office } = month;
  const zone = zoneOf(userId);
  const away = awayOf(userId);
  return days === undefined
    ? office.plus(from, minutes ?? 0, zone, away)
    : office.plusDays(from, days, zone, away);
}

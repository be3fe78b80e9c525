import type { Instant } from '../crm/time.js';
import type { FailureCause } from '../plans/plan.types.js';

/** What a person's day consists of: steps that are due, questions of the head, dates agreed with clients. */
export type DayThingKind = 'step' | 'push' | 'clientDate';

/** What the facts outside the day say of a thing. */
export type ThingFate =
  | { readonly kind: 'open' }
  | { readonly kind: 'done'; readonly at: Instant }
  | {
      readonly kind: 'failed';
      readonly at: Instant;
      readonly reason: string;
      readonly cause: FailureCause | null;
    }
  /** The plan cancelled it, the deal was closed, the question was taken back: nothing is left of it. */
  | { readonly kind: 'gone' };

export interface DayThing {
  readonly kind: DayThingKind;
  readonly dueAt: Instant | null;
  readonly fate: ThingFate;
  /** Why its date was moved outside the day; null: nothing is said. */
  readonly movedBecause: string | null;
}

/** What the day itself knows of a thing. */
export interface DayRecord {
  readonly kind: 'planned' | 'done' | 'notDone' | 'moved' | 'unexplained';
  readonly reason: string | null;
  readonly cause: FailureCause | null;
  readonly until: Instant | null;
}

export type ItemState = 'open' | 'done' | 'notDone' | 'moved';

export interface ItemStanding {
  readonly state: ItemState;
  /** Settled in the CRM or in the plan, not in the day. */
  readonly elsewhere: boolean;
  readonly reason: string | null;
  readonly cause: FailureCause | null;
  readonly until: Instant | null;
}

const OPEN: ItemStanding = { state: 'open', elsewhere: false, reason: null, cause: null, until: null };

/**
 * How a thing stands on the day that lies between the two midnights; null: it is no part of that day. Facts come before
 * what was said in the day, except that a promise of the day (moved, not done) explains what the facts leave open.
 */
export function standingOf(
  thing: DayThing,
  record: DayRecord | null,
  day: { readonly startsAt: Instant; readonly endsAt: Instant },
): ItemStanding | null {
  const { fate } = thing;
  if (isFinished(fate)) {
    if (fate.at < day.startsAt) return null;
    if (fate.at < day.endsAt) return finished(fate, record);
  }
  if (fate.kind === 'gone') return record && record.kind !== 'planned' ? said(record) : null;
  const isDue = thing.dueAt !== null && thing.dueAt < day.endsAt;
  if (record === null) return isDue ? OPEN : null;
  if (record.kind === 'notDone' || record.kind === 'moved') return said(record);
  // What was done after the day was open on it.
  if (isDue || fate.kind !== 'open') return OPEN;
  return { ...OPEN, state: 'moved', elsewhere: true, reason: thing.movedBecause, until: thing.dueAt };
}

type FinishedFate = Extract<ThingFate, { readonly kind: 'done' | 'failed' }>;

function isFinished(fate: ThingFate): fate is FinishedFate {
  return fate.kind === 'done' || fate.kind === 'failed';
}

function finished(fate: FinishedFate, record: DayRecord | null): ItemStanding {
  const elsewhere = record?.kind !== 'done' && record?.kind !== 'notDone';
  if (fate.kind === 'done') return { ...OPEN, state: 'done', elsewhere: record?.kind !== 'done' };
  const cause = fate.cause ?? record?.cause ?? null;
  return { ...OPEN, state: 'notDone', elsewhere, reason: fate.reason, cause };
}

function said({ kind, reason, cause, until }: DayRecord): ItemStanding {
  const state = kind === 'done' || kind === 'notDone' || kind === 'moved' ? kind : 'open';
  return { state, elsewhere: false, reason, cause, until };
}

/** What the head reads of a day: every thing of it is counted once. */
export interface DayFigures {
  readonly planned: number;
  readonly done: number;
  readonly notDone: number;
  readonly moved: number;
  /** Open, and nothing is said of it. */
  readonly unexplained: number;
}

export const NOTHING: DayFigures = { planned: 0, done: 0, notDone: 0, moved: 0, unexplained: 0 };

export function tally(states: readonly ItemState[]): DayFigures {
  const count = (state: ItemState): number => states.filter((one) => one === state).length;
  return {
    planned: states.length,
    done: count('done'),
    notDone: count('notDone'),
    moved: count('moved'),
    unexplained: count('open'),
  };
}

export function sumOf(all: readonly DayFigures[]): DayFigures {
  return all.reduce(
    (sum, one) => ({
      planned: sum.planned + one.planned,
      done: sum.done + one.done,
      notDone: sum.notDone + one.notDone,
      moved: sum.moved + one.moved,
      unexplained: sum.unexplained + one.unexplained,
    }),
    NOTHING,
  );
}

/** Below it nothing is said of a share (product default). */
const ENOUGH = 30;
/** A day of fewer things says nothing about a person. */
const FEW = 4;
const APART = 0.25;

/** Of what was planned; null: too few to say. */
export function doneShareOf({ planned, done }: DayFigures): number | null {
  return planned < ENOUGH ? null : done / planned;
}

/** Whether a day falls clearly below or above what the person usually gets done; null: as usual, or too few to say. */
export function deviationOf(day: DayFigures, usual: DayFigures): 'less' | 'more' | null {
  const share = doneShareOf(usual);
  if (share === null || day.planned < FEW) return null;
  const apart = day.done / day.planned - share;
  return apart <= -APART ? 'less' : apart >= APART ? 'more' : null;
}

/** What decides where a thing stands in the list. */
export interface Hurting {
  readonly kind: DayThingKind;
  readonly id: string;
  readonly state: ItemState;
  readonly dueAt: Instant | null;
  /** Decimal text; null where the host has none. */
  readonly amount: string | null;
  /** A time of day was agreed: an appointment. */
  readonly timed: boolean;
  /** The seller put the deal behind the others. */
  readonly lowered: boolean;
  /** A question that went up already. */
  readonly escalated: boolean;
}

const DAY_MS = 86_400_000;

/**
 * What hurts most first: questions that wait (those that went up before others), dates promised to clients, appointments
 * of today by the clock, then steps by days late times amount; deals put behind, and what is settled, come last. A total
 * order: equal ones go by their deadline and name.
 */
export function compareHurt(a: Hurting, b: Hurting, now: Instant): number {
  return (
    order(rankOf(a, now), rankOf(b, now)) ||
    order(painOf(b, now), painOf(a, now)) ||
    order(a.dueAt ?? Number.POSITIVE_INFINITY, b.dueAt ?? Number.POSITIVE_INFINITY) ||
    order(a.id, b.id)
  );
}

function order<T extends number | string>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(thing: Hurting, now: Instant): number {
  if (thing.state !== 'open') return 9;
  if (thing.kind === 'push') return thing.escalated ? 0 : 1;
  if (thing.lowered) return 8;
  if (thing.kind === 'clientDate') return 2;
  if (thing.timed && thing.dueAt !== null && thing.dueAt >= now) return 3;
  return 4;
}

/** Days late, at least a part of one, times the amount; nothing for what has an order of its own. */
function painOf({ kind, dueAt, amount, timed, state }: Hurting, now: Instant): number {
  if (state !== 'open' || kind === 'push' || dueAt === null || (timed && dueAt >= now)) return 0;
  const late = Math.max(0, Math.floor((now - dueAt) / DAY_MS));
  return (late + 1) * Math.max(1, Number(amount ?? 0) || 0);
}

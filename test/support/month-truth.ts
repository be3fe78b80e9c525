import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import type { Schedule } from '../../src/domain/calendar/work-calendar.types.js';
import { addWorking, isWorkingMoment, nextWorkingMoment } from '../../src/domain/calendar/working-time.js';
import { ABSENCES, DAY, HEAD, HOUR, isPresent, MINUTE } from './month-company.js';
import type { AlertRow, MonthLedger, TellingRow } from './month-ledger.js';
import type { Fact, LivedMonth } from './month-run.js';

/** Of the company as it was planted; who is absent is told apart by the script. */
export const COMPANY_TIME: Schedule = { timeZone: 'Europe/Moscow', calendar: standardCalendar('RU') };
const IDLE_DAYS = [7, 14, 21] as const;
const FIRST_CONTACT_MINUTES = 15;

/** Something that a seller left undone, by what people did and by nothing that the product says. */
export interface Omission {
  readonly rule: 'idle' | 'firstContactLate';
  readonly deal: number;
  readonly ownerId: number;
  readonly at: number;
  /** When somebody did something after all; null: never. */
  readonly until: number | null;
  /** Who is to hear of it, and from when on that is decent. */
  readonly personId: number;
  readonly tellAt: number;
}

export function omissionsOf(lived: LivedMonth): readonly Omission[] {
  const { month, since, facts } = lived;
  return month.deals.flatMap(({ number, ownerId }) => {
    const own = facts.get(number) ?? [];
    return [...idleOf(own), ...lateOf(own)]
      .filter(({ at }) => at >= since && at < month.end)
      .map(({ rule, at, until }) => ({
        ...{ rule, at, until, deal: number, ownerId },
        ...whoHears(ownerId, at, month.start),
      }));
  });
}

type Bare = Pick<Omission, 'rule' | 'at' | 'until'>;

function idleOf(facts: readonly Fact[]): readonly Bare[] {
  let place = 0;
  return facts.flatMap((fact, index): readonly Bare[] => {
    if (fact.kind === 'won' || fact.kind === 'lost') return [];
    if (fact.kind === 'moved') place += 1;
    const at = fact.at + (IDLE_DAYS[place] ?? 21) * DAY;
    const until = facts[index + 1]?.at ?? null;
    return until === null || at < until ? [{ rule: 'idle', at, until }] : [];
  });
}

function lateOf([created, next]: readonly Fact[]): readonly Bare[] {
  if (created?.kind !== 'created') return [];
  const late = { amount: FIRST_CONTACT_MINUTES, unit: 'workingMinutes' } as const;
  const at = addWorking(created.at, late, COMPANY_TIME);
  const until = next?.at ?? null;
  return until === null || at < until ? [{ rule: 'firstContactLate', at, until }] : [];
}

/** The seller; while the seller is away the deputy, else the head, else the seller again afterwards. */
function whoHears(
  ownerId: number,
  at: number,
  start: number,
): { readonly personId: number; readonly tellAt: number } {
  const tellAt = nextWorkingMoment(at, COMPANY_TIME);
  if (isPresent(ownerId, start, tellAt)) return { personId: ownerId, tellAt };
  const day = Math.floor((tellAt - start) / DAY);
  const absence = ABSENCES.find((one) => one.userId === ownerId && one.from <= day && day <= one.to);
  const deputyId = absence?.deputyId ?? null;
  if (deputyId !== null && isPresent(deputyId, start, tellAt)) return { personId: deputyId, tellAt };
  if (isPresent(HEAD, start, tellAt)) return { personId: HEAD, tellAt };
  let back = tellAt;
  while (!isPresent(ownerId, start, back)) back = nextWorkingMoment(back + DAY, COMPANY_TIME);
  return { personId: ownerId, tellAt: back };
}

/** Whether somebody may be spoken to then; what leaves at the last minute of the day arrives in the next one. */
export function isDecent(userId: number, at: number, start: number): boolean {
  return (
    isPresent(userId, start, at) &&
    (isWorkingMoment(at, COMPANY_TIME) || isWorkingMoment(at - MINUTE, COMPANY_TIME))
  );
}

/** Between a moment of the truth and its round: the simulation jumps from moment to moment, work takes real time. */
export const SOON = 3 * MINUTE;

/** What the product found of this omission: one row, if it does what it should. */
export function alertsOf(ledger: MonthLedger, one: Omission): readonly AlertRow[] {
  return ledger.alerts.filter(
    ({ rule, deal, at }) => rule === one.rule && deal === one.deal && Math.abs(at - one.at) < SOON,
  );
}

export function sentAtOnce(ledger: MonthLedger): readonly TellingRow[] {
  return ledger.tellings.filter((one) => one.sentAt !== null && one.delivery === 'instant');
}

/** The day in Moscow, `YYYY-MM-DD`. */
export function dayOf(at: number): string {
  return new Date(at + 3 * HOUR).toISOString().slice(0, 10);
}

/** The most of them that one person got within one day or week. */
export function mostOf(tellings: readonly TellingRow[], part: (at: number) => string): number {
  const groups = Map.groupBy(tellings, (one) => `${one.userId} ${part(one.sentAt ?? 0)}`);
  return Math.max(0, ...[...groups.values()].map((all) => all.length));
}

/** The same in numbers, for the benchmark. */
export function judge(lived: LivedMonth, ledger: MonthLedger): Readonly<Record<string, number>> {
  const { start } = lived.month;
  const truth = omissionsOf(lived);
  const found = truth.filter((one) => alertsOf(ledger, one).length === 1).length;
  const { notified } = ledger.actions;
  return {
    omissions: truth.length,
    missedOrInvented: truth.length - found + Math.abs(ledger.alerts.length - truth.length),
    notifications: ledger.notifications.length,
    indecent: ledger.notifications.filter(({ userId, at }) => !isDecent(userId, at, start)).length,
    twice: notified.shown - notified.done,
    pushes: ledger.pushes.length,
    instantsOfOneDay: mostOf(sentAtOnce(ledger), dayOf),
    instantsOfOneWeek: mostOf(sentAtOnce(ledger), (at) => String(Math.floor((at - start) / (7 * DAY)))),
  };
}

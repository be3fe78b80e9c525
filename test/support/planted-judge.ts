import { headOf, PEOPLE } from './planted-company.js';
import {
  matched,
  type FoundAlert,
  type PlantedLedger,
  type PushRow,
  type Telling,
} from './planted-ledger.js';
import type { LivedPlanted, PlantedPush } from './planted-run.js';
import type { Planted } from './planted-script.js';
import { DAY, HOUR, MINUTE } from './planted-time.js';
import { awayOf, hearingsOf, isDecent, SOON, zoneOf, type Hearing } from './planted-truth.js';

export const BUDGET = 5;
/** How near to a limit nothing is said of what has to have happened: the simulation works in real time. */
const CLOSE = 15 * MINUTE;
const UNTOLD = { sentAt: null, delivery: '' };
/** Working minutes: both sides round. */
const ROUNDED = 2;

/** What is wrong with a month that was lived through, each fault in words; all empty where nothing is. */
export interface PlantedVerdict {
  readonly missed: readonly string[];
  readonly invented: readonly string[];
  /** Somebody else, or at another time than was planted. */
  readonly wronglyTold: readonly string[];
  /** To somebody absent, at night, at the weekend, in the holidays. */
  readonly indecent: readonly string[];
  readonly overBudget: readonly string[];
  readonly twice: readonly string[];
  /** Neither answered nor taken up, or counted wrongly. */
  readonly pushes: readonly string[];
}

export function judge(lived: LivedPlanted, ledger: PlantedLedger): PlantedVerdict {
  return new Judge(lived, ledger).verdict();
}

/** How many instant alerts the person got on that day of his. */
export function instantsOf(
  { month }: LivedPlanted,
  ledger: PlantedLedger,
  userId: number,
  at: number,
): number {
  const zone = zoneOf(userId);
  const day = month.office.dayOf(at, zone);
  return instants(ledger).filter(
    (one) => one.userId === userId && month.office.dayOf(one.sentAt, zone) === day,
  ).length;
}

export function instants({ tellings }: PlantedLedger): readonly (Telling & { readonly sentAt: number })[] {
  return tellings.flatMap((one) =>
    one.delivery === 'instant' && one.sentAt !== null ? [{ ...one, sentAt: one.sentAt }] : [],
  );
}

/** Pushes that nobody of the script made: the product asks again when a promise was broken. */
export function askedAgain({ pushes }: LivedPlanted, ledger: PlantedLedger): readonly [string, PushRow][] {
  const made = new Set(pushes.map((push) => push.pushId));
  return [...ledger.pushes].filter(([pushId]) => !made.has(pushId));
}

class Judge {
  private readonly pairs: ReadonlyMap<Planted, FoundAlert>;
  private readonly invented: readonly FoundAlert[];

  constructor(
    private readonly lived: LivedPlanted,
    private readonly ledger: PlantedLedger,
  ) {
    ({ pairs: this.pairs, invented: this.invented } = matched(lived.month.script.planted, ledger.alerts));
  }

  verdict(): PlantedVerdict {
    const { planted } = this.lived.month.script;
    return {
      missed: planted.filter((one) => !this.pairs.has(one)).map((one) => this.named(one)),
      invented: this.invented.map((alert) => JSON.stringify({ ...alert, at: this.when(alert.at) })),
      wronglyTold: [...this.pairs].flatMap(([one, alert]) => this.toldOf(one, alert)),
      indecent: this.indecent(),
      overBudget: this.overBudget(),
      twice: this.twice(),
      pushes: [...this.lived.pushes.flatMap((push) => this.pushFaults(push)), ...this.brokenPromises()],
    };
  }

  private toldOf(one: Planted, alert: FoundAlert): readonly string[] {
    const tellings = this.ledger.tellings.filter((telling) => telling.alertId === alert.alertId);
    if (alert.heldOut)
      return tellings.length > 0 ? [`${this.named(one)}: told, although it is held out`] : [];
    const hearings = hearingsOf(this.lived.month, one, alert.at);
    const levels = [...Map.groupBy(hearings, (hearing) => hearing.level)];
    return levels.flatMap(([level, due]) => {
      const rows = tellings.filter((telling) => telling.level === level);
      const wrong = [
        ...this.wrongPeople(one, due, rows),
        ...due.flatMap((hearing) => this.wrongTime(one, hearing, rows)),
      ];
      return wrong.map((fault) => `${this.named(one)}, level ${level}: ${fault}`);
    });
  }

  /** Rungs are climbed while it is so, and not afterwards. */
  private wrongPeople(one: Planted, due: readonly Hearing[], rows: readonly Telling[]): readonly string[] {
    const climbsAt = Math.min(...due.map((hearing) => hearing.from));
    const level = due[0]?.level ?? 0;
    const wanted = peopleOf(due);
    const people = peopleOf(rows);
    const told = rows.filter((row) => row.sentAt !== null);
    // It may have climbed at night, for a morning that found it settled: then nobody heard of it.
    if (level > 0 && this.endOf(one) < climbsAt - CLOSE)
      return told.length > 0 ? [`told ${people} when it was over`] : [];
    return this.endOf(one) > climbsAt + CLOSE && people !== wanted
      ? [`told ${people} instead of ${wanted}`]
      : [];
  }

  private wrongTime(one: Planted, hearing: Hearing, rows: readonly Telling[]): readonly string[] {
    const { userId, from, manner } = hearing;
    const { sentAt, delivery } = rows.find((telling) => telling.userId === userId) ?? UNTOLD;
    const isOver = delivery === 'digest' && manner === 'instant';
    // Over the budget of the day: the next morning's digest says it, if it is still so.
    const by = isOver ? from + 2 * DAY : hearing.by;
    const who = `${nameOf(userId)} from ${this.when(from)}`;
    if (isOver && instantsOf(this.lived, this.ledger, userId, from) < BUDGET)
      return [`${who}: put off within the budget`];
    if (sentAt === null) return this.endOf(one) > by + CLOSE ? [`${who}: never told`] : [];
    if (this.endOf(one) < from - CLOSE) return [`${who}: told of what is over, ${this.when(sentAt)}`];
    return sentAt >= from - SOON && sentAt <= by + SOON ? [] : [`${who}: told ${this.when(sentAt)}`];
  }

  private indecent(): readonly string[] {
    const tasks = this.ledger.tellings.flatMap(({ delivery, sentAt, userId }) =>
      delivery === 'task' && sentAt !== null ? [{ userId, at: sentAt, text: 'a task' }] : [],
    );
    return [...this.ledger.notifications, ...tasks]
      .filter(({ userId, at }) => !isDecent(this.lived.month, userId, at))
      .map(({ userId, at, text }) => `${nameOf(userId)}, ${this.when(at)}: ${text}`);
  }

  private overBudget(): readonly string[] {
    const { office } = this.lived.month;
    const days = Map.groupBy(
      instants(this.ledger),
      ({ userId, sentAt }) => `${nameOf(userId)}, day ${office.dayOf(sentAt, zoneOf(userId))}`,
    );
    return [...days].flatMap(([day, all]) => (all.length > BUDGET ? [`${day}: ${all.length}`] : []));
  }

  private twice(): readonly string[] {
    const { counts, notifications, tellings } = this.ledger;
    const keys = Map.groupBy(tellings, (one) => `${one.alertId} ${one.level} ${one.userId}`);
    const shown =
      counts.shown === counts.done && notifications.length === counts.done
        ? []
        : [`shown ${counts.shown} times, ${notifications.length} of them different, wanted ${counts.done}`];
    return [...shown, ...[...keys].flatMap(([key, all]) => (all.length > 1 ? [key] : []))];
  }

  private pushFaults(push: PlantedPush): readonly string[] {
    const { pushId, asked, answeredAt } = push;
    const place = `${nameOf(push.ownerId)}, ${this.when(push.at)}`;
    if (pushId === null) return isDecent(this.lived.month, asked, push.at) ? [`${place}: refused`] : [];
    const stored = this.ledger.pushes.get(pushId);
    if (stored?.userId !== asked) return [`${place}: asked ${stored?.userId ?? 'nobody'}`];
    if (answeredAt === null) return this.ladderFaults(place, pushId, stored, push.at);
    if (stored.state !== 'answered') return [`${place}: ${stored.state}`];
    const minutes = this.lived.month.office.minutesBetween(push.at, answeredAt, zoneOf(asked));
    const isOff = Math.abs((stored.minutes ?? Number.NaN) - minutes) > ROUNDED;
    return isOff ? [`${place}: answered after ${minutes} minutes, counted ${stored.minutes ?? ''}`] : [];
  }

  /** Asked about again when its time was over, once, and taken up when nobody answers that. */
  private brokenPromises(): readonly string[] {
    const broken = this.lived.pushes.flatMap(({ answer, ownerId }) =>
      answer?.kind === 'willBeDone' ? [{ ownerId, until: answer.until }] : [],
    );
    const again = askedAgain(this.lived, this.ledger);
    if (again.length !== broken.length)
      return [`${broken.length} promises broken, ${again.length} asked about`];
    return broken.flatMap(({ ownerId, until }) => {
      const place = `the promise of ${nameOf(ownerId)}, ${this.when(until)}`;
      const found = again.find(([, push]) => push.userId === ownerId);
      return found ? this.ladderFaults(place, ...found, until) : [`${place}: not asked about`];
    });
  }

  /** After two working hours of the asked person, four and eight, within an hour: again, the head, the head's head. */
  private ladderFaults(place: string, pushId: string, stored: PushRow, at: number): readonly string[] {
    const { office } = this.lived.month;
    const { userId: asked } = stored;
    const zone = zoneOf(asked);
    const away = awayOf(asked);
    const head = headOf(asked);
    const ladder = [
      [0, 2, asked],
      [1, 4, head],
      [2, 8, head === null ? null : headOf(head)],
    ] as const;
    const wrong = ladder.flatMap(([level, hours, userId]) => {
      const moment = office.plus(office.next(at, zone, away), hours * 60, zone, away);
      const own = this.ledger.messages.filter((one) => one.pushId === pushId && one.level === level);
      const isThere = (one: { readonly userId: number; readonly at: number }): boolean =>
        one.userId === userId && one.at >= moment - SOON && one.at <= moment + HOUR + SOON;
      if (userId === null ? own.length === 0 : own.some(isThere)) return [];
      const said = own.map((one) => `${nameOf(one.userId)} ${this.when(one.at)}`).join('; ');
      const wanted = userId === null ? 'nobody' : `${nameOf(userId)} ${this.when(moment)}`;
      return [`${place}, level ${level}: ${said} instead of ${wanted}`];
    });
    const isUp = stored.state === 'escalated' && stored.level === 2;
    return isUp ? wrong : [`${place}: ${stored.state} ${stored.level}`, ...wrong];
  }

  private endOf({ until }: Planted): number {
    return Math.min(until ?? this.lived.month.end, this.lived.month.end);
  }

  private when(at: number): string {
    return `day ${Math.floor((at - this.lived.month.start) / DAY)} ${new Date(at).toISOString()}`;
  }

  private named({ rule, deal, ownerId, at }: Planted): string {
    const what = deal === null ? nameOf(ownerId) : this.lived.month.script.deals[deal - 1]?.name;
    return `${rule}, ${what ?? ''} ${deal ?? ''}, ${this.when(at)}`;
  }
}

function peopleOf(all: readonly { readonly userId: number }[]): string {
  return all
    .map((one) => one.userId)
    .toSorted((one, other) => one - other)
    .join(' ');
}

function nameOf(userId: number): string {
  return PEOPLE[userId]?.name ?? String(userId);
}

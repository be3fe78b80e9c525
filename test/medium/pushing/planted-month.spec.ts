import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BookVerdictView } from '../../../src/features/salesbook/salesbook.view.js';
import { createPostgresDatabase, type DatabaseKind } from '../../support/database.js';
import { BOSS, PEOPLE, RITA, VERA } from '../../support/planted-company.js';
import { matched, readPlanted, type PlantedLedger, type Telling } from '../../support/planted-ledger.js';
import { plantMonth } from '../../support/planted-month.js';
import { livePlanted, type LivedPlanted } from '../../support/planted-run.js';
import type { Planted } from '../../support/planted-script.js';
import { DAY, HOUR, MINUTE } from '../../support/planted-time.js';
import { hearingsOf, isDecent, MANNERS, SOON, zoneOf, type Hearing } from '../../support/planted-truth.js';

const BUDGET = 5;
/** How near to a limit nothing is said of what has to have happened: the simulation works in real time. */
const CLOSE = 15 * MINUTE;

const UNTOLD = { sentAt: null, delivery: '' };

/** Every kind of omission and its innocent look-alikes, through the whole product and its portal over HTTP. */
function itKeepsTheMonth(seed: number, kind: DatabaseKind): void {
  let lived: LivedPlanted;
  let ledger: PlantedLedger;
  let pairs: ReturnType<typeof matched>['pairs'];

  beforeAll(async () => {
    const databaseUrl = kind === 'postgres' ? await createPostgresDatabase() : null;
    lived = await livePlanted(plantMonth(Date.now(), seed), { kind, databaseUrl });
    ledger = await readPlanted(lived);
    pairs = matched(lived.month.script.planted, ledger.alerts).pairs;
  }, 540_000);

  afterAll(() => lived?.service.stop());

  const when = (at: number): string =>
    `day ${Math.floor((at - lived.month.start) / DAY)} ${new Date(at).toISOString()}`;
  const named = ({ rule, deal, ownerId, at }: Planted): string => {
    const what = deal === null ? PEOPLE[ownerId]?.name : lived.month.script.deals[deal - 1]?.name;
    return `${rule}, ${what ?? ''} ${deal ?? ''}, ${when(at)}`;
  };
  const tellingsOf = (one: Planted): readonly Telling[] =>
    ledger.tellings.filter((telling) => telling.alertId === pairs.get(one)?.alertId);

  it('plants every kind of rule, and much that is innocent', () => {
    const { script } = lived.month;
    expect(new Set(script.planted.map((one) => one.rule))).toEqual(new Set(Object.keys(MANNERS)));
    const guilty = new Set(script.planted.map((one) => one.deal));
    expect(script.deals.filter((deal) => !guilty.has(deal.number)).length).toBeGreaterThan(20);
  });

  it('finds every planted omission once, when it happens, and nothing else', () => {
    const { invented } = matched(lived.month.script.planted, ledger.alerts);
    expect(invented.map((alert) => ({ ...alert, at: when(alert.at) }))).toEqual([]);
    const missed = lived.month.script.planted.filter((one) => !pairs.has(one));
    expect(missed.map(named)).toEqual([]);
  });

  it('tells the right people at the right time, and takes what stays undone up the ladder to the right head', () => {
    const faults = [...pairs].flatMap(([one, alert]) => {
      const hearings = hearingsOf(lived.month, one, alert.at);
      const levels = [...Map.groupBy(hearings, (hearing) => hearing.level)];
      return levels.flatMap(([level, due]) => {
        const rows = tellingsOf(one).filter((telling) => telling.level === level);
        const wrong = [
          ...wrongPeople(one, due, rows),
          ...due.flatMap((hearing) => wrongTime(one, hearing, rows)),
        ];
        return wrong.map((fault) => `${named(one)}, level ${level}: ${fault}`);
      });
    });
    expect(faults).toEqual([]);
    const rungs = ledger.tellings.filter((telling) => telling.level > 0 && telling.sentAt !== null);
    expect(rungs.length).toBeGreaterThan(10);
    expect(new Set(rungs.map((telling) => telling.level))).toEqual(new Set([1, 2, 3]));
  });

  /** Rungs are climbed while it is so, and not afterwards. */
  function wrongPeople(one: Planted, due: readonly Hearing[], rows: readonly Telling[]): readonly string[] {
    const climbsAt = Math.min(...due.map((hearing) => hearing.from));
    const level = due[0]?.level ?? 0;
    const wanted = due
      .map((hearing) => hearing.userId)
      .toSorted()
      .join(' ');
    const people = rows
      .map((row) => row.userId)
      .toSorted()
      .join(' ');
    const told = rows.filter((row) => row.sentAt !== null);
    // It may have climbed at night, for a morning that found it settled: then nobody heard of it.
    if (level > 0 && endOf(one) < climbsAt - CLOSE)
      return told.length > 0 ? [`told ${people} when it was over`] : [];
    return endOf(one) > climbsAt + CLOSE && people !== wanted ? [`told ${people} instead of ${wanted}`] : [];
  }

  function wrongTime(one: Planted, hearing: Hearing, rows: readonly Telling[]): readonly string[] {
    const { userId, from, manner } = hearing;
    const { sentAt, delivery } = rows.find((telling) => telling.userId === userId) ?? UNTOLD;
    const isOver = delivery === 'digest' && manner === 'instant';
    // Over the budget of the day: the next morning's digest says it, if it is still so.
    const by = isOver ? from + 2 * DAY : hearing.by;
    const who = `${PEOPLE[userId]?.name ?? ''} from ${when(from)}`;
    if (isOver && instantsOf(userId, from) < BUDGET) return [`${who}: put off within the budget`];
    if (sentAt === null) return endOf(one) > by + CLOSE ? [`${who}: never told`] : [];
    if (endOf(one) < from - CLOSE) return [`${who}: told of what is over, ${when(sentAt)}`];
    return sentAt >= from - SOON && sentAt <= by + SOON ? [] : [`${who}: told ${when(sentAt)}`];
  }

  function endOf({ until }: Planted): number {
    return Math.min(until ?? lived.month.end, lived.month.end);
  }

  /** How many instant alerts the person got on that day of his. */
  function instantsOf(userId: number, at: number): number {
    const { office } = lived.month;
    const zone = zoneOf(userId);
    return ledger.tellings.filter(
      (one) =>
        one.userId === userId &&
        one.delivery === 'instant' &&
        one.sentAt !== null &&
        office.dayOf(one.sentAt, zone) === office.dayOf(at, zone),
    ).length;
  }

  it('speaks to nobody who is absent, at night, at the weekend or in the holidays', () => {
    const wrong = ledger.notifications.filter(({ userId, at }) => !isDecent(lived.month, userId, at));
    expect(wrong.map(({ userId, at, text }) => [userId, when(at), text])).toEqual([]);
    const tasks = ledger.tellings.filter((one) => one.delivery === 'task' && one.sentAt !== null);
    expect(tasks.filter((one) => !isDecent(lived.month, one.userId, one.sentAt ?? 0))).toEqual([]);
    expect(tasks.length).toBeGreaterThan(5);
    expect(ledger.notifications.length).toBeGreaterThan(30);
  });

  it('keeps to the budget of every person on every day', () => {
    const sent = ledger.tellings.filter((one) => one.delivery === 'instant' && one.sentAt !== null);
    const most = sent.map((one) => instantsOf(one.userId, one.sentAt ?? 0));
    // Eight leads at once used it up.
    expect(Math.max(...most)).toBe(BUDGET);
  });

  it('sends nothing twice, though the service went down and the portal says everything twice', () => {
    const { shown, done, unfinished } = ledger.counts;
    expect(shown).toBe(done);
    expect(ledger.notifications).toHaveLength(done);
    expect([unfinished, ledger.deadLetters]).toEqual([0, 0]);
    const keys = ledger.tellings.map((one) => `${one.alertId} ${one.level} ${one.userId}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('has every push answered or taken up, and pushes nobody who is away', () => {
    for (const push of lived.pushes) {
      const { pushId, asked, answeredAt } = push;
      const place = `${PEOPLE[push.ownerId]?.name ?? ''}, ${when(push.at)}`;
      if (pushId === null) {
        expect([place, isDecent(lived.month, asked, push.at)]).toEqual([place, false]);
        continue;
      }
      const stored = ledger.pushes.get(pushId);
      expect([place, stored?.userId]).toEqual([place, asked]);
      const state = answeredAt === null ? { state: 'escalated', level: 2 } : { state: 'answered' };
      expect([place, stored]).toMatchObject([place, state]);
      if (answeredAt === null) expectLadder(place, pushId, asked, push.at);
    }
    expect(lived.pushes.filter((push) => push.pushId === null).map((push) => push.ownerId)).toEqual([VERA]);
    expect(lived.pushes.filter((push) => push.answeredAt === null && push.pushId !== null)).toHaveLength(3);
    expect(lived.pushes.some((push) => push.ownerId === RITA && push.answeredAt === null)).toBe(true);
  });

  /** After two working hours of the asked person, four and eight, within an hour: again, the head, the head's head. */
  function expectLadder(place: string, pushId: string, asked: number, at: number): void {
    const zone = zoneOf(asked);
    const head = PEOPLE[asked]?.headId ?? null;
    const boss = head === null ? null : (PEOPLE[head]?.headId ?? null);
    const { office } = lived.month;
    const own = ledger.messages.filter((message) => message.pushId === pushId);
    for (const [level, hours, userId] of [
      [0, 2, asked],
      [1, 4, head],
      [2, 8, boss],
    ] as const) {
      const moment = office.plus(office.next(at, zone), hours * 60, zone);
      const there = own.filter(
        (one) =>
          one.level === level &&
          one.userId === userId &&
          Math.abs(one.at - moment - HOUR / 2) < HOUR / 2 + SOON,
      );
      expect([place, level, when(moment), there.length > 0]).toEqual([place, level, when(moment), true]);
    }
  }

  it('writes all of it into the Sales Book, whose chain holds', async () => {
    const admin = await lived.service.as(BOSS);
    const { data: verdict } = await admin.get<BookVerdictView>('/api/book/verify');
    expect(verdict.intact).toBe(true);
    const [row] = await lived.service
      .database()
      .query<{ n: number }>(`SELECT count(*)::int AS n FROM book_entry WHERE kind = 'alerted'`);
    expect(row?.n).toBe(ledger.alerts.length);
  });
}

/** Months that differ in who does what, when and where. */
const SEEDS = [20_261_122, 7];
/** Where a server is installed; the embedded database lives through the simulated month in any case. */
const KIND: DatabaseKind = process.env['TEST_POSTGRES_URL'] ? 'postgres' : 'embedded';

describe.each(SEEDS)('test/medium/pushing/planted-month by seed %i', (seed) => itKeepsTheMonth(seed, KIND));

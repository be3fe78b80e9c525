import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BookVerdictView } from '../../../src/features/salesbook/salesbook.view.js';
import { createPostgresDatabase, type DatabaseKind } from '../../support/database.js';
import { BOSS, RITA, VERA } from '../../support/planted-company.js';
import {
  askedAgain,
  BUDGET,
  instants,
  instantsOf,
  judge,
  type PlantedVerdict,
} from '../../support/planted-judge.js';
import { readPlanted, type PlantedLedger } from '../../support/planted-ledger.js';
import { plantMonth, type PlantedSeed } from '../../support/planted-month.js';
import { livePlanted, type LivedPlanted } from '../../support/planted-run.js';
import { MANNERS } from '../../support/planted-truth.js';

/** Every kind of omission and its innocent look-alikes, through the whole product and its portal over HTTP. */
function itKeepsTheMonth(planted: PlantedSeed, kind: DatabaseKind): void {
  let lived: LivedPlanted;
  let ledger: PlantedLedger;
  let verdict: PlantedVerdict;

  beforeAll(async () => {
    const databaseUrl = kind === 'postgres' ? await createPostgresDatabase() : null;
    lived = await livePlanted(plantMonth(Date.now(), planted), { kind, databaseUrl });
    ledger = await readPlanted(lived);
    verdict = judge(lived, ledger);
  }, 900_000);

  afterAll(() => lived?.service.stop());

  it('plants every kind of rule, and much that is innocent', () => {
    const { script } = lived.month;
    expect(new Set(script.planted.map((one) => one.rule))).toEqual(new Set(Object.keys(MANNERS)));
    const guilty = new Set(script.planted.map((one) => one.deal));
    expect(script.deals.filter((deal) => !guilty.has(deal.number)).length).toBeGreaterThan(20);
  });

  it('finds every planted omission once, when it happens, and nothing else', () => {
    expect(verdict.invented).toEqual([]);
    expect(verdict.missed).toEqual([]);
  });

  it('tells the right people at the right time, and takes what stays undone up the ladder to the right head', () => {
    expect(verdict.wronglyTold).toEqual([]);
    const rungs = ledger.tellings.filter((telling) => telling.level > 0 && telling.sentAt !== null);
    expect(rungs.length).toBeGreaterThan(10);
    // The one that climbs to the top may be held out.
    const tops = planted.heldOutShare === 0 ? [1, 2, 3] : [1, 2];
    expect([...new Set(rungs.map((telling) => telling.level))]).toEqual(expect.arrayContaining(tops));
  });

  it('leaves a share of the deals alone, to measure what a rule does', () => {
    const share = ledger.alerts.filter((alert) => alert.heldOut).length / ledger.alerts.length;
    if (planted.heldOutShare === 0) expect(share).toBe(0);
    else expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.25);
  });

  it('speaks to nobody who is absent, at night, at the weekend or in the holidays', () => {
    expect(verdict.indecent).toEqual([]);
    const tasks = ledger.tellings.filter((one) => one.delivery === 'task' && one.sentAt !== null);
    expect(tasks.length).toBeGreaterThan(5);
    expect(ledger.notifications.length).toBeGreaterThan(30);
  });

  it('keeps to the budget of every person on every day', () => {
    expect(verdict.overBudget).toEqual([]);
    const most = instants(ledger).map((one) => instantsOf(lived, ledger, one.userId, one.sentAt));
    // Eight leads at once used it up.
    expect(Math.max(...most)).toBe(BUDGET);
  });

  it('sends nothing twice, though the service went down and the portal says everything twice', () => {
    expect(verdict.twice).toEqual([]);
    expect([ledger.counts.unfinished, ledger.deadLetters]).toEqual([0, 0]);
  });

  it('has every push answered or taken up, and pushes nobody who is away', () => {
    expect(verdict.pushes).toEqual([]);
    const refused = lived.pushes.filter((push) => push.pushId === null);
    expect(refused.map((push) => push.ownerId)).toEqual([VERA]);
    const silent = lived.pushes.filter((push) => push.answeredAt === null && push.pushId !== null);
    expect(silent).toHaveLength(3);
    expect(silent.some((push) => push.ownerId === RITA)).toBe(true);
    expect(askedAgain(lived, ledger)).toHaveLength(1);
  });

  it('writes all of it into the Sales Book, whose chain holds', async () => {
    const admin = await lived.service.as(BOSS);
    const { data } = await admin.get<BookVerdictView>('/api/book/verify');
    expect(data.intact).toBe(true);
    const rows = await lived.service
      .database()
      .query<{ kind: string; n: number }>('SELECT kind, count(*)::int AS n FROM book_entry GROUP BY kind');
    const written = new Map(rows.map(({ kind: entry, n }) => [entry, n]));
    const pushes = [...ledger.pushes.values()];
    expect(written.get('alerted')).toBe(ledger.alerts.filter((alert) => !alert.heldOut).length);
    expect(written.get('pushed')).toBe(pushes.length);
    expect(written.get('answered')).toBe(pushes.filter((push) => push.state === 'answered').length);
    const climbed = ledger.messages.filter((message) => message.level > 0);
    expect(written.get('escalated')).toBe(climbed.length);
  });
}

/** Months that differ in who does what, when and where, in both CRMs; where a server is installed, on it as well. */
const MONTHS: readonly (readonly [PlantedSeed, DatabaseKind])[] = [
  [
    { seed: 20_261_122, host: 'bitrix24', heldOutShare: 0 },
    process.env['TEST_POSTGRES_URL'] ? 'postgres' : 'embedded',
  ],
  [{ seed: 7, host: 'amocrm', heldOutShare: 0.1 }, 'embedded'],
];

describe.each(MONTHS)('test/medium/pushing/planted-month by %o on %s', itKeepsTheMonth);

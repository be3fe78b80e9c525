import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { MailMessage } from '../../../src/contract/mail.js';
import type { ControlContext } from '../../../src/features/pushing/control-context.service.js';
import type { DayPicture } from '../../../src/features/pushing/day.types.js';
import type { Database } from '../../../src/infra/db/database.js';
import { uuidv7 } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import {
  CYCLE,
  DAY_ACCOUNT,
  dayContext,
  dayProcess,
  plantStep,
  plantTemplate,
  type DayProcess,
} from '../../support/day-world.js';

const MORNING = Date.parse('2026-11-24T06:00Z');
const HOUR = 3_600_000;
const DAY = '2026-11-24';

interface Wish {
  readonly kind: string;
  readonly user: string;
  readonly deal: string | null;
  readonly state: string;
}

/** A host that has no notifications: a message is a question in a deal. */
describeOnEveryDatabase('test/medium/pushing/day-things', (open) => {
  let database: Database;
  let process: DayProcess;
  const clock = { at: MORNING, now: () => clock.at };
  const letters: MailMessage[] = [];
  const context: ControlContext = {
    ...dayContext([{ id: 'anna' }, { id: 'head' }], 'head'),
    kinds: new Set(['ask', 'closeAsk', 'comment']),
  };

  beforeAll(async () => {
    database = await open();
    await plantTemplate(database);
    process = dayProcess(database, clock, letters);
    await database.transaction((tx) => process.days.saveSettings(tx, DAY_ACCOUNT, CYCLE, 'head', MORNING));
    await plantStep(database, { dealId: 'D1', ownerId: 'anna', dueAt: MORNING + 5 * HOUR, amount: 5_000 });
    await plantStep(database, { dealId: 'D2', ownerId: 'anna', dueAt: MORNING + 4 * HOUR, amount: 5 });
    await plantStep(database, { dealId: 'D3', ownerId: 'anna', dueAt: MORNING + 40 * HOUR });
    await plantStep(database, { dealId: 'D4', ownerId: 'anna', dueAt: MORNING + 40 * HOUR });
    await database.query(
      `UPDATE deal_pulse SET waiting_until = $2, last_event_at = $3 WHERE account_id = $1::uuid AND deal_id = 'D3'`,
      [DAY_ACCOUNT, new Date(MORNING + HOUR), new Date(MORNING - 240 * HOUR)],
    );
    await ask(null);
  }, 120_000);

  afterAll(() => database?.close());

  /** A question of the head; null: about no deal. */
  async function ask(dealId: string | null): Promise<void> {
    await database.query(
      `INSERT INTO push (account_id, push_id, target, deal_id, user_id, by_user, text, at, deliver_at, answer_by, state)
       VALUES ($1::uuid, $2::uuid, $3, $4, 'anna', 'head', 'Как дела?', $5, $5, $5, 'waiting')`,
      [DAY_ACCOUNT, uuidv7(), dealId === null ? 'seller' : 'deal', dealId, new Date(MORNING - HOUR)],
    );
  }

  async function picture(): Promise<DayPicture> {
    const found = await process.pictures.of(context, CYCLE, [{ userId: 'anna', day: DAY }], clock.at);
    const own = found.get('anna');
    if (!own) throw new Error('no picture');
    return own;
  }

  async function standing(): Promise<readonly string[]> {
    return (await picture()).entries.map((one) => `${one.kind} ${one.dealId} ${one.state}`);
  }

  async function wishes(): Promise<readonly Wish[]> {
    return database.query<Wish>(
      `SELECT kind, action ->> 'userId' AS "user", action ->> 'dealId' AS deal, state FROM outbox_action
       WHERE account_id = $1::uuid AND kind = 'ask' ORDER BY seq`,
      [DAY_ACCOUNT],
    );
  }

  it('consists of questions, dates agreed with clients and steps, the worst first', async () => {
    expect(await standing()).toEqual([
      'push null open',
      'clientDate D3 open',
      'step D1 open',
      'step D2 open',
    ]);
  });

  it('puts a deal behind the others as long as it stays where it stood', async () => {
    await database.query(
      `INSERT INTO lowered_deal (account_id, deal_id, stage_since, by_user, at)
       SELECT account_id, deal_id, stage_since, 'anna', now() FROM deal_pulse
       WHERE account_id = $1::uuid AND deal_id = 'D1'`,
      [DAY_ACCOUNT],
    );
    expect((await standing()).slice(2)).toEqual(['step D2 open', 'step D1 open']);
    await database.query(
      `UPDATE deal_pulse SET stage_since = stage_since + interval '1 day' WHERE account_id = $1::uuid AND deal_id = 'D1'`,
      [DAY_ACCOUNT],
    );
    expect((await standing()).slice(2)).toEqual(['step D1 open', 'step D2 open']);
  });

  it('tells the list in a deal of the list, and a head nothing where others could read it', async () => {
    await process.rounds.run(context);
    expect(await wishes()).toEqual([{ kind: 'ask', user: 'anna', deal: 'D3', state: 'planned' }]);
    expect(letters.map((letter) => letter.userId)).toEqual(['anna']);
  });

  it('forgets a step that the plan cancelled, and one that became somebody else’s', async () => {
    await database.query(
      `UPDATE plan_step SET state = 'cancelled' WHERE account_id = $1::uuid AND deal_id = 'D1'`,
      [DAY_ACCOUNT],
    );
    await database.query(
      `UPDATE plan_step SET owner_id = 'boris' WHERE account_id = $1::uuid AND deal_id = 'D2'`,
      [DAY_ACCOUNT],
    );
    expect((await standing()).filter((one) => one.startsWith('step') && !one.includes('D4'))).toEqual([]);
  });

  it('takes the list away when the day is to be closed, and the closing when it is over', async () => {
    clock.at = MORNING + 9 * HOUR;
    await process.rounds.run(context);
    expect(await wishes()).toHaveLength(1);
    clock.at = MORNING + 10 * HOUR;
    await process.rounds.run(context);
    expect((await wishes()).map((wish) => wish.user)).toEqual(['anna']);
    expect(letters.map((letter) => letter.userId)).toEqual(['anna', 'head']);
    clock.at = MORNING + 15 * HOUR + 60_000;
    await process.rounds.run(context);
    expect(await wishes()).toEqual([]);
  });

  it('has a client’s date on the person’s own day, west of Greenwich too', async () => {
    await database.query(
      `UPDATE deal_pulse SET waiting_until = '2026-11-25T00:00Z' WHERE account_id = $1::uuid AND deal_id = 'D4'`,
      [DAY_ACCOUNT],
    );
    for (const [timeZone, days] of [
      ['America/New_York', ['2026-11-25']],
      ['Europe/Moscow', ['2026-11-25']],
      ['Pacific/Auckland', ['2026-11-25']],
    ] as const) {
      const there = { ...context, ...dayContext([{ id: 'anna', timeZone }, { id: 'head' }], 'head') };
      const found: string[] = [];
      for (const day of ['2026-11-24', '2026-11-25']) {
        const pictures = await process.pictures.of(there, CYCLE, [{ userId: 'anna', day }], MORNING);
        const dates = pictures.get('anna')?.entries.filter((entry) => entry.kind === 'clientDate') ?? [];
        if (dates.some((entry) => entry.dealId === 'D4')) found.push(day);
      }
      expect([timeZone, found]).toEqual([timeZone, days]);
    }
    await database.query(
      `UPDATE deal_pulse SET waiting_until = NULL WHERE account_id = $1::uuid AND deal_id = 'D4'`,
      [DAY_ACCOUNT],
    );
  });

  it('takes whatever happens in the deal from the agreed date on for coming back to the client', async () => {
    clock.at = MORNING + 2 * HOUR;
    await database.query(
      `UPDATE deal_pulse SET last_event_at = $2 WHERE account_id = $1::uuid AND deal_id = 'D3'`,
      [DAY_ACCOUNT, new Date(MORNING + 2 * HOUR)],
    );
    expect(await standing()).toContain('clientDate D3 done');
  });

  it('counts a question as answered, and as not done when that was the answer', async () => {
    await database.query(
      `UPDATE push SET state = 'answered', answered_at = $2, answer = 'notDone', reason = 'жду юриста'
       WHERE account_id = $1::uuid`,
      [DAY_ACCOUNT, new Date(MORNING + HOUR)],
    );
    const push = (await picture()).entries.find((one) => one.kind === 'push');
    expect(push?.standing).toMatchObject({ state: 'notDone', elsewhere: true, reason: 'жду юриста' });
  });
});

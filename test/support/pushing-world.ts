import type { Database } from '../../src/infra/db/database.js';
import { ControlContexts } from '../../src/features/pushing/control-context.service.js';
import { PushAnswers } from '../../src/features/pushing/push-answers.service.js';
import { PushRepository } from '../../src/features/pushing/push.repository.js';
import { PushRounds } from '../../src/features/pushing/push-rounds.service.js';
import type { StoredAnswer } from '../../src/features/pushing/push.types.js';
import { Pushes, type PushedTargets } from '../../src/features/pushing/pushes.service.js';
import { smallCompany, startEverything, type Running } from './running.js';
import { until } from './until.js';
import { openFrame, type WidgetPerson } from './widget-person.js';
import { HEAD } from './company-world.js';

export const HOUR = 3_600_000;

interface ActionRow {
  readonly kind: string;
  readonly action: Readonly<Record<string, unknown>>;
}

/** The whole product with a head, a seller of the head's department and a colleague of another one. */
export interface PushesWorld {
  readonly running: Running;
  readonly accountId: string;
  readonly head: WidgetPerson;
  readonly seller: WidgetPerson;
  readonly colleague: WidgetPerson;
  readonly headId: string;
  readonly sellerId: string;
  /** Open deals of the seller, in two parts that do not meet. */
  readonly dealIds: readonly string[];
  readonly moreDealIds: readonly string[];
  actions(): Promise<readonly ActionRow[]>;
  pushDeals(dealIds: readonly string[]): Promise<PushedTargets>;
  pushedAt(dealId: string): Promise<Date | null>;
  firstDelivery(): Promise<number>;
  pressButton(pushId: string, answer: 'done' | 'notDone'): Promise<void>;
  answerOf(pushId: string): Promise<StoredAnswer | null>;
  /** Moves everything that waits far into the past, as if days had gone by. */
  makeDue(): Promise<void>;
  round(): Promise<void>;
  standings(pushIds: readonly string[]): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const DEALS = 200;
const PART = 5;
/** Nobody is absent and every hour is worked: what is tested here does not hang on the time of the day. */
const ALWAYS = [{ from: '00:00', to: '24:00' }];

export async function startPushesWorld(database: Database): Promise<PushesWorld> {
  const running = await startEverything({ database, company: smallCompany(DEALS) });
  const openDeals = (await running.state()).openDeals;
  await until(async () => (await count(database)) >= openDeals, {
    what: 'a pulse of every open deal',
    timeoutMs: 60_000,
  });
  const [account] = await database.query<{ account_id: string }>('SELECT account_id FROM account');
  const accountId = account?.account_id ?? '';
  await workAlways(database, accountId);
  const head = await openFrame(running, HEAD);
  const [seller, colleague] = await people(database);
  if (!seller || !colleague) throw new Error('the company has no seller with enough deals');
  const deals = await database.query<{ deal_id: string }>(
    `SELECT deal_id FROM deal_pulse WHERE owner_id = $1 AND stage_kind = 'open' ORDER BY deal_id LIMIT $2`,
    [seller, 2 * PART],
  );
  const ids = deals.map((row) => row.deal_id);
  const get = <T>(type: abstract new (...parts: never[]) => T): T =>
    running.app.get<T>(type, { strict: false });
  const repository = get(PushRepository);
  return {
    running,
    accountId,
    head,
    seller: await openFrame(running, Number(seller)),
    colleague: await openFrame(running, Number(colleague)),
    headId: String(HEAD),
    sellerId: seller,
    dealIds: ids.slice(0, PART),
    moreDealIds: ids.slice(PART),
    actions: () =>
      database.query<ActionRow>(
        `SELECT kind, action FROM outbox_action WHERE kind <> 'closeAsk' ORDER BY seq`,
      ),
    pushDeals: (dealIds) =>
      get(Pushes).pushDeals(
        { accountId, userId: String(HEAD), admin: false, language: 'ru', timeZone: 'Europe/Moscow' },
        dealIds,
      ),
    pushedAt: async (dealId) => {
      const [row] = await database.query<{ pushed_at: Date | null }>(
        'SELECT pushed_at FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = $2',
        [accountId, dealId],
      );
      return row?.pushed_at ?? null;
    },
    firstDelivery: async () => {
      const [row] = await database.query<{ at: Date }>('SELECT min(deliver_at) AS at FROM push');
      return row?.at.getTime() ?? 0;
    },
    pressButton: async (pushId, answer) => {
      const [row] = await database.query<{ key: string }>(
        `SELECT key FROM push_message WHERE account_id = $1::uuid AND push_id = $2::uuid AND kind = 'ask'`,
        [accountId, pushId],
      );
      await get(PushAnswers).answeredInHost(accountId, row?.key ?? '', { userId: seller, answer });
    },
    answerOf: async (pushId) => (await repository.find(accountId, pushId))?.answer ?? null,
    makeDue: async () => {
      await database.query(
        `UPDATE push SET deliver_at = deliver_at - interval '60 days', next_at = now() - interval '1 minute'
         WHERE next_at IS NOT NULL AND state <> 'answered'`,
      );
      await database.query(`UPDATE push_message SET at = at - interval '60 days'`);
    },
    round: async () => {
      const context = await get(ControlContexts).of(accountId);
      if (!context) throw new Error('the account is not connected');
      await get(PushRounds).run(context);
    },
    standings: async (pushIds) => {
      const found = await Promise.all(pushIds.map((id) => repository.find(accountId, id)));
      return found.flatMap((push) => (push ? `${push.state} ${push.repeats} ${push.level}` : []));
    },
    stop: () => running.stop(),
  };
}

async function count(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM deal_pulse');
  return row?.n ?? 0;
}

/** A seller below the head with deals enough, and one of another department. */
async function people(database: Database): Promise<readonly [string | null, string | null]> {
  const rows = await database.query<{ owner_id: string; led: boolean }>(
    `SELECT o.owner_id, u.department_ids && (SELECT array_agg(department_id) FROM department WHERE head_id = $1) AS led
     FROM deal_pulse o JOIN host_user u ON u.user_id = o.owner_id AND u.active
     WHERE o.stage_kind = 'open' AND o.owner_id <> $1 AND NOT u.admin
       AND NOT EXISTS (SELECT 1 FROM department d WHERE d.head_id = o.owner_id)
     GROUP BY o.owner_id, u.department_ids ORDER BY count(*) DESC`,
    [String(HEAD)],
  );
  const led = rows.find((row) => row.led)?.owner_id ?? null;
  return [led, rows.find((row) => !row.led)?.owner_id ?? null];
}

export async function workAlways(database: Database, accountId: string): Promise<void> {
  const day = ALWAYS.map(({ from, to }) => ({ from: minutes(from), to: minutes(to) }));
  const week = Array.from({ length: 7 }, () => day);
  await database.query(
    `INSERT INTO company_part (account_id, part, revision, body, saved_by) VALUES ($1::uuid, 'calendar', 1, $2::jsonb, 'test')`,
    [accountId, JSON.stringify({ country: null, timeZone: 'Europe/Moscow', week, overrides: [] })],
  );
  await database.query(
    `INSERT INTO company (account_id, version) VALUES ($1::uuid, 100) ON CONFLICT (account_id) DO UPDATE SET version = 100`,
    [accountId],
  );
}

function minutes(time: string): number {
  const [hours = '0', rest = '0'] = time.split(':');
  return Number(hours) * 60 + Number(rest);
}

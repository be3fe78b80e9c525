import { setTimeout as sleep } from 'node:timers/promises';
import { companyChanged } from '../../src/contract/jobs.js';
import type { DayAnswer, DayItemView, DayView } from '../../src/features/pushing/day.view.js';
import type { Database } from '../../src/infra/db/database.js';
import { Jobs } from '../../src/infra/jobs/jobs.js';
import type { AxiosResponse } from 'axios';
import { ADMIN, HEAD } from './company-world.js';
import { settled, smallCompany, startEverything, type Running } from './running.js';
import { openFrame, type WidgetPerson } from './widget-person.js';

/** The whole product with plans, in which a seller of the head's department has steps to do. */
export interface DayRoutesWorld {
  readonly running: Running;
  readonly accountId: string;
  readonly admin: WidgetPerson;
  readonly head: WidgetPerson;
  readonly headId: string;
  readonly seller: WidgetPerson;
  readonly sellerId: string;
  /** Of a department that the head does not lead. */
  readonly colleague: WidgetPerson;
  readonly colleagueId: string;
  /** The seller's open steps, all of them due half an hour ago. */
  openItems(): Promise<readonly DayItemView[]>;
  /** The date agreed with the client of one of the seller's deals is over: the day asks about it. */
  askedDate(): Promise<DayItemView>;
}

export async function startDayRoutes(database: Database): Promise<DayRoutesWorld> {
  const running = await startEverything({
    database,
    company: smallCompany(120),
    plans: [{ pipelineId: 0, templateKey: 'transactional' }],
  });
  await settled(running, 120_000);
  const [account] = await database.query<{ account_id: string }>('SELECT account_id FROM account');
  const accountId = account?.account_id ?? '';
  await workAlways(database, accountId);
  await running.app.get(Jobs, { strict: false }).enqueue(companyChanged, { accountId });
  await settled(running, 120_000);
  const [sellerId, colleagueId] = await sellers(database);
  const seller = await openFrame(running, Number(sellerId));
  return {
    running,
    accountId,
    admin: await openFrame(running, ADMIN),
    head: await openFrame(running, HEAD),
    headId: String(HEAD),
    seller,
    sellerId,
    colleague: await openFrame(running, Number(colleagueId)),
    colleagueId,
    openItems: async () => {
      // What the portal still has to say could change a plan between the list and the answer to it.
      await running.portal.store.sender.drained();
      await settled(running, 60_000);
      await database.query(
        `UPDATE plan_step SET due_at = now() - interval '30 minutes'
         WHERE owner_id = $1 AND state = 'actionable' AND detail -> 'manual' IS NULL`,
        [sellerId],
      );
      return (await dayOf(seller)).items.filter((item) => item.state === 'open' && item.kind === 'step');
    },
    askedDate: async () => {
      for (let look = 0; look < 100; look += 1) {
        // Again, for a round of the deal that was under way writes what it read before.
        const [deal] = await database.query<{ deal_id: string }>(
          `UPDATE deal_pulse SET waiting_until = now() - interval '1 minute', last_event_at = now() - interval '5 days'
           WHERE deal_id = (SELECT max(deal_id) FROM deal_pulse WHERE owner_id = $1 AND plan_state = 'active')
           RETURNING deal_id`,
          [sellerId],
        );
        const asked = (await dayOf(seller)).items.find((one) => one.kind === 'clientDate');
        if (asked && asked.dealId === deal?.deal_id) return asked;
        await sleep(100);
      }
      throw new Error('the day does not ask about the date');
    },
  };
}

export async function dayOf(person: WidgetPerson): Promise<DayView> {
  const { status, data } = await person.get<DayView>('/api/day');
  if (status !== 200) throw new Error(`the day answered ${status}: ${JSON.stringify(data)}`);
  return data;
}

export function tellOf<T = DayAnswer>(
  person: WidgetPerson,
  item: DayItemView | undefined,
  body: object,
): Promise<AxiosResponse<T>> {
  return person.post<T>(`/api/day/items/${encodeURIComponent(item?.id ?? '')}`, body);
}

/** Every hour of every day is worked: what is tested here does not hang on the time of the day. */
async function workAlways(database: Database, accountId: string): Promise<void> {
  const week = Array.from({ length: 7 }, () => [{ from: 0, to: 1_440 }]);
  const body = { country: null, timeZone: 'Europe/Moscow', week, overrides: [] };
  await database.query(
    `INSERT INTO company_part (account_id, part, revision, body, saved_by)
     VALUES ($1::uuid, 'calendar', 1, $2::jsonb, 'test')`,
    [accountId, JSON.stringify(body)],
  );
  await database.query(
    `INSERT INTO company (account_id, version) VALUES ($1::uuid, 100)
     ON CONFLICT (account_id) DO UPDATE SET version = 100`,
    [accountId],
  );
}

/** The seller below the head with most steps to do, and somebody whom the head does not lead. */
async function sellers(database: Database): Promise<readonly [led: string, other: string]> {
  const rows = await database.query<{ owner_id: string; led: boolean; n: number }>(
    `SELECT u.user_id AS owner_id, count(s.*)::int AS n,
       u.department_ids && (SELECT array_agg(department_id) FROM department WHERE head_id = $1) AS led
     FROM host_user u LEFT JOIN plan_step s ON s.owner_id = u.user_id AND s.state = 'actionable'
     WHERE u.active AND NOT u.admin AND u.user_id <> $1
       AND NOT EXISTS (SELECT 1 FROM department d WHERE d.head_id = u.user_id)
     GROUP BY u.user_id, u.department_ids ORDER BY n DESC, u.user_id`,
    [String(HEAD)],
  );
  const led = rows.find((row) => row.led);
  const other = rows.find((row) => !row.led);
  if (!led || !other || led.n < 5) throw new Error('the company has no seller with enough steps');
  return [led.owner_id, other.owner_id];
}

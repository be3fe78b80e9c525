import { isDeepStrictEqual } from 'node:util';
import { expect } from '@jest/globals';
import axios from 'axios';
import type { Deal, HostTask, HostTaskState } from '../../src/domain/crm/records.js';
import type { Database } from '../../src/infra/db/database.js';
import { MirrorReads } from '../../src/mirror/mirror-reads.js';
import type { DesiredTask, OutboxState } from '../../src/outbox/task.types.js';
import type { Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import type { Deal as PortalDeal } from '../../src/sandbox/bitrix24/store/deal.js';
import type { Task as PortalTask } from '../../src/sandbox/bitrix24/store/task.js';
import { expectVisitsFollowTransitions } from './visits-rule.js';
import { leaksIn } from './secrets.js';
import { until } from './until.js';

export interface UnderRule {
  readonly portal: Bitrix24Portal;
  readonly database: Database;
  /** Addresses of the processes that must be well. */
  readonly urls: readonly string[];
  /** What must not stand in the log. */
  readonly secrets?: Iterable<string>;
  readonly log?: string;
}

const QUIET_MS = 60_000;
const READY_MS = 30_000;

/**
 * The pass rule of every fault: nothing is on its way any more, the mirror holds every field of the host, every wish is
 * exactly one task in the host and every task of ours is a wish, stage visits equal their recomputation, no secret is in
 * the log, and the service is ready again within 30 s.
 */
export async function expectPassRule(rule: UnderRule): Promise<void> {
  // What is done may be told once more: our own writes come back as events.
  for (let round = 0; round < 2; round++) {
    await rule.portal.store.sender.drained();
    await quiet(rule.database);
  }
  const accountId = await onlyAccount(rule.database);
  await expectMirrorEqualsHost(rule, accountId);
  await expectTasksEqualPlan(rule, accountId);
  await expectVisitsFollowTransitions(rule.database, accountId);
  expect(leaksIn(rule.log ?? '', rule.secrets ?? [])).toEqual([]);
  for (const url of rule.urls) await isReady(url);
}

/** Waits until no hint, no job and no task is on its way; the failure says what still was. */
export async function quiet(database: Database, timeoutMs = QUIET_MS): Promise<void> {
  let last: Record<string, unknown> = {};
  const isQuiet = async (): Promise<boolean> => {
    last = await pending(database);
    return Object.values(last).every((count) => count === 0);
  };
  await until(isQuiet, { timeoutMs, what: 'a quiet system' }).catch((error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : ''}: ${JSON.stringify(last)}`);
  });
}

/** Jobs that rest before another attempt count too: what they will do is not done. */
async function pending(database: Database): Promise<Record<string, unknown>> {
  const rows = await database.query(
    `SELECT (SELECT count(*)::int FROM inbox WHERE entity <> 'queue') AS hints,
       (SELECT count(*)::int FROM pgboss.job WHERE state IN ('created', 'active', 'retry')
          AND name NOT LIKE '\\_\\_%' AND start_after <= now() + interval '2 min') AS jobs,
       (SELECT count(*)::int FROM outbox_task
          WHERE desired_rev > applied_rev AND state NOT IN ('gone', 'failed')) AS tasks`,
  );
  return rows[0] ?? { nothing: 1 };
}

async function onlyAccount(database: Database): Promise<string> {
  const rows = await database.query<{ account_id: string }>('SELECT account_id FROM account');
  expect(rows).toHaveLength(1);
  return rows[0]?.account_id ?? '';
}

async function expectMirrorEqualsHost({ portal, database }: UnderRule, accountId: string): Promise<void> {
  const reads = new MirrorReads(database);
  const live = await database.query<{ deal_id: string }>(
    'SELECT deal_id FROM deal WHERE account_id = $1 AND deleted_at IS NULL',
    [accountId],
  );
  const found = await reads.deals(
    accountId,
    live.map((row) => row.deal_id),
  );
  const mirrored = found.map(({ deleted: _deleted, ...deal }) => ({ ...deal, amount: money(deal.amount) }));
  expect(differences(mirrored, [...portal.store.deals].map(dealOf), onlyEarlier)).toEqual([]);
  const bound = [...portal.store.tasks].filter((task) => task.crm.length > 0).map(taskOf);
  const tasks = await database.query<{ task_id: string }>(
    'SELECT task_id FROM host_task WHERE account_id = $1 AND deleted_at IS NULL',
    [accountId],
  );
  const known = await reads.tasks(
    accountId,
    tasks.map((row) => row.task_id),
  );
  expect(differences(known, bound)).toEqual([]);
}

/** Only what differs, so that a failure among thousands can be read. */
function differences<Row extends { readonly id: string }>(
  mirrored: readonly Row[],
  host: readonly Row[],
  excuses: (name: string, mirrored: unknown, host: unknown) => boolean = () => false,
): readonly object[] {
  const here = new Map(mirrored.map((row) => [row.id, row]));
  const there = new Map(host.map((row) => [row.id, row]));
  const ids = [...new Set([...here.keys(), ...there.keys()])];
  return ids.flatMap((id): readonly object[] => {
    const [one, other] = [here.get(id), there.get(id)];
    if (!one || !other) return [{ id, mirrored: one ?? 'missing', host: other ?? 'missing' }];
    const fields = Object.keys(other).filter(
      (name) => !isDeepStrictEqual(valueOf(one, name), valueOf(other, name)),
    );
    const wrong = fields.filter((name) => !excuses(name, valueOf(one, name), valueOf(other, name)));
    return wrong.map((name) => ({ id, name, mirrored: valueOf(one, name), host: valueOf(other, name) }));
  });
}

/**
 * An activity moves a deal's time of activity and nothing else: no event of the deal tells of it and no filter by the
 * time of modification finds it. So that one field is as old as the last reading of the deal, and never newer.
 */
function onlyEarlier(name: string, mirrored: unknown, host: unknown): boolean {
  if (name === 'lastActivityAt') return Number(mirrored) < Number(host);
  // Products cost a request for fifty deals: they come after everything else, and nothing waits for them.
  return name === 'productIds' && Array.isArray(mirrored) && mirrored.length === 0;
}

function valueOf(row: object, name: string): unknown {
  return (row as Record<string, unknown>)[name];
}

function dealOf(deal: PortalDeal): Deal {
  return {
    id: `D_${deal.id}`,
    title: deal.title,
    pipelineId: `D_${deal.stage.pipelineId}`,
    stageId: deal.stage.id,
    stageKind: deal.stage.kind,
    ownerId: String(deal.ownerId),
    amount: money(String(deal.amount)),
    currency: deal.currency,
    sourceId: deal.sourceId === '' ? null : deal.sourceId,
    companyId: reference(deal.companyId),
    contactId: reference(deal.contactId),
    createdAt: deal.created * 1000,
    modifiedAt: deal.updated * 1000,
    stageSince: deal.moved * 1000,
    lastActivityAt: deal.lastActivity * 1000,
    productIds: deal.productId === 0 ? [] : [String(deal.productId)],
    tags: [],
    lossReason: null,
    fields: {},
  };
}

const STATES: Readonly<Record<PortalTask['status'], HostTaskState>> = {
  2: 'open',
  3: 'inProgress',
  4: 'awaitingControl',
  5: 'completed',
  6: 'deferred',
};

function taskOf(task: PortalTask): HostTask {
  const completed = task.status === 5;
  return {
    id: String(task.id),
    dealId: task.crm.find((link) => link.startsWith('D_')) ?? null,
    title: task.title,
    ownerId: String(task.responsibleId),
    state: STATES[task.status],
    dueAt: task.deadline === null ? null : task.deadline * 1000,
    completedAt: completed && task.closed !== null ? task.closed * 1000 : null,
    completedBy: completed ? String(task.closedBy) : null,
    modifiedAt: task.changed * 1000,
    ourKey: task.xmlId,
  };
}

function reference(id: number): string | null {
  return id === 0 ? null : String(id);
}

/** Amounts are decimal text; trailing zeros say nothing. */
function money(amount: string | null): string | null {
  return amount === null ? null : String(Number(amount));
}

interface WishRow {
  readonly key: string;
  readonly deal_id: string;
  readonly state: OutboxState;
  readonly host_task_id: string | null;
  readonly desired: DesiredTask;
}

async function expectTasksEqualPlan(
  { portal, database }: Pick<UnderRule, 'portal' | 'database'>,
  accountId: string,
): Promise<void> {
  const wishes = await database.query<WishRow>(
    'SELECT key, deal_id, state, host_task_id, desired FROM outbox_task WHERE account_id = $1',
    [accountId],
  );
  const carried = wishes.filter((wish) => wish.state === 'created').map(wishView);
  const ours = [...portal.store.tasks].filter((task) => task.xmlId?.startsWith('dozhim-')).map(ourTaskView);
  expect(new Set(ours.map((task) => task.key)).size).toBe(ours.length);
  expect(differences(carried, ours)).toEqual([]);
  expect(wishes.filter((wish) => ['sending', 'unknown', 'planned', 'failed'].includes(wish.state))).toEqual(
    [],
  );
  // Every step that is to be done now has its task, and no other step has an open one.
  const steps = await database.query<{ id: string; actionable: boolean; open: boolean }>(
    `SELECT s.plan_id || ' ' || s.step_key || ' ' || s.visit_seq AS id, s.state = 'actionable' AS actionable,
       coalesce(o.desired->>'state' = 'open' AND o.state = 'created', false) AS open
     FROM plan_step s LEFT JOIN outbox_task o USING (account_id, plan_id, step_key, visit_seq)
     WHERE account_id = $1 AND (s.state = 'actionable') <> coalesce(o.desired->>'state' = 'open', false)`,
    [accountId],
  );
  expect(steps).toEqual([]);
  const doubled = await database.query(
    `SELECT deal_id FROM plan WHERE account_id = $1 AND state <> 'closed' GROUP BY deal_id HAVING count(*) > 1`,
    [accountId],
  );
  expect(doubled).toEqual([]);
}

/** What a task looked like when it was closed stays: only open ones follow the deal's name, owner and time. */
function wishView(wish: WishRow) {
  const { title, ownerId, dueAt } = wish.desired;
  const identity = { id: wish.host_task_id ?? wish.key, key: wish.key, dealId: wish.deal_id };
  if (wish.desired.state !== 'open') return { ...identity, ...CLOSED };
  // The host keeps whole seconds.
  return { ...identity, title, ownerId, dueAt: dueAt === null ? null : Math.floor(dueAt / 1000), open: true };
}

function ourTaskView(task: PortalTask) {
  const dealId = task.crm.find((link) => link.startsWith('D_')) ?? '';
  const identity = { id: String(task.id), key: task.xmlId ?? '', dealId };
  if (task.status === 5 || task.status === 6) return { ...identity, ...CLOSED };
  const { title, deadline } = task;
  return { ...identity, title, ownerId: String(task.responsibleId), dueAt: deadline, open: true };
}

const CLOSED = { title: '', ownerId: '', dueAt: null, open: false } as const;

async function isReady(url: string): Promise<void> {
  const answers = (): Promise<boolean> =>
    axios.get(`${url}/health/ready`, { validateStatus: () => true, timeout: 5_000 }).then(
      ({ status }) => status === 200,
      () => false,
    );
  await until(answers, { timeoutMs: READY_MS, what: `${url}/health/ready` });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/infra/db/open.js';
import {
  endProduct,
  install,
  restartProduct,
  startPortal,
  startProduct,
  waitFor,
  type Portal,
  type Product,
} from './product.js';
import { rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { recorded, wishOf, outboxOf } from './wishes.js';
import { log } from './workshop.js';

/** What the portal grants: 50 requests at once, 2 a second; 50 creations a request. */
const BURST = 50;
const PER_SECOND = 2;
const PER_REQUEST = 50;
const DEALS = 500;
/** Both buckets, the portal's and ours, run empty in this time. */
const BUCKETS_EMPTY_MS = 26_000;

interface Run {
  readonly seconds: number;
  readonly requests: number;
  readonly refusals: number;
  readonly missing: number;
  readonly twice: number;
}

/** Wishes for host tasks, saved at once, until the last one is in the portal; limits on. Once more with kill -9 half-way. */
export async function tasks(options: BenchOptions): Promise<Report> {
  const count = options.quick ? 4_000 : 10_000;
  const bound = Math.max(0, (count / PER_REQUEST - BURST) / PER_SECOND);
  const whole = await run(count, false);
  log(`undisturbed: ${JSON.stringify(whole)}`);
  const killed = await run(count, true);
  log(`killed half-way: ${JSON.stringify(killed)}`);
  return {
    name: 'tasks',
    figures: {
      tasks: count,
      boundSeconds: bound,
      seconds: rounded(whole.seconds),
      ofBound: rounded(whole.seconds / bound),
      requests: whole.requests,
      killedSeconds: rounded(killed.seconds),
      killedOfBound: rounded(killed.seconds / bound),
      killedRequests: killed.requests,
      missing: whole.missing + killed.missing,
      twice: whole.twice + killed.twice,
      refusals: whole.refusals + killed.refusals,
    },
    targets: {
      ofBound: { atMost: 1.02 },
      killedOfBound: { atMost: 1.02 },
      missing: { atMost: 0 },
      twice: { atMost: 0 },
    },
    notes: [
      'bound: creations alone, (requests - 50) / 2 s; look-ups, reads of the events that follow and the restart are not in it',
      'requests: all of the service from the first wish to the last task',
    ],
  };
}

async function run(count: number, kill: boolean): Promise<Run> {
  const portal = await startPortal({ deals: DEALS, tls: false, limits: true });
  const product = await startProduct(portal);
  await install(portal, product);
  await sleep(BUCKETS_EMPTY_MS);
  const before = await portal.state();
  const startedAt = performance.now();
  const keys = await wish(product, count);
  const inPortal = async (least: number): Promise<boolean> =>
    (await portal.state()).tasks - before.tasks >= least;
  let current = product;
  if (kill) {
    await waitFor('half of the tasks', 300_000, () => inPortal(count / 2));
    await product.process.kill();
    current = { ...product, process: await restartProduct(portal, product) };
  }
  await waitFor('the last task', 600_000, () => inPortal(count));
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await portal.state();
  await waitFor('the last answer', 120_000, () => recorded(product.databaseUrl, count));
  log(`  calls: ${JSON.stringify(grown(before.callsByMethod, after.callsByMethod))}`);
  log(`  requests: ${JSON.stringify(grown(before.requestsByMethod, after.requestsByMethod))}`);
  const { missing, twice } = await compare(portal, keys);
  await endProduct(portal, current);
  await portal.process.stop();
  return {
    seconds,
    requests: after.requests - before.requests,
    refusals: refusalsOf(after) - refusalsOf(before),
    missing,
    twice,
  };
}

/** Saves all wishes in one transaction, as a bulk launch does; returns nothing but their number of keys. */
async function wish(product: Product, count: number): Promise<ReadonlySet<string>> {
  const database = await openDatabase({ databaseUrl: product.databaseUrl, dataDir: '' });
  try {
    const [account] = await database.query<{ account_id: string }>('SELECT account_id FROM account');
    const [deals, owners] = await Promise.all([
      database.query<{ deal_id: string }>('SELECT deal_id FROM deal ORDER BY deal_id'),
      database.query<{ user_id: string }>('SELECT user_id FROM host_user WHERE active ORDER BY user_id'),
    ]);
    const outbox = outboxOf(database);
    const wishes = Array.from({ length: count }, (_, index) =>
      wishOf(index, deals[index % deals.length]?.deal_id ?? '', owners[index % owners.length]?.user_id ?? ''),
    );
    await database.transaction((tx) => outbox.want(tx, account?.account_id ?? '', wishes));
    const rows = await database.query<{ key: string }>('SELECT key FROM outbox_task');
    return new Set(rows.map((row) => row.key));
  } finally {
    await database.close();
  }
}

async function compare(
  portal: Portal,
  keys: ReadonlySet<string>,
): Promise<{ readonly missing: number; readonly twice: number }> {
  const found = (await portal.lines<{ readonly xmlId: string | null }>('/tasks'))
    .map((task) => task.xmlId)
    .filter((key): key is string => key !== null && keys.has(key));
  const distinct = new Set(found).size;
  return { missing: keys.size - distinct, twice: found.length - distinct };
}

function grown(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const changes = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return Object.fromEntries(changes.filter(([, count]) => count > 0));
}

function refusalsOf({ refusals }: { readonly refusals: Readonly<Record<string, number>> }): number {
  return refusals['QUERY_LIMIT_EXCEEDED'] ?? 0;
}

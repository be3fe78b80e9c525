import { setTimeout as sleep } from 'node:timers/promises';
import { parseText } from '../../src/hosts/amocrm/task-text.js';
import { openDatabase } from '../../src/infra/db/open.js';
import {
  type Account,
  type AccountProduct,
  type AccountRequest,
  copied,
  endAccountProduct,
  restartAccountProduct,
  startAccount,
  startAccountProduct,
} from './amocrm-product.js';
import { waitFor } from './product.js';
import { recorded, wishOf, outboxOf } from './wishes.js';
import { log } from './workshop.js';

const DEALS = 500;
/** As the account's log calls it. */
const CREATION = 'tasks.add';
/** Both buckets are full again, and what follows the copy is over. */
const QUIET_MS = 5_000;

export interface TaskRun {
  /** From before the wishes are saved until the account has the last task. */
  readonly seconds: number;
  /** Of these, saving the wishes. */
  readonly savingSeconds: number;
  /** Of these, between the kill and the moment the next process serves; 0 undisturbed. */
  readonly deadSeconds: number;
  readonly requests: number;
  readonly refusals: number;
  readonly missing: number;
  readonly twice: number;
}

interface Wished {
  readonly keys: ReadonlySet<string>;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly savedAt: number;
}

/** Wishes for host tasks, saved at once, until the last one is in the account, limits on. */
export async function runTasks(count: number, kill: boolean): Promise<TaskRun> {
  const account = await startAccount({ deals: DEALS, tls: false, limits: true });
  const product = await startAccountProduct(account);
  await copied(product, 'tasks');
  await sleep(QUIET_MS);
  const before = (await account.state()).tasks;
  await account.forget();
  const { keys, startedAt, savedAt } = await wish(product, count);
  const inAccount = async (least: number): Promise<boolean> =>
    (await account.state()).tasks - before >= least;
  let current = product;
  let deadSeconds = 0;
  if (kill) {
    await waitFor('half of the tasks', 300_000, () => inAccount(count / 2));
    const killedAt = performance.now();
    await product.process.kill();
    current = { ...product, process: await restartAccountProduct(product) };
    deadSeconds = (performance.now() - killedAt) / 1000;
  }
  await waitFor('the last task', 600_000, () => inAccount(count));
  const requests = await account.requests();
  await waitFor('the last answer', 120_000, () => recorded(product.databaseUrl, count));
  const { requestsByMethod } = await account.state();
  log(`  requests: ${JSON.stringify(requestsByMethod)}`);
  const found = await compare(account, keys);
  await endAccountProduct(account, current);
  await account.process.stop();
  return {
    seconds: (lastCreationAt(requests) - startedAt) / 1000,
    savingSeconds: (savedAt - startedAt) / 1000,
    deadSeconds,
    requests: requests.length,
    refusals: requests.filter(({ status }) => status === 429 || status === 403).length,
    ...found,
  };
}

/** By the account's log: asking for its state again and again would be too coarse for so short a time. */
function lastCreationAt(requests: readonly AccountRequest[]): number {
  const last = requests.findLast(({ method, status }) => method === CREATION && status === 200);
  if (!last) throw new Error('the account logged no creation of tasks');
  return last.at;
}

async function wish(product: AccountProduct, count: number): Promise<Wished> {
  const database = await openDatabase({ databaseUrl: product.databaseUrl, dataDir: '' });
  try {
    const [account] = await database.query<{ account_id: string }>('SELECT account_id FROM account');
    const deals = await database.query<{ deal_id: string }>('SELECT deal_id FROM deal ORDER BY deal_id');
    const owners = await database.query<{ user_id: string }>(
      'SELECT user_id FROM host_user WHERE active ORDER BY user_id',
    );
    const outbox = outboxOf(database);
    const wishes = Array.from({ length: count }, (_, index) =>
      wishOf(index, deals[index % deals.length]?.deal_id ?? '', owners[index % owners.length]?.user_id ?? ''),
    );
    const startedAt = Date.now();
    await database.transaction((tx) => outbox.want(tx, account?.account_id ?? '', wishes));
    const savedAt = Date.now();
    const rows = await database.query<{ key: string }>('SELECT key FROM outbox_task');
    return { keys: new Set(rows.map((row) => row.key)), startedAt, savedAt };
  } finally {
    await database.close();
  }
}

async function compare(
  account: Account,
  keys: ReadonlySet<string>,
): Promise<{ readonly missing: number; readonly twice: number }> {
  const found = (await account.taskTexts())
    .map((text) => parseText(text).key)
    .filter((key): key is string => key !== null && keys.has(key));
  const distinct = new Set(found).size;
  return { missing: keys.size - distinct, twice: found.length - distinct };
}

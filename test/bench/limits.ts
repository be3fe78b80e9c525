import { setTimeout as sleep } from 'node:timers/promises';
import { endProduct, install, restartProduct, startPortal, startProduct } from './product.js';
import { rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { freePort } from '../support/postgres.js';
import { query } from './workshop.js';

const BURST = 50;
const PER_SECOND = 2;
/** Both buckets, the portal's and ours, run empty in this time. */
const BUCKETS_EMPTY_MS = 26_000;
const AT_ONCE = 8;

/** Two processes of the service ask the portal as fast as they are let, out of one bucket in the database. */
export async function limits(options: BenchOptions): Promise<Report> {
  const each = options.large ? 550 : options.quick ? 50 : 130;
  const portal = await startPortal({ deals: 100, tls: false, limits: true });
  const product = await startProduct(portal);
  await install(portal, product);
  const [account] = await query<{ account_id: string }>(
    product.databaseUrl,
    'SELECT account_id FROM account',
  );
  await product.process.stop();
  // Web processes: workers would spend requests of their own.
  const first = await restartProduct(portal, product, { ROLE: 'web' });
  const second = await restartProduct(portal, product, { ROLE: 'web', PORT: String(await freePort()) });
  await sleep(BUCKETS_EMPTY_MS);
  const before = await portal.state();
  const startedAt = performance.now();
  const question = { kind: 'call', accountId: account?.account_id, times: each, atOnce: AT_ONCE };
  await Promise.all([first.ask(question), second.ask(question)]);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = await portal.state();
  await second.stop();
  await endProduct(portal, { ...product, process: first });
  await portal.process.stop();
  const requests = after.requests - before.requests;
  const refusals =
    (after.refusals['QUERY_LIMIT_EXCEEDED'] ?? 0) - (before.refusals['QUERY_LIMIT_EXCEEDED'] ?? 0);
  const bound = Math.max(0, (2 * each - BURST) / PER_SECOND);
  return {
    name: 'limits',
    figures: {
      processes: 2,
      calls: 2 * each,
      requests,
      boundSeconds: bound,
      seconds: rounded(seconds),
      ofBound: rounded(seconds / bound),
      refusals,
      refusalsPer1000: rounded((refusals / requests) * 1000),
    },
    targets: { ofBound: { atMost: 1.02 }, refusalsPer1000: { atMost: 1 } },
    notes: ['bound: (calls - 50) / 2 s, the portal’s bucket of 50 that drains 2 a second'],
  };
}

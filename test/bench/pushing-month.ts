import { readLedger } from '../support/month-ledger.js';
import { inventMonth } from '../support/month-company.js';
import { liveThrough } from '../support/month-run.js';
import { judge } from '../support/month-truth.js';
import { rounded } from './report.js';

/** The simulated month on PostgreSQL: how long it takes, and what the truth says of it. */
export async function liveMonth(databaseUrl: string): Promise<Readonly<Record<string, number>>> {
  const startedAt = Date.now();
  const lived = await liveThrough(inventMonth(Date.now()), { kind: 'postgres', databaseUrl });
  const seconds = (Date.now() - startedAt) / 1_000;
  try {
    const figures = { seconds: rounded(seconds), ...judge(lived, await readLedger(lived)) };
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`month: ${name}`, value]));
  } finally {
    await lived.service.stop();
  }
}

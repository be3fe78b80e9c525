import { instants, instantsOf, judge } from '../support/planted-judge.js';
import { readPlanted } from '../support/planted-ledger.js';
import { plantMonth } from '../support/planted-month.js';
import { livePlanted } from '../support/planted-run.js';
import { rounded } from './report.js';

const MONTH = { seed: 20_261_122, host: 'bitrix24', heldOutShare: 0 } as const;

/** The planted month on PostgreSQL: how long it takes, and how many faults of each kind it has. */
export async function liveMonth(databaseUrl: string): Promise<Readonly<Record<string, number>>> {
  const startedAt = Date.now();
  const lived = await livePlanted(plantMonth(Date.now(), MONTH), { kind: 'postgres', databaseUrl });
  const seconds = (Date.now() - startedAt) / 1_000;
  try {
    const ledger = await readPlanted(lived);
    const faults = Object.entries(judge(lived, ledger)).map(([kind, all]) => [kind, all.length] as const);
    const days = instants(ledger).map((one) => instantsOf(lived, ledger, one.userId, one.sentAt));
    const figures = {
      seconds: rounded(seconds),
      planted: lived.month.script.planted.length,
      deals: lived.month.script.deals.length,
      notifications: ledger.notifications.length,
      instantsOfOneDay: Math.max(0, ...days),
      ...Object.fromEntries(faults),
    };
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`month: ${name}`, value]));
  } finally {
    await lived.service.stop();
  }
}

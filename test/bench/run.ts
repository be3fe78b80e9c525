import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { amocrm } from './amocrm.js';
import { ingest } from './ingest.js';
import { insight } from './insight.js';
import { limits } from './limits.js';
import { live } from './live.js';
import { mirror } from './mirror.js';
import { panel } from './panel.js';
import { plans } from './plans.js';
import { pushing } from './pushing.js';
import { printReport, type Report } from './report.js';
import { stuck } from './stuck.js';
import { widget } from './widget.js';
import { closeWorkshop } from './workshop.js';
import { tasks } from './tasks.js';

export interface BenchOptions {
  /** Interleaved rounds of product and peer; medians count. */
  readonly rounds: number;
  /** The million-deal and the thousand-request sizes as well. */
  readonly large: boolean;
  /** A tenth of the size: shows that a benchmark runs, its figures say little. */
  readonly quick: boolean;
}

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<Report>>> = {
  mirror,
  ingest,
  tasks,
  limits,
  live,
  widget,
  amocrm,
  panel,
  plans,
  pushing,
  stuck,
  insight,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      large: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
    },
  });
  const bench = BENCHES[positionals[0] ?? ''];
  const rounds = Number(values.rounds);
  if (!bench || positionals.length > 1 || !Number.isInteger(rounds) || rounds < 1) {
    const names = Object.keys(BENCHES).join(' | ');
    process.stderr.write(`npm run bench -- ${names} [--rounds N] [--large] [--quick]\n`);
    return 1;
  }
  try {
    const report = await bench({ rounds, large: values.large, quick: values.quick });
    return printReport(report) ? 0 : 1;
  } finally {
    await closeWorkshop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);

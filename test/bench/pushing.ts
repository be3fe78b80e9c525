import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/create-app.js';
import { AlertRounds } from '../../src/features/pushing/alert-rounds.service.js';
import type { ControlContext } from '../../src/features/pushing/control-context.service.js';
import { DigestRounds } from '../../src/features/pushing/digest-rounds.service.js';
import { PulseRepository } from '../../src/features/pushing/pulse.repository.js';
import { RuleRepository } from '../../src/features/pushing/rule.repository.js';
import { readConfig } from '../../src/infra/config/read-config.js';
import { Database } from '../../src/infra/db/database.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { createLogger, Log } from '../../src/infra/log.js';
import { liveMonth } from './pushing-month.js';
import { accountOf, contextOf, fillAccount, KINDS, NOW, SELLERS } from './pushing-data.js';
import { median, rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';
import { log, newDatabase } from './workshop.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const PER_STATEMENT = 500;
const RULES_IN_PLAY = 200;

/** Control over an account of many deals: one event, everything anew, the digests of a morning; and the month. */
export async function pushing({ quick }: BenchOptions): Promise<Report> {
  const deals = quick ? 5_000 : 100_000;
  const bench = await open(deals);
  try {
    const refreshMsPerDeal = await bench.refreshAll(deals);
    const firstSeconds = (await timed(() => bench.alerts.run(bench.context))) / 1_000;
    log(`every rule about every deal for the first time: ${rounded(firstSeconds)} s`);
    await bench.database.query('VACUUM ANALYZE');
    const again = await bench.again();
    log(`again: ${rounded(again)} s`);
    const events = await bench.events(quick ? 60 : 300);
    log(`events: ${JSON.stringify(events)}`);
    const digest = await bench.digests();
    log(`digests: ${JSON.stringify(digest)}`);
    const instants = await bench.week(quick ? 200 : 2_000);
    const month = await liveMonth(await newDatabase());
    return {
      name: 'pushing',
      figures: {
        ...{ deals, rulesTimesAccounts: KINDS.length * bench.accounts },
        refreshMsPerDeal: rounded(refreshMsPerDeal),
        firstSeconds: rounded(firstSeconds),
        againSeconds: rounded(again),
        ...events,
        ...digest,
        instantsOfOneDay: instants,
        ...month,
      },
      targets: {
        eventMs: { atMost: 20 },
        againSeconds: { atMost: 30 },
        firstSeconds: { atMost: 30 },
        digestSeconds: { atMost: 10 },
        digests: { atLeast: SELLERS * (quick ? 0.5 : 1) },
        instantsOfOneDay: { atMost: 5 },
        'month: instantsOfOneDay': { atMost: 5 },
        'month: missed': { atMost: 0 },
        'month: invented': { atMost: 0 },
        'month: wronglyTold': { atMost: 0 },
        'month: indecent': { atMost: 0 },
        'month: overBudget': { atMost: 0 },
        'month: twice': { atMost: 0 },
        'month: pushes': { atMost: 0 },
      },
      notes: [
        `every kind of rule switched on in every account, ${SELLERS} sellers, plans of ten steps; PostgreSQL`,
        'eventMs: the pulse of a touched deal anew, and the round of its account; median, eventMsSlow is p95',
        'firstSeconds: the whole account when everything of the last ten days is news; againSeconds: nothing is',
        'digestSeconds: the messages of one morning, rendered and queued',
        'month: five weeks through the whole product, and its faults; see test/medium/pushing/planted-month.spec.ts',
      ],
    };
  } finally {
    await bench.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function open(deals: number): Promise<Bench> {
  const databaseUrl = await newDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-bench-pushing-'));
  const database = await openDatabase({ databaseUrl, dataDir });
  const clock = { at: NOW, now: () => clock.at };
  const environment = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, ROLE: 'web', SANDBOX: 'on' };
  const log = new Log(createLogger(process.env['BENCH_LOG'] ?? 'silent'));
  const app = await createApp({ config: readConfig(environment), log, hosts: new Map(), database, clock });
  await app.init();
  const rules = app.get(RuleRepository, { strict: false });
  const accounts = Math.ceil(RULES_IN_PLAY / KINDS.length);
  for (let account = 0; account < accounts; account += 1) {
    await fillAccount(database, rules, accountOf(account), account === 0 ? deals : 1_000);
  }
  await database.query('VACUUM ANALYZE');
  return new Bench(app, clock, accounts, () => rmSync(dataDir, { recursive: true, force: true }));
}

class Bench {
  readonly alerts: AlertRounds;
  readonly database: Database;
  readonly context: ControlContext = contextOf(accountOf(0));
  private readonly pulses: PulseRepository;

  constructor(
    private readonly app: NestFastifyApplication,
    private readonly clock: { at: number },
    readonly accounts: number,
    private readonly clear: () => void,
  ) {
    this.alerts = app.get(AlertRounds, { strict: false });
    this.pulses = app.get(PulseRepository, { strict: false });
    this.database = app.get(Database, { strict: false });
  }

  /** Milliseconds of a deal, over all accounts. */
  async refreshAll(deals: number): Promise<number> {
    let ms = 0;
    for (let account = 0; account < this.accounts; account += 1) {
      const accountId = accountOf(account);
      for (let after = ''; ;) {
        const ids = await this.pulses.candidates(accountId, after, PER_STATEMENT);
        const last = ids.at(-1);
        if (last === undefined) break;
        ms += await timed(() => this.pulses.refresh(accountId, ids, null));
        after = last;
      }
    }
    return ms / (deals + (this.accounts - 1) * 1_000);
  }

  async again(): Promise<number> {
    await this.database.query(
      `UPDATE deal_pulse SET next_check_at = '-infinity' WHERE account_id = $1::uuid`,
      [this.context.accountId],
    );
    return (await timed(() => this.alerts.run(this.context))) / 1_000;
  }

  async events(count: number): Promise<Readonly<Record<string, number>>> {
    const times: number[] = [];
    for (let event = 0; event < count; event += 1) {
      const dealId = `D_${((event * 331) % 4_999) + 1}`;
      this.clock.at += 1_000;
      await this.touch([dealId]);
      times.push(
        await timed(async () => {
          await this.pulses.refresh(this.context.accountId, [dealId], null);
          await this.alerts.run(this.context);
        }),
      );
    }
    const slow = times.toSorted((one, other) => one - other)[Math.floor(count * 0.95)] ?? Number.NaN;
    return { eventMs: rounded(median(times)), eventMsSlow: rounded(slow) };
  }

  /** The next morning, at nine. */
  async digests(): Promise<Readonly<Record<string, number>>> {
    this.clock.at = NOW + DAY - 3 * HOUR;
    const { accountId } = this.context;
    const digests = this.app.get(DigestRounds, { strict: false });
    const [before] = await this.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM outbox_action WHERE account_id = $1::uuid',
      [accountId],
    );
    const [waiting] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM alert_delivery WHERE account_id = $1::uuid AND delivery = 'digest' AND sent_at IS NULL`,
      [accountId],
    );
    const ms = await timed(() => digests.run(this.context));
    const [after] = await this.database.query<{ n: number }>(
      'SELECT count(*)::int AS n FROM outbox_action WHERE account_id = $1::uuid',
      [accountId],
    );
    return {
      digestSeconds: rounded(ms / 1_000),
      digests: (after?.n ?? 0) - (before?.n ?? 0),
      digestLines: waiting?.n ?? 0,
    };
  }

  /** Seven days, a round every hour after other deals were touched; the most instant alerts of one person's day. */
  async week(touched: number): Promise<number> {
    for (let hour = 0; hour < 7 * 24; hour += 3) {
      this.clock.at += 3 * HOUR;
      const ids = Array.from({ length: touched }, (_, n) => `D_${((hour * 7_919 + n * 13) % 4_999) + 1}`);
      await this.touch(ids);
      await this.pulses.refresh(this.context.accountId, ids.slice(0, PER_STATEMENT), null);
      await this.alerts.run(this.context);
    }
    const [row] = await this.database.query<{ n: number }>(
      `SELECT coalesce(max(n), 0)::int AS n FROM (
         SELECT count(*) AS n FROM alert_delivery WHERE account_id = $1::uuid AND sent_at IS NOT NULL
           AND delivery = 'instant' GROUP BY user_id, day) days`,
      [this.context.accountId],
    );
    return row?.n ?? Number.NaN;
  }

  async close(): Promise<void> {
    await this.app.close();
    this.clear();
  }

  /** As the mirror notes that somebody worked on these deals. */
  private async touch(dealIds: readonly string[]): Promise<void> {
    await this.database.query(
      `UPDATE deal SET last_activity_at = $3 WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])`,
      [this.context.accountId, dealIds, new Date(this.clock.at)],
    );
  }
}

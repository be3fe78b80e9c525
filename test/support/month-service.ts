import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import axios from 'axios';
import { createApp } from '../../src/create-app.js';
import { createHosts } from '../../src/hosts/create-hosts.js';
import { readConfig } from '../../src/infra/config/read-config.js';
import type { Database } from '../../src/infra/db/database.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { Jobs } from '../../src/infra/jobs/jobs.js';
import { createLogger, Log } from '../../src/infra/log.js';
import { INBOX_CHANNEL } from '../../src/mirror/inbox.repository.js';
import type { Company } from '../../src/sandbox/company/company.js';
import { freePort } from './postgres.js';
import { until } from './until.js';
import {
  callerIn,
  followTime,
  installIn,
  keysOf,
  startHost,
  type Caller,
  type HostName,
  type HostPortal,
} from './virtual-host.js';
import { enterOwnClock, giveOwnClock, shiftClock, type VirtualTime } from './virtual-time.js';

const SECRET = 'simulated-month-secret-0123456789abcdef';
const EVERY_MINUTE = '* * * * *';
/** At each look while work goes on, so that nobody waits in real time for the host's next free slot. */
const HURRY_MS = 250;
const MOST_HURRIES = 80;

/** The whole product and its portal in a time of their own; the service may stop and come back. */
export interface MonthService {
  readonly portal: HostPortal;
  /** Of the service as it runs now. */
  database(): Database;
  /** What somebody does in the portal, by its control API. */
  inPortal<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T>;
  /** Opens our frame as this employee; a session lives for minutes, so it is opened for each deed. */
  as(userId: number): Promise<Caller>;
  /** What the clock starts every minute; `night`: what it starts once a day or an hour, too. */
  tick(night?: boolean): Promise<void>;
  /** Waits until everything that can be done now is done. */
  settle(): Promise<void>;
  /** The service goes down with whatever it was doing, and comes up again on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface MonthServiceOptions {
  readonly host: HostName;
  readonly company: Company;
  readonly time: VirtualTime;
  readonly kind: 'embedded' | 'postgres';
  /** Of a new empty PostgreSQL database. */
  readonly databaseUrl: string | null;
}

interface Place {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly portal: HostPortal;
}

interface Process {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly minutely: readonly string[];
  readonly others: readonly string[];
}

export async function startMonthService(options: MonthServiceOptions): Promise<MonthService> {
  const { time } = options;
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const portal = await startHost(options.host, options.company, url);
  await followTime(portal, time);
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-month-'));
  const place = { url, port, dataDir, portal };
  const first = await openDatabase({ databaseUrl: options.databaseUrl, dataDir });
  await giveOwnClock(first);
  await first.close();
  let running = await boot(place, options);
  await time.follow((byMs) => shiftClock(running.database, byMs));
  await installIn(portal, url, []);
  running = { ...running, ...(await schedulesOf(running.database)) };

  const service: MonthService = {
    portal,
    database: () => running.database,
    inPortal: async <T>(method: 'GET' | 'POST' | 'PATCH', at: string, body?: object) =>
      (await axios.request<T>({ method, url: `${portal.control}${at}`, ...(body && { data: body }) })).data,
    as: (userId) => callerIn(portal, url, userId),
    tick: async (night = false) => {
      const jobs = running.app.get(Jobs);
      for (const name of [...running.minutely, ...(night ? running.others : [])])
        await jobs.enqueue({ name }, {});
    },
    settle: async () => {
      await portal.store.sender.drained();
      let hurries = 0;
      await until(
        async () => {
          const n = await calm(running.database, time);
          if (n > 0 && hurries++ < MOST_HURRIES) await time.hurry(HURRY_MS);
          return n === 0;
        },
        { timeoutMs: 240_000, what: 'a quiet product' },
      );
    },
    restart: async () => {
      await running.app.close();
      running = await boot(place, options);
      running = { ...running, ...(await schedulesOf(running.database)) };
    },
    stop: async () => {
      await running.app.close();
      await portal.close();
      time.end();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return service;
}

async function boot(place: Place, { host, time, databaseUrl, kind }: MonthServiceOptions): Promise<Process> {
  const { url, port, dataDir, portal } = place;
  const database = await openDatabase({ databaseUrl, dataDir });
  if (kind === 'embedded') await enterOwnClock(database);
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    SANDBOX: 'on',
    LOG_LEVEL: 'silent',
    APP_SECRET: SECRET,
    ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
  });
  const log = new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
  const hosts = createHosts(keysOf(host, url), {
    clock: time,
    log,
    trustedOrigins: [new URL(portal.url).origin],
    publicUrl: config.publicUrl,
  });
  const app = await createApp({ config, log, hosts, database, clock: time });
  await app.listen(port, '127.0.0.1');
  return { app, database, minutely: [], others: [] };
}

/** The clock's own list, as the queue keeps it: whoever adds a round to the product adds it to the month as well. */
export async function schedulesOf(database: Database): Promise<Pick<Process, 'minutely' | 'others'>> {
  const rows = await database.query<{ name: string; cron: string }>('SELECT name, cron FROM pgboss.schedule');
  const of = (minutely: boolean): readonly string[] =>
    rows.filter((row) => (row.cron === EVERY_MINUTE) === minutely).map((row) => row.name);
  return { minutely: of(true), others: of(false) };
}

/** What is still to be done. Hints that rest between two requests to the host are waited for by going on in time. */
export async function calm(database: Database, time: VirtualTime): Promise<number> {
  const n = await pending(database);
  if (n > 0) return n;
  const resting = await database.query<{ account_id: string; until: Date | null }>(
    'SELECT account_id, max(claimed_until) AS until FROM inbox GROUP BY account_id',
  );
  for (const { account_id: accountId, until: at } of resting) {
    // A hint that came this very moment rests for nothing yet: it is waited for like any work.
    if (at === null) continue;
    await time.moveTo(at.getTime() + 1);
    await database.query('SELECT pg_notify($1, $2)', [INBOX_CHANNEL, accountId]);
  }
  return resting.length;
}

/** Hints, jobs, tasks and messages that are due in the virtual present. */
async function pending(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT ((SELECT count(*) FROM inbox WHERE claimed_by IS NOT NULL OR claimed_until IS NULL OR claimed_until <= now())
       + (SELECT count(*) FROM pgboss.job WHERE state IN ('created', 'active', 'retry') AND start_after <= now()
            AND name NOT LIKE '\\_\\_%')
       + (SELECT count(*) FROM outbox_task WHERE next_at <= now() OR claimed_until > now())
       + (SELECT count(*) FROM outbox_action WHERE next_at <= now() OR claimed_until > now()))::int AS n`,
  );
  return row?.n ?? 0;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import axios from 'axios';
import { createApp } from '../../src/create-app.js';
import type { Clock } from '../../src/domain/crm/time.js';
import { createHosts } from '../../src/hosts/create-hosts.js';
import { systemClock } from '../../src/infra/clock.js';
import { readConfig } from '../../src/infra/config/read-config.js';
import type { Database } from '../../src/infra/db/database.js';
import { Log, createLogger } from '../../src/infra/log.js';
import { startBitrix24Portal, type Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import type { Company } from '../../src/sandbox/company/company.js';
import { generateCompany } from '../../src/sandbox/company/generator.js';
import { installDemo, type DemoPlan } from '../../src/sandbox/demo/demo-administrator.js';
import { demoApplication } from '../../src/sandbox/demo/demo-application.js';
import { openTestDatabase } from './database.js';
import { freePort } from './postgres.js';
import { until } from './until.js';

const SEED = 7;

/** At two requests a second most of a test's time would be waiting for the portal. */
export const UNLIMITED = { BITRIX24_LIMITS: 'none' } as const;

export interface RunningOptions {
  readonly company?: Company;
  readonly database?: Database;
  readonly limits?: boolean;
  /** The service spares the portal as it would a real one; else only a portal with limits is spared. */
  readonly sparing?: boolean;
  /** Plans that the administrator switches on; absent: the app is installed and plans stay off. */
  readonly plans?: readonly DemoPlan[];
  readonly language?: 'ru' | 'en';
  /** Origins of further portals that the service may call. */
  readonly trusted?: readonly string[];
  /** Further variables of the service. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The service's own clock; the portal keeps the real one. */
  readonly clock?: Clock;
  /** Hears every line of the service's log. */
  readonly hear?: (line: string) => void;
}

/** The whole product in this process: the service on a real database, and a simulated portal that it lives in. */
export interface Running {
  readonly portal: Bitrix24Portal;
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly url: string;
  /** What the portal tells of itself. */
  state(): Promise<PortalState>;
  tasks(): Promise<readonly PortalTaskLine[]>;
  stop(): Promise<void>;
}

export interface PortalState {
  readonly deals: number;
  readonly openDeals: number;
  readonly tasks: number;
  readonly installations: number;
}

export interface PortalTaskLine {
  readonly id: number | string;
  readonly [field: string]: unknown;
}

export function smallCompany(deals = 30): Company {
  return generateCompany({ seed: SEED, deals, language: 'ru', now: Date.now() });
}

/** Boots everything and lets the administrator install the app through the portal's own flow. */
export async function startEverything(options: RunningOptions = {}): Promise<Running> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const language = options.language ?? 'ru';
  const application = demoApplication(url, language, SEED);
  const portal = await startBitrix24Portal({
    port: 0,
    limits: options.limits ?? false,
    company: options.company ?? smallCompany(),
    seed: SEED,
    application,
  });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-test-'));
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    SANDBOX: 'on',
    LOG_LEVEL: 'silent',
    ...options.environment,
  });
  const log = loggerOf(options);
  const hosts = createHosts(
    {
      BITRIX24_CLIENT_ID: application.clientId,
      BITRIX24_CLIENT_SECRET: application.clientSecret,
      ...(options.limits || options.sparing ? {} : UNLIMITED),
    },
    {
      clock: systemClock,
      log,
      trustedOrigins: [new URL(portal.url).origin, ...(options.trusted ?? [])],
      publicUrl: config.publicUrl,
    },
  );
  const database = options.database ?? (await openTestDatabase());
  const clock = options.clock ?? systemClock;
  const app = await createApp({ config, log, hosts, database, clock });
  await app.listen(port, '127.0.0.1');
  const installation = await installDemo(portal.url, url, {
    plans: options.plans ?? [],
    language,
    pollMs: 50,
  });
  await installation.planned;
  return {
    portal,
    app,
    database,
    url,
    state: async () => (await axios.get<PortalState>(`${portal.control}/state`)).data,
    tasks: async () =>
      jsonLines((await axios.get<string>(`${portal.control}/tasks`, { responseType: 'text' })).data),
    stop: async () => {
      await app.close();
      await portal.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function loggerOf({ hear }: RunningOptions): Log {
  if (hear) return new Log(createLogger('debug', { write: hear }));
  return new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
}

function jsonLines(text: string): readonly PortalTaskLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PortalTaskLine);
}

/** Waits until nothing is on its way any more: no hint, no job, no task that is not written. */
export async function settled(running: Pick<Running, 'database'>, timeoutMs = 30_000): Promise<void> {
  await until(async () => (await pending(running.database)) === 0, { timeoutMs, what: 'a quiet system' });
}

async function pending(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT ((SELECT count(*) FROM inbox WHERE entity NOT IN ('queue', 'activity'))
       + (SELECT count(*) FROM pgboss.job WHERE state IN ('created', 'active', 'retry') AND start_after <= now()
            AND name NOT LIKE '\\_\\_%')
       + (SELECT count(*) FROM outbox_task WHERE desired_rev > applied_rev AND state NOT IN ('gone', 'failed')))::int AS n`,
  );
  return row?.n ?? 0;
}

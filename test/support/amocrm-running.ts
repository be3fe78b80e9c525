import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import axios, { type AxiosInstance } from 'axios';
import { createApp } from '../../src/create-app.js';
import type { BootView } from '../../src/features/embed/boot.view.js';
import { createHosts } from '../../src/hosts/create-hosts.js';
import { systemClock } from '../../src/infra/clock.js';
import { readConfig } from '../../src/infra/config/read-config.js';
import type { Database } from '../../src/infra/db/database.js';
import { createLogger, Log } from '../../src/infra/log.js';
import { type AmocrmPortal, startAmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import type { Company } from '../../src/sandbox/company/company.js';
import { INTEGRATION } from './amocrm-world.js';
import { openTestDatabase } from './database.js';
import { freePort } from './postgres.js';
import { until } from './until.js';

/** The whole product in this process, in a simulated account that installed its widget by the account's own flow. */
export interface AmocrmRunning {
  readonly portal: AmocrmPortal;
  readonly app: NestFastifyApplication;
  readonly database: Database;
  readonly url: string;
  /** Opens our frame as this person, through the account's page. */
  enter(userId: number, dealId?: number): Promise<{ readonly boot: BootView; readonly api: AxiosInstance }>;
  stop(): Promise<void>;
}

export interface AmocrmRunningOptions {
  readonly company: Company;
  readonly limits?: boolean;
  readonly filters?: boolean;
  readonly plan?: 'basic' | 'extended';
  /** The account’s other spelling, with 127.0.0.1, may be called as well. */
  readonly trustRenamed?: boolean;
  readonly database?: Database;
}

export async function startAmocrmEverything(options: AmocrmRunningOptions): Promise<AmocrmRunning> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const portal = await startAmocrmPortal({
    port: 0,
    limits: options.limits ?? false,
    company: options.company,
    application: {
      ...INTEGRATION,
      redirectUri: `${url}/oauth/amocrm`,
      uninstallUrl: `${url}/hooks/amocrm/uninstalled`,
      title: 'Dozhim',
    },
  });
  Object.assign(portal.store.settings, {
    plan: options.plan ?? 'extended',
    filterAddOn: options.filters ?? false,
  });
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-test-'));
  const config = readConfig({ PORT: String(port), DATA_DIR: dataDir, SANDBOX: 'on', LOG_LEVEL: 'silent' });
  const log = new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
  const hosts = createHosts(
    { AMOCRM_CLIENT_ID: INTEGRATION.clientId, AMOCRM_CLIENT_SECRET: INTEGRATION.clientSecret },
    {
      clock: systemClock,
      log,
      trustedOrigins: [portal.url, ...(options.trustRenamed ? [renamedUrl(portal)] : [])],
      publicUrl: config.publicUrl,
    },
  );
  const database = options.database ?? (await openTestDatabase());
  const app = await createApp({ config, log, hosts, database });
  await app.listen(port, '127.0.0.1');
  await portal.context.install(INTEGRATION.clientId, portal.store.people.firstAdmin().id);
  await until(async () => (await copied(database)) > 0, { timeoutMs: 60_000, what: 'the first copy' });
  return {
    portal,
    app,
    database,
    url,
    enter: (userId, dealId) => enter(portal, url, userId, dealId),
    stop: async () => {
      await app.close();
      await portal.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function renamedUrl(portal: AmocrmPortal): string {
  return portal.url.replace('localhost', '127.0.0.1');
}

async function copied(database: Database): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM checkpoint WHERE stream = 'tasks' AND stage = 'following'`,
  );
  return row?.n ?? 0;
}

async function enter(portal: AmocrmPortal, url: string, userId: number, dealId?: number) {
  const token = await portal.context.disposableToken(INTEGRATION.clientId, userId);
  const { data: boot } = await axios.post<BootView>(
    `${url}/embed/amocrm/session?account=${portal.accountId}`,
    { screen: dealId === undefined ? 'home' : 'plan', dealId: String(dealId ?? ''), language: 'ru' },
    { headers: { origin: portal.url, 'x-auth-token': token } },
  );
  const api = axios.create({
    baseURL: url,
    headers: { authorization: `Bearer ${boot.session}` },
    validateStatus: () => true,
  });
  api.interceptors.request.use((request) => {
    if (request.method === 'post') request.headers.set('idempotency-key', randomUUID());
    return request;
  });
  return { boot, api };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { packArchive } from '../../../scripts/widget-archive.mjs';
import { createApp } from '../../../src/create-app.js';
import { createHosts } from '../../../src/hosts/create-hosts.js';
import { systemClock } from '../../../src/infra/clock.js';
import { readConfig } from '../../../src/infra/config/read-config.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { Log, createLogger } from '../../../src/infra/log.js';
import { startAmocrmPortal, type AmocrmPortal } from '../../../src/sandbox/amocrm/portal.js';
import { demoIntegration } from '../../../src/sandbox/demo/demo-application.js';
import { openTestDatabase } from '../../support/database.js';
import { freePort } from '../../support/postgres.js';
import { smallCompany } from '../../support/running.js';
import { until } from '../../support/until.js';

const WIDGET = path.resolve(import.meta.dirname, '../../../widgets/amocrm');
const SEED = 7;

/** The whole product in this process, living in a simulated account that has installed the packed widget. */
export interface LivingAccount {
  readonly portal: AmocrmPortal;
  readonly app: NestFastifyApplication;
  readonly database: Database;
  /** Where the service answers. */
  readonly url: string;
  readonly accountId: string;
  readonly integrationId: string;
  readonly adminId: number;
  stop(): Promise<void>;
}

export interface LivingOptions {
  readonly deals?: number;
  /** False: the widget lies in the account and somebody has yet to press “install”. */
  readonly install?: boolean;
  /** Further variables of the service. */
  readonly environment?: NodeJS.ProcessEnv;
}

export async function startLivingAccount({
  deals = 30,
  install = true,
  environment = {},
}: LivingOptions = {}): Promise<LivingAccount> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const application = demoIntegration(url, 'ru', SEED);
  const portal = await startAmocrmPortal({
    port: 0,
    limits: false,
    company: smallCompany(deals),
    seed: SEED,
    application,
  });
  portal.widgets.upload(application.clientId, Buffer.from(packArchive({ folder: WIDGET, appUrl: url })));
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-test-'));
  const config = readConfig({
    ...{ PORT: String(port), DATA_DIR: dataDir, SANDBOX: 'on', LOG_LEVEL: 'silent' },
    ...environment,
  });
  const log = new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
  const hosts = createHosts(
    { AMOCRM_CLIENT_ID: application.clientId, AMOCRM_CLIENT_SECRET: application.clientSecret },
    { clock: systemClock, log, trustedOrigins: [portal.url], publicUrl: config.publicUrl },
  );
  const database = await openTestDatabase();
  const app = await createApp({ config, log, hosts, database });
  await app.listen(port, '127.0.0.1');
  const adminId = portal.store.people.firstAdmin().id;
  const accountId = accountIdOf('amocrm', String(portal.accountId));
  if (install) {
    await portal.context.install(application.clientId, adminId);
    await until(async () => (await copied(database, accountId)) === 1, {
      timeoutMs: 60_000,
      what: 'a copied account',
    });
  }
  return {
    portal,
    app,
    database,
    url,
    accountId,
    integrationId: application.clientId,
    adminId,
    stop: async () => {
      await app.close();
      await portal.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function copied(database: Database, accountId: string): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM account WHERE account_id = $1 AND state = 'active'
       AND EXISTS (SELECT 1 FROM deal WHERE account_id = $1)`,
    [accountId],
  );
  return row?.n ?? 0;
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/create-app.js';
import { createHosts } from '../../src/hosts/create-hosts.js';
import { systemClock } from '../../src/infra/clock.js';
import { Config } from '../../src/infra/config/config.js';
import { readConfig } from '../../src/infra/config/read-config.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { Log, createLogger } from '../../src/infra/log.js';
import { demoApplication } from '../../src/sandbox/demo/demo-application.js';
import { freePort } from './postgres.js';
import type { Running } from './running.js';

export interface SecondService {
  readonly app: NestFastifyApplication;
  readonly url: string;
  stop(): Promise<void>;
}

/** Seed of the running portal's application: the same card, so the same secrets. */
const SEED = 7;

/** Another process in all but name: own connections, own memory, on the database and portal of the first one. */
export async function startSecondService(running: Running, databaseUrl: string): Promise<SecondService> {
  const port = await freePort();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-second-'));
  const [secret = ''] = running.app.get(Config).secrets;
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    SANDBOX: 'on',
    LOG_LEVEL: 'silent',
    APP_SECRET: secret,
    DATABASE_URL: databaseUrl,
  });
  const log = new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
  const application = demoApplication(running.url, 'ru', SEED);
  const hosts = createHosts(
    { BITRIX24_CLIENT_ID: application.clientId, BITRIX24_CLIENT_SECRET: application.clientSecret },
    {
      clock: systemClock,
      log,
      trustedOrigins: [new URL(running.portal.url).origin],
      publicUrl: config.publicUrl,
    },
  );
  const database = await openDatabase({ databaseUrl, dataDir });
  const app = await createApp({ config, log, hosts, database });
  await app.listen(port, '127.0.0.1');
  return {
    app,
    url: `http://localhost:${port}`,
    stop: async () => {
      await app.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApp } from '../../../src/create-app.js';
import { createHosts } from '../../../src/hosts/create-hosts.js';
import { readConfig } from '../../../src/infra/config/read-config.js';
import type { Database } from '../../../src/infra/db/database.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { createLogger, Log } from '../../../src/infra/log.js';
import type { Company } from '../../../src/sandbox/company/company.js';
import { DEMO_PLANS } from '../../../src/sandbox/demo/demo-administrator.js';
import { openTestDatabase } from '../../support/database.js';
import { openMailBox, type MailBox } from '../../support/mail-box.js';
import { calm, schedulesOf } from '../../support/month-service.js';
import { freePort } from '../../support/postgres.js';
import { until } from '../../support/until.js';
import {
  callerIn,
  followTime,
  installIn,
  keysOf,
  startHost,
  type Caller,
  type HostName,
  type HostPortal,
} from '../../support/virtual-host.js';
import { enterOwnClock, giveOwnClock, shiftClock, type VirtualTime } from '../../support/virtual-time.js';

const NIGHT_MS = 8 * 3_600_000;

export type DayHost = HostName;
export type DayPortal = HostPortal;

/** The whole product and its host in a time of their own, with a mail server beside them. */
export interface DayWorld {
  readonly host: DayHost;
  readonly portal: DayPortal;
  readonly database: Database;
  readonly mail: MailBox;
  /** Origin of the service. */
  readonly url: string;
  readonly time: VirtualTime;
  /** Address of the app's own page in the CRM. */
  readonly appPath: string;
  /** The clock comes to this instant, and everything that it starts is done; over night what nights are for, too. */
  moveTo(instant: number): Promise<void>;
  /** Whatever people did meanwhile has reached everybody. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export async function startDayWorld(host: DayHost, company: Company, time: VirtualTime): Promise<DayWorld> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const portal = await startHost(host, company, url);
  await followTime(portal, time);
  const mail = await openMailBox();
  const dataDir = mkdtempSync(path.join(tmpdir(), 'dozhim-day-'));
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: dataDir,
    SANDBOX: 'on',
    LOG_LEVEL: 'silent',
    SMTP_URL: mail.url,
    MAIL_FROM: 'Дожим <day@example.com>',
  });
  const log = new Log(createLogger(process.env['TEST_LOG'] ?? 'silent'));
  const hosts = createHosts(keysOf(host, url), {
    clock: time,
    log,
    trustedOrigins: [new URL(portal.url).origin],
    publicUrl: config.publicUrl,
  });
  const database = await openTestDatabase();
  await giveOwnClock(database);
  await enterOwnClock(database);
  await time.follow((byMs) => shiftClock(database, byMs));
  const app = await createApp({ config, log, hosts, database, clock: time });
  await app.listen(port, '127.0.0.1');
  await installIn(portal, url, DEMO_PLANS);
  const { minutely, others } = await schedulesOf(database);

  async function settle(): Promise<void> {
    await portal.store.sender.drained();
    await until(async () => (await calm(database, time)) === 0, {
      timeoutMs: 60_000,
      what: 'a quiet product',
    });
  }

  return {
    ...{ host, portal, database, mail, url, time, settle, appPath: appPathOf(portal) },
    moveTo: async (instant) => {
      const night = instant - time.now() > NIGHT_MS;
      await time.moveTo(instant);
      const jobs = app.get(Jobs);
      for (const name of [...minutely, ...(night ? others : [])]) await jobs.enqueue({ name }, {});
      await settle();
    },
    stop: async () => {
      await app.close();
      await Promise.all([portal.close(), mail.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function appPathOf(portal: DayPortal): string {
  if (portal.host === 'bitrix24')
    return `/marketplace/view/${portal.context.placements('LEFT_MENU')[0]?.id ?? 0}/`;
  const code = portal.context.integrations().find((one) => one.state === 'installed')?.code ?? '';
  return `/settings/advanced/${code}/`;
}

/** Calls as this person's widget makes them. */
export function personIn({ portal, url }: DayWorld, userId: number): Promise<Caller> {
  return callerIn(portal, url, userId);
}

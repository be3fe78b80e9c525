import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axios from 'axios';
import { packArchive } from '../../../scripts/widget-archive.mjs';
import { createApp } from '../../../src/create-app.js';
import { createHosts } from '../../../src/hosts/create-hosts.js';
import { readConfig } from '../../../src/infra/config/read-config.js';
import type { Database } from '../../../src/infra/db/database.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { createLogger, Log } from '../../../src/infra/log.js';
import { startAmocrmPortal, type AmocrmPortal } from '../../../src/sandbox/amocrm/portal.js';
import { startBitrix24Portal, type Bitrix24Portal } from '../../../src/sandbox/bitrix24/portal.js';
import type { Company } from '../../../src/sandbox/company/company.js';
import { installDemoWidget } from '../../../src/sandbox/demo/account-administrator.js';
import { DEMO_PLANS, installDemo } from '../../../src/sandbox/demo/demo-administrator.js';
import { demoApplication, demoIntegration } from '../../../src/sandbox/demo/demo-application.js';
import { openTestDatabase } from '../../support/database.js';
import { openMailBox, type MailBox } from '../../support/mail-box.js';
import { calm, schedulesOf } from '../../support/month-service.js';
import { freePort } from '../../support/postgres.js';
import { until } from '../../support/until.js';
import { openFrame, type WidgetPerson } from '../../support/widget-person.js';
import { enterOwnClock, giveOwnClock, shiftClock, type VirtualTime } from '../../support/virtual-time.js';

const SEED = 7;
const NIGHT_MS = 8 * 3_600_000;
const WIDGET = path.resolve(import.meta.dirname, '../../../widgets/amocrm');

export type DayHost = 'bitrix24' | 'amocrm';
export type DayPortal = Bitrix24Portal | AmocrmPortal;

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
  const portal = await portalOf(host, company, url);
  await time.follow((byMs) => portal.store.clock.advance(byMs));
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
  const install = portal.host === 'amocrm' ? installDemoWidget : installDemo;
  const { planned } = await install(portal.url, url, { plans: DEMO_PLANS, language: 'ru', pollMs: 50 });
  await planned;
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
export async function personIn(world: DayWorld, userId: number): Promise<Pick<WidgetPerson, 'get' | 'send'>> {
  const { portal, url } = world;
  if (portal.host === 'bitrix24') return openFrame({ portal, url }, userId);
  const { clientId } = demoIntegration(url, 'ru', SEED);
  const token = await portal.context.disposableToken(clientId, userId);
  const { data: boot } = await axios.post<{ readonly session: string }>(
    `${url}/embed/amocrm/session?account=${portal.accountId}`,
    { screen: 'home', dealId: '', language: 'ru' },
    { headers: { origin: portal.url, 'x-auth-token': token } },
  );
  const headers = { authorization: `Bearer ${boot.session}` };
  const api = axios.create({ baseURL: url, headers, validateStatus: () => true });
  return {
    get: (path) => api.get(path),
    send: (method, path, body) =>
      api.request({
        method,
        url: path,
        headers: { 'idempotency-key': randomUUID() },
        ...(body && { data: body }),
      }),
  };
}

async function portalOf(host: DayHost, company: Company, url: string): Promise<DayPortal> {
  const common = { port: 0, limits: false, company, seed: SEED };
  if (host === 'bitrix24')
    return startBitrix24Portal({ ...common, application: demoApplication(url, 'ru', SEED) });
  const application = demoIntegration(url, 'ru', SEED);
  const portal = await startAmocrmPortal({ ...common, application });
  portal.widgets.upload(application.clientId, Buffer.from(packArchive({ folder: WIDGET, appUrl: url })));
  return portal;
}

function keysOf(host: DayHost, url: string): Readonly<Record<string, string>> {
  const { clientId, clientSecret } = (host === 'bitrix24' ? demoApplication : demoIntegration)(
    url,
    'ru',
    SEED,
  );
  return host === 'bitrix24'
    ? { BITRIX24_CLIENT_ID: clientId, BITRIX24_CLIENT_SECRET: clientSecret }
    : { AMOCRM_CLIENT_ID: clientId, AMOCRM_CLIENT_SECRET: clientSecret };
}

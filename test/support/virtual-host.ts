import { randomUUID } from 'node:crypto';
import path from 'node:path';
import axios from 'axios';
import { packArchive } from '../../scripts/widget-archive.mjs';
import { type AmocrmPortal, startAmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import { type Bitrix24Portal, startBitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import type { Company } from '../../src/sandbox/company/company.js';
import { installDemoWidget } from '../../src/sandbox/demo/account-administrator.js';
import { installDemo, type DemoPlan } from '../../src/sandbox/demo/demo-administrator.js';
import { demoApplication, demoIntegration } from '../../src/sandbox/demo/demo-application.js';
import type { VirtualTime } from './virtual-time.js';
import { openFrame, type WidgetPerson } from './widget-person.js';

const SEED = 7;
const WIDGET = path.resolve(import.meta.dirname, '../../widgets/amocrm');

export type HostName = 'bitrix24' | 'amocrm';
export type HostPortal = Bitrix24Portal | AmocrmPortal;

/** Calls as a person's widget makes them; no status is thrown. */
export type Caller = Pick<WidgetPerson, 'get' | 'post' | 'send'>;

/** The simulated CRM of that kind without limits, with our application in it, for a service at `url`. */
export async function startHost(host: HostName, company: Company, url: string): Promise<HostPortal> {
  const common = { port: 0, limits: false, company, seed: SEED };
  if (host === 'bitrix24')
    return startBitrix24Portal({ ...common, application: demoApplication(url, 'ru', SEED) });
  const application = demoIntegration(url, 'ru', SEED);
  const portal = await startAmocrmPortal({ ...common, application });
  portal.widgets.upload(application.clientId, Buffer.from(packArchive({ folder: WIDGET, appUrl: url })));
  return portal;
}

/** The host's clock goes along with everybody's. */
export function followTime(portal: HostPortal, time: VirtualTime): Promise<void> {
  return time.follow((byMs) => {
    portal.store.clock.advance(byMs);
    if (portal.host === 'amocrm') portal.store.courier.look();
  });
}

/** What the service at `url` is configured with. */
export function keysOf(host: HostName, url: string): Readonly<Record<string, string>> {
  if (host === 'bitrix24') {
    const { clientId, clientSecret } = demoApplication(url, 'ru', SEED);
    return { BITRIX24_CLIENT_ID: clientId, BITRIX24_CLIENT_SECRET: clientSecret };
  }
  const { clientId, clientSecret } = demoIntegration(url, 'ru', SEED);
  return { AMOCRM_CLIENT_ID: clientId, AMOCRM_CLIENT_SECRET: clientSecret };
}

/** As the administrator does it; resolves when the deals are copied and the plans are on. */
export async function installIn(portal: HostPortal, url: string, plans: readonly DemoPlan[]): Promise<void> {
  const install = portal.host === 'amocrm' ? installDemoWidget : installDemo;
  const { planned } = await install(portal.url, url, { plans, language: 'ru', pollMs: 50 });
  await planned;
}

/** Opens our frame as this person; a session lives for minutes. */
export async function callerIn(portal: HostPortal, url: string, userId: number): Promise<Caller> {
  if (portal.host === 'bitrix24') return openFrame({ portal, url }, userId);
  const token = await portal.context.disposableToken(demoIntegration(url, 'ru', SEED).clientId, userId);
  const { data: boot } = await axios.post<{ readonly session: string }>(
    `${url}/embed/amocrm/session?account=${portal.accountId}`,
    { screen: 'home', dealId: '', language: 'ru' },
    { headers: { origin: portal.url, 'x-auth-token': token } },
  );
  const headers = { authorization: `Bearer ${boot.session}` };
  const api = axios.create({ baseURL: url, headers, validateStatus: () => true });
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });
  return {
    get: (at) => api.get(at),
    post: (at, body = {}, key = randomUUID()) => api.post(at, body, keyed(key)),
    send: (method, at, body) =>
      api.request({ method, url: at, ...keyed(randomUUID()), ...(body && { data: body }) }),
  };
}

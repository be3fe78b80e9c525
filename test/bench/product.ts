import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import axios from 'axios';
import { installDemo } from '../../src/sandbox/demo/demo-administrator.js';
import { demoApplication } from '../../src/sandbox/demo/demo-application.js';
import { freePort } from '../support/postgres.js';
import { newDatabase, query, scratchFile, start, trust, type BenchProcess } from './workshop.js';

interface PortalSettings {
  readonly deals: number;
  readonly tls: boolean;
  readonly limits: boolean;
}

export interface Portal {
  readonly url: string;
  readonly webhook: string;
  readonly control: string;
  /** Environment with which a process trusts the portal's certificate. */
  readonly trusting: Readonly<Record<string, string>>;
  readonly process: BenchProcess<unknown>;
  state(): Promise<PortalState>;
  post(path: string, body: object): Promise<unknown>;
  /** JSON lines of a control address, e.g. `/tasks`. */
  lines<Row>(path: string): Promise<readonly Row[]>;
}

export interface PortalState {
  readonly deals: number;
  readonly tasks: number;
  readonly requests: number;
  readonly requestsByMethod: Readonly<Record<string, number>>;
  readonly callsByMethod: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
}

/** The service on a database of its own, in a process of its own. */
export interface Product {
  readonly process: BenchProcess<unknown>;
  readonly url: string;
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly applicationId: string;
}

export async function startPortal(settings: PortalSettings): Promise<Portal> {
  const authorityFile = scratchFile('authority.pem');
  const process = await start<Pick<Portal, 'url' | 'webhook' | 'control'>>('portal', {
    ...settings,
    authorityFile,
  });
  if (settings.tls) trust(authorityFile);
  const { control } = process.ready;
  // Without limits no operating time is told either: the peer would brake itself by it from the second round on.
  if (!settings.limits) await axios.post(`${control}/limits`, { costs: { '*': 0, '*write': 0 } });
  return {
    ...process.ready,
    trusting: settings.tls ? { NODE_EXTRA_CA_CERTS: authorityFile } : {},
    process,
    state: async () => (await axios.get<PortalState>(`${control}/state`)).data,
    post: async (at, body) => (await axios.post<unknown>(`${control}${at}`, body)).data,
    lines: async <Row>(at: string) => {
      const { data } = await axios.get<string>(`${control}${at}`, { responseType: 'text' });
      return data
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Row);
    },
  };
}

/** A fresh database and a fresh application of the portal; not installed yet. */
export async function startProduct(
  portal: Portal,
  settings: object = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<Product> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const application = demoApplication(url, 'ru', port);
  await portal.post('/applications', { ...application, flavour: 'pages' });
  const databaseUrl = await newDatabase();
  const full = {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    DATA_DIR: mkdtempSync(path.join(tmpdir(), 'dozhim-bench-data-')),
    SANDBOX: 'off',
    LOG_LEVEL: process.env['BENCH_LOG'] ?? 'silent',
    BITRIX24_CLIENT_ID: application.clientId,
    BITRIX24_CLIENT_SECRET: application.clientSecret,
    ...portal.trusting,
    ...(process.env['BENCH_NODE_OPTIONS'] && { NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'] }),
    ...environment,
  };
  return {
    process: await start('service', { portalUrl: portal.url, ...settings }, full),
    url,
    databaseUrl,
    environment: full,
    applicationId: application.clientId,
  };
}

/** The administrator installs the application through the portal's own flow; resolves when the copy is done. */
export async function install(portal: Portal, product: Product): Promise<void> {
  const failures: string[] = [];
  const { planned } = await installDemo(portal.url, product.url, {
    applicationId: product.applicationId,
    plans: [],
    language: 'ru',
    pollMs: 250,
    log: (text) => failures.push(text),
  });
  await planned;
  const failure = failures.find((text) => text.includes('not switched on'));
  if (failure) throw new Error(failure);
}

/** Another process of the same service, e.g. the one that takes over after a kill. */
export function restartProduct(
  portal: Portal,
  product: Product,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchProcess<unknown>> {
  return start('service', { portalUrl: portal.url }, { ...product.environment, ...environment });
}

/** Ends the process and takes the application out of the portal, so that it sends no events to nobody. */
export async function endProduct(portal: Portal, product: Product): Promise<void> {
  await portal
    .post(`/applications/${product.applicationId}/uninstall`, { clean: false })
    .catch(() => undefined);
  await product.process.stop();
  const url = new URL(product.databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  await query(url.toString(), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined);
}

export async function waitFor(what: string, limitMs: number, done: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await done())) {
    if (performance.now() > end) throw new Error(`${what} did not happen in ${limitMs / 1000} s`);
    await sleep(100);
  }
}

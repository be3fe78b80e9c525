import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axios from 'axios';
import pg from 'pg';
import { freePort } from '../support/postgres.js';
import { waitFor } from './product.js';
import { newDatabase, query, scratchFile, start, trust, type BenchProcess } from './workshop.js';

/** With limits on, the moves of 100,000 leads take a quarter of an hour: 100 of a page, 7 pages a second. */
const COPY_PATIENCE_MS = 1_800_000;

/** The simulated account in a process of its own. */
export interface Account {
  readonly url: string;
  readonly trusting: Readonly<Record<string, string>>;
  readonly process: BenchProcess<unknown>;
  post<Answer>(path: string, body: object): Promise<Answer>;
  state(): Promise<AccountState>;
  /** Forgets the requests so far, so that what follows is counted alone. */
  forget(): Promise<void>;
  requests(): Promise<readonly AccountRequest[]>;
  /** What every task says, its mark included. */
  taskTexts(): Promise<readonly string[]>;
}

export interface AccountState {
  readonly tasks: number;
  readonly requests: number;
  readonly requestsByMethod: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
}

export interface AccountRequest {
  /** Epoch milliseconds at which the answer was ready. */
  readonly at: number;
  readonly method: string;
  readonly status: number;
}

/** The service on a database of its own, in a process of its own. */
export interface AccountProduct {
  readonly process: BenchProcess<unknown>;
  readonly databaseUrl: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: object;
  readonly integrationId: string;
  /** CPU that starting took, before there was anything to copy. */
  readonly startCpuSeconds: number;
}

export interface ProductSettings {
  /** Never waits for the bucket. */
  readonly unlimited?: boolean;
}

interface AccountOptions {
  readonly deals: number;
  readonly tls: boolean;
  readonly limits: boolean;
}

export async function startAccount(options: AccountOptions): Promise<Account> {
  const authorityFile = scratchFile('account-authority.pem');
  const process = await start<{ readonly url: string; readonly control: string }>('amocrm-portal', {
    ...options,
    authorityFile,
  });
  if (options.tls) trust(authorityFile);
  const { url, control } = process.ready;
  return {
    url,
    trusting: options.tls ? { NODE_EXTRA_CA_CERTS: authorityFile } : {},
    process,
    post: async <Answer>(at: string, body: object) =>
      (await axios.post<Answer>(`${control}${at}`, body)).data,
    state: async () => (await axios.get<AccountState>(`${control}/state`)).data,
    forget: async () => {
      await axios.delete(`${control}/log`);
    },
    requests: async () => (await axios.get<readonly AccountRequest[]>(`${control}/log?limit=5000`)).data,
    taskTexts: async () => {
      const { data } = await axios.get<string>(`${control}/tasks`, { responseType: 'text' });
      const lines = data.split('\n').filter(Boolean);
      return lines.map((line) => (JSON.parse(line) as { readonly title: string }).title);
    },
  };
}

/** A fresh database and a fresh integration, installed by the account's own call; the copy has begun. */
export async function startAccountProduct(
  account: Account,
  wanted: ProductSettings = {},
): Promise<AccountProduct> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const integrationId = randomUUID();
  const clientSecret = randomUUID().repeat(2);
  await account.post('/applications', {
    clientId: integrationId,
    clientSecret,
    title: 'Dozhim',
    redirectUri: `${url}/oauth/amocrm`,
    uninstallUrl: `${url}/hooks/amocrm/uninstalled`,
  });
  const databaseUrl = await newDatabase();
  const environment = {
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    DATA_DIR: mkdtempSync(path.join(tmpdir(), 'dozhim-bench-data-')),
    SANDBOX: 'off',
    LOG_LEVEL: process.env['BENCH_LOG'] ?? 'silent',
    AMOCRM_CLIENT_ID: integrationId,
    AMOCRM_CLIENT_SECRET: clientSecret,
    ...account.trusting,
  };
  const settings = { portalUrl: account.url, ...wanted };
  const service = await start('service', settings, environment);
  const { cpuSeconds: startCpuSeconds } = await service.usage();
  const heard = await account.post<{ readonly status: number }>(`/applications/${integrationId}/install`, {});
  if (heard.status !== 200) throw new Error(`the account heard ${heard.status} when it brought its code`);
  return { process: service, databaseUrl, environment, settings, integrationId, startCpuSeconds };
}

/** Another process of the same service: the one that takes over after a kill. */
export function restartAccountProduct(product: AccountProduct): Promise<BenchProcess<unknown>> {
  return start('service', product.settings, product.environment);
}

/** Waits until a step of the first copy is done; how long that step took, by its own checkpoint, seconds. */
export async function copied(
  product: AccountProduct,
  step: 'deals' | 'stageHistory' | 'tasks',
): Promise<number> {
  // One connection for all looks: a new one each time would take its share of the two cores from what is measured.
  const client = new pg.Client({ connectionString: product.databaseUrl });
  await client.connect();
  try {
    let seconds: number | null = null;
    await waitFor(`the copy of ${step}`, COPY_PATIENCE_MS, async () => {
      const { rows } = await client.query<{ seconds: number | null }>(
        `SELECT extract(epoch FROM finished_at - started_at)::float8 AS seconds FROM checkpoint WHERE stream = $1`,
        [step],
      );
      seconds = rows[0]?.seconds ?? null;
      return seconds !== null;
    });
    return seconds ?? Number.NaN;
  } finally {
    await client.end();
  }
}

/** Ends the process and takes the integration out of the account, so that it sends no hooks to nobody. */
export async function endAccountProduct(account: Account, product: AccountProduct): Promise<void> {
  await product.process.stop();
  await account.post(`/applications/${product.integrationId}/uninstall`, {}).catch(() => undefined);
  const url = new URL(product.databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  await query(url.toString(), `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`).catch(() => undefined);
}

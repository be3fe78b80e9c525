import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axios from 'axios';
import type { Database } from '../../src/infra/db/database.js';
import { openDatabase } from '../../src/infra/db/open.js';
import { startBitrix24Portal, type Bitrix24Portal } from '../../src/sandbox/bitrix24/portal.js';
import {
  installDemo,
  type DemoInstallation,
  type DemoPlan,
} from '../../src/sandbox/demo/demo-administrator.js';
import { demoApplication } from '../../src/sandbox/demo/demo-application.js';
import { freePort } from './postgres.js';
import { smallCompany, UNLIMITED } from './running.js';
import { watchSecrets } from './secrets.js';
import { until } from './until.js';

const SEED = 7;
const START_MS = 60_000;

/** A statement at which the process kills itself. */
export interface DieAt {
  /** A regular expression over the statement's text. */
  readonly match: string;
  readonly when: 'before' | 'after';
  /** Counts from 1. */
  readonly nth?: number;
}

export interface ServiceOptions {
  readonly role: 'web' | 'worker' | 'all';
  readonly port?: number;
  readonly dieAt?: DieAt;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One process of the product, started from what `npm run build` made. */
export class Service {
  readonly lines: string[] = [];
  private said = '';

  constructor(
    readonly child: ChildProcess,
    readonly role: ServiceOptions['role'],
    readonly url: string,
  ) {
    child.stdout?.on('data', (bytes) => this.hear(bytes));
    child.stderr?.on('data', (bytes) => this.hear(bytes));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get lives(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async ready(): Promise<void> {
    await until(() => this.said.includes('Dozhim is ready') || !this.lives, {
      timeoutMs: START_MS,
      what: `a ${this.role} process that answers`,
    });
    if (!this.lives) throw new Error(`a ${this.role} process ended at its start:\n${this.said.slice(-4000)}`);
  }

  /** The exit code, or the signal that ended it. */
  async death(): Promise<number | NodeJS.Signals | null> {
    if (this.lives) await once(this.child, 'exit');
    return this.child.exitCode ?? this.child.signalCode;
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | NodeJS.Signals | null> {
    this.child.kill(signal);
    return this.death();
  }

  /** All that the process wrote, its log included. */
  text(): string {
    return this.said;
  }

  private hear(bytes: unknown): void {
    this.said += String(bytes);
  }
}

export interface ProcessWorldOptions {
  readonly databaseUrl: string;
  readonly deals?: number;
  readonly limits?: boolean;
  /** The processes spare the portal as they would a real one; else only a portal with limits is spared. */
  readonly sparing?: boolean;
}

/** A portal in this process, and processes of the product on one database. */
export class ProcessWorld {
  readonly services: Service[] = [];
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'dozhim-processes-'));
  private isSparing = false;

  private constructor(
    readonly portal: Bitrix24Portal,
    readonly database: Database,
    readonly databaseUrl: string,
    readonly port: number,
    /** Every token and secret that exists, as it comes into being. */
    readonly secrets: ReadonlySet<string>,
    private readonly appSecret: string,
  ) {}

  static async open(options: ProcessWorldOptions): Promise<ProcessWorld> {
    buildOnce();
    const port = await freePort();
    const application = demoApplication(`http://localhost:${port}`, 'ru', SEED);
    const portal = await startBitrix24Portal({
      port: 0,
      limits: options.limits ?? false,
      company: smallCompany(options.deals ?? 60),
      seed: SEED,
      application,
    });
    const appSecret = randomBytes(32).toString('hex');
    const secrets = watchSecrets(portal, [appSecret, application.clientSecret]);
    const database = await openDatabase({ databaseUrl: options.databaseUrl, dataDir: '' });
    const world = new ProcessWorld(portal, database, options.databaseUrl, port, secrets, appSecret);
    world.isSparing = options.limits === true || options.sparing === true;
    return world;
  }

  /** What hosts call: the first web process. */
  get publicUrl(): string {
    return `http://localhost:${this.port}`;
  }

  async start(options: ServiceOptions): Promise<Service> {
    const service = await this.launch(options);
    await service.ready();
    return service;
  }

  /** Without waiting until it answers. */
  async launch(options: ServiceOptions): Promise<Service> {
    const port = options.port ?? (await freePort());
    const preload = options.dieAt ? ['--import', path.resolve('test/support/die-at.mjs')] : [];
    const child = spawn(process.execPath, ['--no-warnings', ...preload, 'dist/main.js'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...this.environment(options, port), ...options.environment },
    });
    const service = new Service(child, options.role, `http://localhost:${port}`);
    this.services.push(service);
    return service;
  }

  /** Through the portal's own installation flow, at the first web process. */
  install(plans: readonly DemoPlan[] = []): Promise<DemoInstallation> {
    return installDemo(this.portal.url, this.publicUrl, { plans, language: 'ru', pollMs: 100 });
  }

  /** Tells one process of a change, as the portal would; null when nobody answered. */
  async hook(service: Pick<Service, 'url'>, event: string, id: number): Promise<number | null> {
    const application = this.portal.store.applications.all()[0];
    const form = new URLSearchParams({
      event,
      'data[FIELDS][ID]': String(id),
      ts: String(Math.floor(Date.now() / 1000)),
      'auth[member_id]': this.portal.memberId,
      'auth[application_token]': application?.applicationToken ?? '',
    });
    return axios
      .post(`${service.url}/hooks/bitrix24`, form.toString(), {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        validateStatus: () => true,
        timeout: 15_000,
      })
      .then(
        ({ status }) => status,
        () => null,
      );
  }

  async count(from: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`);
    return row?.n ?? -1;
  }

  /** As if the time of whatever dead processes held had run out, and the host had had its minute. */
  async leasesRunOut(): Promise<void> {
    for (const sql of [
      `UPDATE checkpoint SET lease_until = now() - interval '1 s' WHERE lease_owner IS NOT NULL`,
      `UPDATE inbox SET claimed_until = now() - interval '1 s' WHERE claimed_by IS NOT NULL`,
      `UPDATE credential SET lease_until = now() - interval '1 s' WHERE lease_owner IS NOT NULL`,
      `UPDATE outbox_task SET claimed_until = now() - interval '1 s' WHERE claimed_by IS NOT NULL`,
      `UPDATE outbox_task SET sending_at = sending_at - interval '10 min',
         first_sent_at = first_sent_at - interval '10 min', next_at = now() WHERE state IN ('sending', 'unknown')`,
      `UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '10 min' WHERE state = 'active'`,
    ]) {
      await this.database.query(sql);
    }
  }

  /** As if the interval of the sweeps had gone by; resolves when each has run. */
  async swept(): Promise<void> {
    // The building of the visits belongs to the first copy alone.
    const swept = `stage = 'following' AND stream <> 'visits'`;
    await this.database.query(`UPDATE checkpoint SET swept_at = now() - interval '2 days' WHERE ${swept}`);
    const due = `checkpoint WHERE ${swept} AND swept_at < now() - interval '1 day'`;
    await until(async () => (await this.count(due)) === 0, { timeoutMs: 60_000, what: 'a round of sweeps' });
  }

  async close(): Promise<void> {
    for (const service of this.services) if (service.lives) await service.kill();
    await this.database.close();
    await this.portal.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(options: ServiceOptions, port: number): NodeJS.ProcessEnv {
    const application = this.portal.store.applications.all()[0];
    return {
      PATH: process.env['PATH'],
      PORT: String(port),
      PUBLIC_URL: this.publicUrl,
      DATABASE_URL: this.databaseUrl,
      DATABASE_POOL: '5',
      DATA_DIR: path.join(this.folder, String(port)),
      APP_SECRET: this.appSecret,
      ROLE: options.role,
      LOG_LEVEL: 'debug',
      SANDBOX: 'on',
      SANDBOX_BITRIX24_URL: this.portal.url,
      BITRIX24_CLIENT_ID: application?.id,
      BITRIX24_CLIENT_SECRET: application?.secret,
      ...(!this.isSparing && UNLIMITED),
      ...(options.dieAt && { TEST_DIE_AT: JSON.stringify(options.dieAt) }),
    };
  }
}

/** `npm test` has built by now; a spec that is run alone builds for itself. */
function buildOnce(): void {
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the product could not be built: ${built.stderr}`);
}

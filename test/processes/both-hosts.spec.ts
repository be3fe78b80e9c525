import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { freePort } from '../support/postgres.js';
import { Service } from '../support/processes.js';
import { until } from '../support/until.js';

interface HostState {
  readonly deals: number;
  readonly openDeals: number;
  readonly tasks: number;
  readonly openTasks: number;
  readonly installations: number;
}

const PATIENCE = { timeoutMs: 60_000, what: 'the tasks of the demo company' };

/** `npm start` with nothing configured, as a process of its own with the database it brings along. */
describe('test/processes/both-hosts', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'dozhim-both-'));
  const started: Service[] = [];
  let ports: { readonly app: number; readonly portal: number; readonly account: number };

  beforeAll(async () => {
    const built = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`the product could not be built: ${built.stderr}`);
    ports = { app: await freePort(), portal: await freePort(), account: await freePort() };
  }, 120_000);

  afterAll(async () => {
    await Promise.all(started.map((service) => service.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(dataDir: string): Promise<Service> {
    const child = spawn(process.execPath, ['--no-warnings', 'dist/main.js', '--deals', '40'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        PORT: String(ports.app),
        SANDBOX_BITRIX24_PORT: String(ports.portal),
        SANDBOX_AMOCRM_PORT: String(ports.account),
        DATA_DIR: path.join(folder, dataDir),
        LOG_LEVEL: 'silent',
      },
    });
    const service = new Service(child, 'all', `http://localhost:${ports.app}`);
    started.push(service);
    await service.ready();
    return service;
  }

  async function stateOf(port: number): Promise<HostState> {
    const { data } = await axios.get<HostState>(`http://localhost:${port}/__sandbox/state`);
    const { deals, openDeals, tasks, openTasks, installations } = data;
    return { deals, openDeals, tasks, openTasks, installations };
  }

  async function plansMade(): Promise<number> {
    const { data } = await axios.get<string>(`http://localhost:${ports.app}/metrics`);
    return Number(/^dozhim_plan_decisions_total\{cause="bulk"\} (\d+)$/mu.exec(data)?.[1] ?? -1);
  }

  it('opens the same company in both, names both addresses, and writes the same number of tasks', async () => {
    const service = await start('whole');
    const lines = service
      .text()
      .split('\n')
      .filter((line) => line.includes('http://'));
    expect(lines).toEqual([
      `also in amoCRM: http://localhost:${ports.account}`,
      expect.stringMatching(
        new RegExp(`^Dozhim is ready in [\\d.]+ s: http://localhost:${ports.portal}$`, 'u'),
      ),
    ]);
    await until(() => service.text().split('plans are switched on').length === 3, PATIENCE);
    const both = () => Promise.all([stateOf(ports.portal), stateOf(ports.account)]);
    let [portal, account] = await both();
    await until(async () => {
      const [portalBefore, accountBefore] = [portal, account];
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      [portal, account] = await both();
      const still = portal.tasks === portalBefore.tasks && account.tasks === accountBefore.tasks;
      return still && portal.tasks >= portal.openDeals && account.tasks >= account.openDeals;
    }, PATIENCE);
    expect(portal.openDeals).toBeGreaterThan(0);
    expect(account).toEqual(portal);
    expect(await plansMade()).toBe(portal.openDeals + account.openDeals);
    expect(account.installations).toBe(1);
  }, 120_000);

  it('finds both as they were when it is started again, and writes nothing twice', async () => {
    const before = await stateOf(ports.account);
    await started.at(-1)?.kill('SIGTERM');
    await until(async () => (await freed(ports.account)) && (await freed(ports.portal)), PATIENCE);
    const service = await start('whole');
    expect(service.text()).not.toContain('is installed in');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect([await stateOf(ports.portal), await stateOf(ports.account)]).toEqual([before, before]);
    await service.kill('SIGTERM');
  }, 120_000);

  it('works in the first host and says why when the second one cannot be opened', async () => {
    await until(async () => (await freed(ports.account)) && (await freed(ports.portal)), PATIENCE);
    const squatter = await squat(ports.account);
    try {
      const service = await start('half');
      expect(service.text()).toContain('The simulated amoCRM account is left out: ');
      expect(service.text()).toContain('EADDRINUSE');
      expect(service.text()).not.toContain('also in amoCRM');
      await until(() => service.text().includes('plans are switched on'), PATIENCE);
      expect(await stateOf(ports.portal)).toMatchObject({ installations: 1 });
    } finally {
      squatter.close();
    }
  }, 120_000);
});

/** The simulated hosts save what they know before they go, a moment after the service. */
async function freed(port: number): Promise<boolean> {
  return squat(port).then(
    (server) => new Promise<boolean>((resolve) => server.close(() => resolve(true))),
    () => false,
  );
}

function squat(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import { createPostgresDatabase } from '../support/database.js';
import { HookLoad } from '../support/hook-load.js';
import { expectPassRule, quiet } from '../support/pass-rule.js';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.js';
import { ProcessWorld, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

const PATH = 'test/faults/process-load';
const PLANS = [{ pipelineId: 0, templateKey: 'transactional' }];
const DEALS = 300;
const STOP_MS = 10_000;

if (process.env['TEST_POSTGRES_URL']) describe(PATH, stopped);
else describe(PATH, leftOut);
if (postgresPrograms()) describe(`${PATH} on a server of its own`, withoutDatabase);

function leftOut(): void {
  it('is left out, because several processes need a PostgreSQL server and none is installed', () => {
    console.warn(`LEFT OUT: ${PATH}`);
    expect(process.env['TEST_POSTGRES_URL']).toBeUndefined();
  });
}

function stopped(): void {
  let world: ProcessWorld;
  let web: Service;
  let workers: Service[];

  beforeAll(async () => {
    world = await ProcessWorld.open({
      databaseUrl: await createPostgresDatabase(),
      deals: DEALS,
      sparing: true,
    });
    const started = await Promise.all([
      world.start({ role: 'web', port: world.port }),
      world.start({ role: 'worker' }),
      world.start({ role: 'worker' }),
    ]);
    [web] = started;
    workers = started.slice(1);
    await (
      await world.install()
    ).planned;
    await quiet(world.database);
    world.portal.store.sender.settings.loseShare = 1;
  }, 120_000);

  afterAll(async () => {
    await world?.close();
  }, 30_000);

  it('row 34: a worker that was frozen past its leases writes nothing late, and another does its work', async () => {
    const installation = await world.install(PLANS);
    await until(() => world.portal.store.tasks.live > 20, { timeoutMs: 60_000, what: 'the first tasks' });
    workers[0]?.child.kill('SIGSTOP');
    await installation.planned;
    await until(async () => quietWithLeasesRunOut(), {
      timeoutMs: 60_000,
      what: 'the other worker to finish',
    });
    workers[0]?.child.kill('SIGCONT');
    // The thawed one has its time to do wrong: a round of its own polls.
    await sleep(2_500);
    await world.swept();
    await passes();
  }, 180_000);

  it('row 35: web and worker end within ten seconds under load, and nothing is lost or doubled', async () => {
    const load = new HookLoad(world, () => [web]);
    load.start(4);
    await until(() => load.answered > 60, { timeoutMs: 30_000, what: 'the load' });
    const told = performance.now();
    const [, ...endings] = await Promise.all([
      sleep(300),
      web.kill('SIGTERM'),
      ...workers.map((worker) => worker.kill('SIGTERM')),
    ]);
    expect(performance.now() - told).toBeLessThan(STOP_MS);
    expect(endings.map((ending) => [0, 'SIGTERM'].includes(ending ?? 'none'))).toEqual(
      endings.map(() => true),
    );
    await load.stop();
    expect(await world.count(`inbox WHERE claimed_until > now()`)).toBe(0);
    expect(await world.count(`checkpoint WHERE lease_until > now()`)).toBe(0);
    [web, ...workers] = await Promise.all([
      world.start({ role: 'web', port: world.port }),
      world.start({ role: 'worker' }),
    ]);
    await quiet(world.database);
    // Without a sweep: every change that was answered is here.
    for (const [dealId, title] of load.told) expect([dealId, await titleOf(dealId)]).toEqual([dealId, title]);
    await world.swept();
    await passes();
  }, 180_000);

  async function quietWithLeasesRunOut(): Promise<boolean> {
    await world.leasesRunOut();
    return quiet(world.database, 3_000).then(
      () => true,
      () => false,
    );
  }

  async function titleOf(dealId: number): Promise<string | undefined> {
    const [row] = await world.database.query<{ title: string }>('SELECT title FROM deal WHERE deal_id = $1', [
      `D_${dealId}`,
    ]);
    return row?.title;
  }

  function passes(): Promise<void> {
    return expectPassRule({
      portal: world.portal,
      database: world.database,
      urls: world.services.filter((one) => one.lives).map((one) => one.url),
      secrets: world.secrets,
      log: world.services.map((one) => one.text()).join('\n'),
    });
  }
}

function withoutDatabase(): void {
  let server: TestPostgres;
  let world: ProcessWorld;

  beforeAll(async () => {
    server = await startPostgres();
    world = await ProcessWorld.open({
      databaseUrl: await server.createDatabase('dozhim'),
      deals: DEALS,
      sparing: true,
    });
  }, 120_000);

  afterAll(async () => {
    await world?.close();
    await server?.close();
  }, 60_000);

  it('row 8: every hook is answered and kept while the database crashes under load, and all is worked off after', async () => {
    const [web, worker] = await Promise.all([
      world.start({ role: 'web', port: world.port }),
      world.start({ role: 'worker' }),
    ]);
    await (
      await world.install(PLANS)
    ).planned;
    await quiet(world.database);
    world.portal.store.sender.settings.loseShare = 1;
    const load = new HookLoad(world, () => [web]);
    load.start(4);
    await until(() => load.answered > 50, { timeoutMs: 30_000, what: 'the load' });
    await server.stop('immediate');
    const before = load.answered;
    await until(() => load.answered > before + 200, {
      timeoutMs: 60_000,
      what: 'hooks that go to the spool',
    });
    expect(await statusOf(web, '/health/ready')).toBe(503);
    expect(await statusOf(worker, '/health/ready')).toBe(503);
    expect(await statusOf(web, '/health/live')).toBe(200);
    await server.start();
    const back = load.answered;
    await until(() => load.answered > back + 50, { timeoutMs: 60_000, what: 'hooks after the return' });
    await load.stop();
    expect([web.lives, worker.lives]).toEqual([true, true]);
    expect(load.refused).toBe(0);
    await until(async () => /dozhim_spool_bytes 0/.test(await metricsOf(web)), {
      timeoutMs: 60_000,
      what: 'an empty spool',
    });
    await world.leasesRunOut();
    await quiet(world.database, 90_000);
    for (const [dealId, title] of load.told) {
      const [row] = await world.database.query<{ title: string }>(
        'SELECT title FROM deal WHERE deal_id = $1',
        [`D_${dealId}`],
      );
      expect([dealId, row?.title]).toEqual([dealId, title]);
    }
    await world.swept();
    await expectPassRule({
      portal: world.portal,
      database: world.database,
      urls: [web.url, worker.url],
      secrets: world.secrets,
      log: world.services.map((one) => one.text()).join('\n'),
    });
  }, 240_000);

  async function statusOf(service: Service, path: string): Promise<number> {
    return (await axios.get(`${service.url}${path}`, { validateStatus: () => true, timeout: 10_000 })).status;
  }

  async function metricsOf(service: Service): Promise<string> {
    return (await axios.get<string>(`${service.url}/metrics`, { responseType: 'text' })).data;
  }
}

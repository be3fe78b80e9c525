import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/infra/db/open.js';
import { IntakeClosed } from '../../src/mirror/intake.js';
import { openTestDatabase } from '../support/database.js';
import { MirrorWorld } from '../support/mirror-world.js';
import { postgresPrograms, startPostgres, type TestPostgres } from '../support/postgres.js';
import { aDeal, fill } from '../support/records.js';
import { until } from '../support/until.js';

const PATH = 'test/faults/mirror-database.spec.ts';

if (postgresPrograms()) describe(`${PATH} on a server of its own`, serverStops);
else describe(PATH, leftOut);
describe(PATH, disksFull);

function leftOut(): void {
  it('is left out in part, because it stops a PostgreSQL server and none is installed', () => {
    console.warn(`LEFT OUT: the server's stop in ${PATH}`);
    expect(postgresPrograms()).toBeNull();
  });
}

function serverStops(): void {
  let server: TestPostgres;
  let world: MirrorWorld;

  beforeAll(async () => {
    server = await startPostgres();
    const url = await server.createDatabase('mirror');
    world = await MirrorWorld.open(await openDatabase({ databaseUrl: url, dataDir: '' }));
    fill(world.host, 300);
    await world.copied();
  }, 60_000);

  afterAll(async () => {
    await world.parts.worker.beforeApplicationShutdown();
    await world.parts.intake.onApplicationShutdown();
    await world.database.close();
    await server.close();
  }, 60_000);

  it('loses no answered hint and stays up when the server crashes under load, and works all off after its return (row 8)', async () => {
    world.parts.intake.onModuleInit();
    await world.parts.worker.onApplicationBootstrap();
    const accepted: Record<string, number> = { stored: 0, spooled: 0, refused: 0 };
    let loading = true;
    const load = (async () => {
      for (let n = 0; loading; n++) {
        const id = 1 + (n % 300);
        world.host.records.deals[id - 1] = aDeal(`D_${id}`, 1_000 + n, { title: `Имя ${n}` });
        const how = await world.parts.intake
          .accept(world.accountId, [{ entity: 'deal', id: `D_${id}`, change: 'saved' }], null)
          .catch(() => 'refused');
        accepted[how] = (accepted[how] ?? 0) + 1;
        await sleep(1);
      }
    })();
    await sleep(700);
    await server.stop('immediate');
    await sleep(2_500);
    await server.start();
    await sleep(1_500);
    loading = false;
    await load;
    expect(accepted).toMatchObject({ refused: 0 });
    expect(accepted['stored']).toBeGreaterThan(100);
    expect(accepted['spooled']).toBeGreaterThan(100);
    const spool = world.parts.metrics.spoolBytes;
    await until(async () => (await spool.get()).values[0]?.value === 0, { timeoutMs: 20_000 });
    await until(async () => (await world.count('inbox').catch(() => -1)) === 0, { timeoutMs: 60_000 });
    await world.expectMirrorEqualsHost();
  }, 90_000);
}

function disksFull(): void {
  let world: MirrorWorld;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'dozhim-full-'));
    // A file where the spool's folder should be: no write to it can ever succeed.
    writeFileSync(path.join(folder, 'spool'), '');
    world = await MirrorWorld.open(await openTestDatabase(), undefined, folder);
    fill(world.host, 3);
    await world.copied();
  });

  afterEach(async () => {
    await world.parts.intake.onApplicationShutdown();
    await world.database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function databaseRefuses(): () => void {
    const query = world.database.query.bind(world.database);
    world.database.query = (text: string, params?: readonly unknown[]) =>
      text.includes('INSERT INTO inbox')
        ? Promise.reject(
            Object.assign(new Error('could not extend file: No space left on device'), { code: '53100' }),
          )
        : query(text, params);
    return () => (world.database.query = query);
  }

  it('goes on serving while only the disk of the application is full (row 11)', async () => {
    await world.hooked('D_1');
    await world.drained();
    await world.expectMirrorEqualsHost();
  });

  it('refuses loudly when neither database nor disk take a hint, keeps no part of it, and recovers by itself (row 10)', async () => {
    const recovers = databaseRefuses();
    await expect(world.hooked('D_1')).rejects.toThrow(IntakeClosed);
    expect(await world.count('inbox')).toBe(0);
    recovers();
    await sleep(1_100);
    await world.hooked('D_1');
    expect(await world.count('inbox')).toBe(1);
  });

  it('keeps the mirror as it was when a write of a page fails for lack of space (row 10)', async () => {
    world.host.records.deals[0] = aDeal('D_1', 500, { title: 'Новое имя' });
    const transaction = world.database.transaction.bind(world.database);
    world.database.transaction = ((work: Parameters<typeof transaction>[0]) =>
      transaction(async (tx) => {
        await work({
          load: (into, rows) => tx.load(into, rows),
          query: (text, params) =>
            text.includes('INSERT INTO stage_visit')
              ? Promise.reject(Object.assign(new Error('No space left on device'), { code: '53100' }))
              : tx.query(text, params),
        });
      })) as typeof transaction;
    await world.hooked('D_1');
    await world.drained();
    expect((await world.parts.reads.deal(world.accountId, 'D_1'))?.title).toBe('Сделка D_1');
    expect(await world.count('inbox')).toBe(1);
    world.database.transaction = transaction;
    await world.parts.mirror.sweepNow(world.accountId);
    await world.drained();
    await world.expectMirrorEqualsHost();
  });
}

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../src/infra/db/open.js';
import { createPostgresDatabase } from '../support/database.js';
import { MirrorWorld } from '../support/mirror-world.js';
import { aDeal, fill } from '../support/records.js';
import { until } from '../support/until.js';

const PATH = 'test/faults/mirror-kill.spec.ts';
const DEALS = 400;

if (process.env['TEST_POSTGRES_URL']) describe(PATH, killing);
else describe(PATH, leftOut);

function leftOut(): void {
  it('is left out, because two processes need a PostgreSQL server and none is installed', () => {
    console.warn(`LEFT OUT: ${PATH}`);
    expect(process.env['TEST_POSTGRES_URL']).toBeUndefined();
  });
}

function killing(): void {
  let url: string;
  let world: MirrorWorld;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    url = await createPostgresDatabase();
    world = await MirrorWorld.open(await openDatabase({ databaseUrl: url, dataDir: '' }));
    fill(world.host, DEALS);
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await world.parts.intake.onApplicationShutdown();
    await world.database.close();
  });

  function start(task: string, point = 'never', count = 1): ChildProcess & { said: string } {
    const child = Object.assign(
      spawn(
        process.execPath,
        [
          '--no-warnings',
          '--import',
          './test/support/typescript.mjs',
          './test/faults/mirror-child.ts',
          url,
          world.accountId,
          task,
          point,
          String(count),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      ),
      { said: '' },
    );
    child.stdout?.on('data', (bytes) => (child.said += String(bytes)));
    children.push(child);
    return child;
  }

  async function death(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode ?? child.signalCode;
  }

  /** As if the dead worker's time had run out. */
  async function leasesRunOut(): Promise<void> {
    await world.database.query(
      `UPDATE checkpoint SET lease_until = now() - interval '1 s' WHERE lease_owner IS NOT NULL`,
    );
    await world.database.query(
      `UPDATE inbox SET claimed_until = now() - interval '1 s' WHERE claimed_by IS NOT NULL`,
    );
  }

  it('has the hint when it dies after the commit and before the answer, and takes the repeat for the same (row 1)', async () => {
    await world.copied();
    const child = start('accept', 'committed');
    expect([await death(child), child.said]).toEqual(['SIGKILL', '']);
    expect(await world.count('inbox')).toBe(1);
    world.host.records.deals[0] = aDeal('D_1', 900, { title: 'Новое имя' });
    world.parts.jobs.length = 0;
    await world.hooked('D_1');
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(world.dealJobs()).toEqual(['D_1']);
  });

  it('has answered nothing when it dies before the commit, and the next sweep repairs it (row 2)', async () => {
    await world.copied();
    world.host.records.deals[0] = aDeal('D_1', 900, { title: 'Новое имя', modifiedAt: Date.now() });
    const child = start('accept', 'beforeCommit');
    expect([await death(child), child.said]).toEqual(['SIGKILL', '']);
    expect(await world.count('inbox')).toBe(0);
    await world.swept();
    await world.expectMirrorEqualsHost();
  });

  it('comes to the same end when it dies between reading and writing (row 3)', async () => {
    await world.copied();
    await world.database.query(
      `UPDATE deal SET title = 'отстала', modified_at = modified_at - interval '1 h'`,
    );
    await world.hooked('D_1', 'D_2', 'D_3');
    expect(await death(start('drain', 'refetched'))).toBe('SIGKILL');
    expect(await world.count('inbox')).toBe(3);
    await leasesRunOut();
    await world.drained();
    expect(await world.count('inbox')).toBe(0);
    expect(await world.count(`deal WHERE title = 'отстала'`)).toBe(DEALS - 3);
  });

  it('goes on at the stored cursor when it dies in the middle of the first copy, repeating at most a page (row 7)', async () => {
    await world.parts.mirror.start(world.accountId);
    expect(await death(start('copy', 'page', 4))).toBe('SIGKILL');
    const before = await world.count('deal WHERE account_id = $1');
    expect(before).toBeGreaterThanOrEqual(100);
    expect(before).toBeLessThan(DEALS);
    await leasesRunOut();
    let rowsRead = 0;
    const read = world.host.read.bind(world.host);
    world.host.read = async function* (stream, request) {
      for await (const page of read(stream, request)) {
        if (stream === 'deals') rowsRead += page.rows.length;
        yield page;
      }
    } as typeof world.host.read;
    await world.copied();
    await world.expectMirrorEqualsHost();
    expect(rowsRead).toBeLessThanOrEqual(DEALS - before + world.host.pageSize);
  });

  it('writes nothing any more when it was frozen past its lease and another worker has gone on (row 34)', async () => {
    await world.parts.mirror.start(world.accountId);
    const frozen = start('copy', 'page:freeze', 4);
    await until(() => Promise.resolve(frozen.said.includes('freezing')), { timeoutMs: 15_000 });
    expect(await world.count('deal WHERE account_id = $1')).toBeGreaterThanOrEqual(100);
    await leasesRunOut();
    await world.copied();
    const [pipelines] = await world.database.query<{ rows_done: number }>(
      `SELECT rows_done FROM checkpoint WHERE stream = 'deals'`,
    );
    world.parts.jobs.length = 0;
    await world.database.query(`UPDATE deal SET title = 'моя' WHERE deal_id = 'D_300'`);
    frozen.kill('SIGCONT');
    expect(await death(frozen)).toBe(0);
    expect(await world.count(`deal WHERE title = 'моя'`)).toBe(1);
    const [after] = await world.database.query<{ rows_done: number }>(
      `SELECT rows_done FROM checkpoint WHERE stream = 'deals'`,
    );
    expect(after).toEqual(pipelines);
  });

  it('ends within ten seconds under load when it is told to, with every answered hint worked off or kept (row 35)', async () => {
    await world.copied();
    await world.database.query(
      `UPDATE deal SET title = 'отстала', modified_at = modified_at - interval '1 h'`,
    );
    const child = start('load');
    await until(() => child.said.includes('answered 400'), { timeoutMs: 15_000 });
    const toldAt = performance.now();
    child.kill('SIGTERM');
    expect(await death(child)).toBe(0);
    expect(performance.now() - toldAt).toBeLessThan(10_000);
    expect(await world.count('inbox WHERE claimed_until > now()')).toBe(0);
    await world.drained();
    expect(await world.count('inbox')).toBe(0);
    await world.expectMirrorEqualsHost();
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { EntityChange } from '../../../src/contract/client.js';
import type { Database } from '../../../src/infra/db/database.js';
import { INBOX_CHANNEL } from '../../../src/mirror/inbox.repository.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MirrorWorld } from '../../support/mirror-world.js';
import { aDeal, aFunnel, aUser } from '../../support/records.js';
import { until } from '../../support/until.js';

function saved(id: string): EntityChange {
  return { entity: 'deal', id, change: 'saved' };
}

describeOnEveryDatabase('src/mirror/intake', (open) => {
  let database: Database;
  let world: MirrorWorld;

  beforeEach(async () => {
    database = await open();
    world = await MirrorWorld.open(database);
  });

  afterEach(async () => {
    await world.parts.worker.beforeApplicationShutdown();
    await world.parts.intake.onApplicationShutdown();
    await database.close();
  });

  it('has stored every hint when it says so, one call after another', async () => {
    for (let n = 1; n <= 50; n++) {
      expect(await world.parts.intake.accept(world.accountId, [saved(`D_${n}`)], null)).toBe('stored');
      expect(await world.count('inbox')).toBe(n);
    }
  });

  it('shares commits between calls of one moment, and loses none', async () => {
    const statements: number[] = [];
    const query = database.query.bind(database);
    database.query = (text: string, params?: readonly unknown[]) => {
      if (text.includes('INSERT INTO inbox')) statements.push(statements.length);
      return query(text, params);
    };
    const calls = Array.from({ length: 3_000 }, (_, n) =>
      world.parts.intake.accept(world.accountId, [saved(`D_${n}`)], null),
    );
    await Promise.all(calls);
    expect(await world.count('inbox')).toBe(3_000);
    expect(statements.length).toBeLessThanOrEqual(8);
  });

  it('tells the workers with the commit', async () => {
    const told: string[] = [];
    const unlisten = await database.listen(INBOX_CHANNEL, (accountId) => told.push(accountId));
    await world.hooked('D_1');
    await until(() => told.length > 0);
    expect(told).toEqual([world.accountId]);
    await unlisten();
  });

  it('takes nothing that names no entity, and no absurd sending time', async () => {
    await world.parts.intake.accept(world.accountId, [saved(''), saved('x'.repeat(500))], null);
    await world.parts.intake.accept(world.accountId, [saved('D_1')], Number.NaN);
    await world.parts.intake.accept(world.accountId, [saved('D_2')], 1e300);
    expect(await world.count('inbox WHERE sent_at IS NULL')).toBe(2);
  });

  it('keeps hints on the disk while the database refuses them, and brings them in when it is back', async () => {
    const query = database.query.bind(database);
    database.query = (text: string, params?: readonly unknown[]) =>
      text.includes('INSERT INTO inbox')
        ? Promise.reject(new Error('the database is shutting down'))
        : query(text, params);
    expect(await world.parts.intake.accept(world.accountId, [saved('D_1')], null)).toBe('spooled');
    expect(await world.parts.intake.accept(world.accountId, [saved('D_2')], null)).toBe('spooled');
    database.query = query;
    world.parts.intake.onModuleInit();
    await until(async () => (await world.count('inbox')) === 2);
    await until(() =>
      world.parts.intake.accept(world.accountId, [saved('D_3')], null).then((how) => how === 'stored'),
    );
  });

  it('goes to the disk when the database does not answer in time', async () => {
    const query = database.query.bind(database);
    database.query = (text: string, params?: readonly unknown[]) =>
      text.includes('INSERT INTO inbox') ? new Promise(() => undefined) : query(text, params);
    const startedAt = performance.now();
    expect(await world.parts.intake.accept(world.accountId, [saved('D_1')], null)).toBe('spooled');
    expect(performance.now() - startedAt).toBeLessThan(1_900);
  });

  it('carries a change into the mirror within 300 ms on an idle system', async () => {
    world.host.records.pipelines.push(aFunnel('P', ['A']));
    world.host.records.users.push(aUser('7'));
    world.host.records.deals.push(aDeal('D_1'));
    await world.copied();
    await world.parts.worker.onApplicationBootstrap();
    await sleep(300);
    const latencies: number[] = [];
    for (let n = 1; n <= 5; n++) {
      world.host.records.deals[0] = aDeal('D_1', n, { title: `Имя ${n}` });
      const startedAt = performance.now();
      await world.hooked('D_1');
      await until(async () => (await world.parts.reads.deal(world.accountId, 'D_1'))?.title === `Имя ${n}`);
      latencies.push(performance.now() - startedAt);
      await sleep(30);
    }
    expect(latencies.toSorted((a, b) => a - b)[2]).toBeLessThan(300);
  });
});

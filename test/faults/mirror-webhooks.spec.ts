import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../support/database.js';
import { MemoryHost } from '../support/memory-host.js';
import { MirrorWorld } from '../support/mirror-world.js';
import { MONDAY, aDeal, fill } from '../support/records.js';
import { until } from '../support/until.js';

const DEALS = 1_000;

describeOnEveryDatabase('test/faults/mirror-webhooks.spec.ts', (open) => {
  let database: Database;
  let world: MirrorWorld;
  let now: number;

  beforeEach(async () => {
    database = await open();
    now = MONDAY + 3_600_000;
    world = await MirrorWorld.open(database, new MemoryHost(() => now));
    world.host.pageSize = 500;
    fill(world.host, DEALS);
    await world.copied();
    world.parts.jobs.length = 0;
    now += 60_000;
  });

  afterEach(async () => {
    await world.parts.worker.beforeApplicationShutdown();
    await database.close();
  });

  function renamed(n: number): string {
    world.host.records.deals[n - 1] = aDeal(`D_${n}`, 0, { title: `Новое имя ${n}`, modifiedAt: now });
    return `D_${n}`;
  }

  it('has one effect when every webhook comes ten times (row 24)', async () => {
    const ids = [1, 2, 3].map(renamed);
    for (let time = 0; time < 10; time++) await world.hooked(...ids);
    await world.drained();
    await world.expectMirrorEqualsHost();
    expect(world.dealJobs().toSorted()).toEqual(['D_1', 'D_2', 'D_3']);
    expect(world.host.calls.get('readDeals')).toBe(1);
  });

  it('ends with the newest state when webhooks come in the wrong order (row 25)', async () => {
    world.host.records.deals[0] = aDeal('D_1', 0, { stageId: 'B', modifiedAt: now });
    world.host.records.deals[0] = aDeal('D_1', 0, {
      stageId: 'WON',
      stageKind: 'won',
      modifiedAt: now + 1_000,
    });
    const sentAt = [now + 1_000, now];
    for (const at of sentAt) {
      await world.parts.intake.accept(world.accountId, [{ entity: 'deal', id: 'D_1', change: 'saved' }], at);
      await world.drained();
    }
    await world.expectMirrorEqualsHost();
  });

  it('lets the second of two updates in one second win (row 26)', async () => {
    renamed(1);
    await world.hooked('D_1');
    await world.drained();
    world.host.records.deals[0] = aDeal('D_1', 0, { title: 'Второе в ту же секунду', modifiedAt: now });
    await world.hooked('D_1');
    await world.drained();
    await world.expectMirrorEqualsHost();
  });

  it('is exact after one sweep when one webhook in twenty is lost (row 27)', async () => {
    const told = Array.from({ length: 400 }, (_, n) => renamed(n + 1)).filter((_, n) => n % 20 !== 7);
    await world.hooked(...told);
    await world.drained();
    expect((await world.deals()).filter((deal) => deal.title.startsWith('Новое')).length).toBe(380);
    now += 5_000;
    await world.swept();
    await world.expectMirrorEqualsHost();
  });

  it('reads each deal once in a flood, and lets another account pass meanwhile (row 28)', async () => {
    const other = await MirrorWorld.open(database, new MemoryHost(() => now));
    fill(other.host, 3);
    await other.copied();
    const slow = world.host.readDeals.bind(world.host);
    let reading = 0;
    let release: () => void = () => undefined;
    const held = new Promise<void>((done) => (release = done));
    world.host.readDeals = async (ids) => {
      reading++;
      await held;
      return slow(ids);
    };
    const ids = Array.from({ length: DEALS }, (_, n) => renamed(n + 1));
    for (let time = 0; time < 10; time++) await world.hooked(...ids);
    expect(await world.count('inbox')).toBe(10 * DEALS);
    const flood = world.drained();
    await until(() => reading > 0);
    other.host.records.deals[0] = aDeal('D_1', 0, { title: 'Другой портал', modifiedAt: now });
    await other.hooked('D_1');
    await other.drained();
    await other.expectMirrorEqualsHost();
    release();
    await flood;
    await world.expectMirrorEqualsHost();
    expect(reading).toBe(1);
    expect(await world.count('inbox')).toBe(0);
  });

  it('moves on past a poison record: a title of ten megabytes, an amount that is none (row 33)', async () => {
    world.host.records.deals[0] = aDeal('D_1', 0, { title: 'щ'.repeat(5_000_000), modifiedAt: now });
    world.host.records.deals[1] = aDeal('D_2', 0, { amount: 'NaN руб', modifiedAt: now });
    await world.hooked('D_1', 'D_2', renamed(3));
    await world.drained();
    expect((await world.parts.reads.deal(world.accountId, 'D_1'))?.title.length).toBe(5_000_000);
    expect((await world.parts.reads.deal(world.accountId, 'D_3'))?.title).toBe('Новое имя 3');
    expect(await world.count('inbox')).toBe(0);
    expect(await world.count(`dead_letter WHERE account_id = $1 AND payload->'ids' = '["D_2"]'::jsonb`)).toBe(
      1,
    );
  });
});

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { SharedLimitsFactory } from '../../../src/infra/limits/shared-limits.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const ACCOUNT = '018f0000-0000-5000-8000-000000000001';

describeOnEveryDatabase('test/medium/infra/shared-limits', (open) => {
  let database: Database;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(async () => {
    await database.close();
  });

  it('lets two takers have no more together than the bucket holds and drains', async () => {
    const rule = { capacity: 20, drainPerSecond: 20, reserve: 0 };
    const takers = [
      new SharedLimitsFactory(database).for(ACCOUNT),
      new SharedLimitsFactory(database).for(ACCOUNT),
    ];
    const startedAt = performance.now();
    let taken = 0;
    await Promise.all(
      takers.map(async (limits) => {
        while (performance.now() - startedAt < 1000) {
          await limits.take('all', rule, 1, 'high');
          taken += 1;
        }
      }),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    expect(taken).toBeLessThanOrEqual(Math.ceil(20 + 20 * seconds));
    expect(taken).toBeGreaterThanOrEqual(30);
  });

  it('leaves the reserve to the high lane', async () => {
    const limits = new SharedLimitsFactory(database).for(ACCOUNT);
    const rule = { capacity: 10, drainPerSecond: 0.001, reserve: 5 };
    for (let n = 0; n < 5; n++) await limits.take('all', rule, 1, 'low');
    const low = limits.take('all', rule, 1, 'low').then(() => 'low');
    const high = limits.take('all', rule, 1, 'high').then(() => 'high');
    expect(await Promise.race([low, high])).toBe('high');
    await database.query('UPDATE host_limit SET level = 0');
  });

  it('pauses a method for everybody, and a later end wins', async () => {
    const [one, other] = [
      new SharedLimitsFactory(database).for(ACCOUNT),
      new SharedLimitsFactory(database).for(ACCOUNT),
    ];
    const until = Date.now() + 60_000;
    await one.pause('tasks.add', until);
    await one.pause('tasks.add', until - 30_000);
    expect(await other.pausedUntil('tasks.add')).toBe(until);
    expect(await other.pausedUntil('deals.list')).toBeNull();
  });

  it('waits while the bucket is drained', async () => {
    const limits = new SharedLimitsFactory(database).for(ACCOUNT);
    const rule = { capacity: 10, drainPerSecond: 10, reserve: 0 };
    await limits.take('all', rule, 1, 'high');
    await limits.drain('all', Date.now() + 400);
    const startedAt = performance.now();
    await limits.take('all', rule, 1, 'high');
    expect(performance.now() - startedAt).toBeGreaterThan(300);
  });
});

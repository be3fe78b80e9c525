import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import type { Database } from '../../../src/infra/db/database.js';
import { InfraModule } from '../../../src/infra/infra.module.js';
import { readConfig } from '../../../src/infra/config/read-config.js';
import { defineJob } from '../../../src/infra/jobs/job.js';
import { DeadLetters } from '../../../src/infra/jobs/dead-letters.js';
import { Jobs } from '../../../src/infra/jobs/jobs.js';
import { Log, createLogger } from '../../../src/infra/log.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { until } from '../../support/until.js';

const ACCOUNT = '018f0000-0000-5000-8000-000000000001';

const greet = defineJob<{ accountId: string; n: number }>({
  name: 'test.greet',
  ordered: (p) => p.accountId,
});
const slow = defineJob<{ accountId: string }>({ name: 'test.slow', expireInSeconds: 2 });
const hung = defineJob<{ accountId: string }>({ name: 'test.hung', expireInSeconds: 1, retryLimit: 0 });
const doomed = defineJob<{ accountId: string }>({ name: 'test.doomed', retryLimit: 0 });

describeOnEveryDatabase('test/medium/infra/jobs', (open) => {
  let database: Database;
  let module: TestingModule;
  let seen: number[];
  let runs: number;
  let told: boolean;

  beforeEach(async () => {
    database = await open();
    seen = [];
    runs = 0;
    told = false;
    const config = readConfig({ APP_SECRET: 'a'.repeat(32), SANDBOX: 'off' });
    module = await Test.createTestingModule({
      imports: [InfraModule.with({ config, log: new Log(createLogger('silent')), database })],
    }).compile();
    const jobs = module.get(Jobs);
    jobs.handle(greet, async ({ n }) => void seen.push(n));
    jobs.handle(slow, async () => {
      runs += 1;
      await sleep(700);
    });
    jobs.handle(hung, (_, { signal }) => {
      signal.addEventListener('abort', () => (told = true));
      return new Promise<void>(() => undefined);
    });
    jobs.handle(doomed, async () => {
      throw new Error('no way');
    });
    await module.init();
  });

  afterEach(async () => {
    await module.close();
  });

  it('runs the jobs of one key in the order of enqueueing', async () => {
    const payloads = Array.from({ length: 30 }, (_, n) => ({ accountId: ACCOUNT, n }));
    await module.get(Jobs).enqueue(greet, payloads);
    await until(() => seen.length === 30);
    expect(seen).toEqual(payloads.map((one) => one.n));
  });

  it('enqueues with the transaction, and not at all when it rolls back', async () => {
    const jobs = module.get(Jobs);
    await expect(
      database.transaction(async (tx) => {
        await jobs.enqueue(greet, { accountId: ACCOUNT, n: 1 }, { tx });
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    await database.transaction((tx) => jobs.enqueue(greet, { accountId: ACCOUNT, n: 2 }, { tx }));
    await until(() => seen.length > 0);
    expect(seen).toEqual([2]);
  });

  it('gives each of several jobs that were taken at once its whole time', async () => {
    const jobs = module.get(Jobs);
    await jobs.enqueue(
      slow,
      Array.from({ length: 4 }, () => ({ accountId: ACCOUNT })),
    );
    await until(() => runs === 4, { timeoutMs: 30_000, what: 'four runs' });
    await until(async () => (await unfinished('test.slow')) === 0, { timeoutMs: 30_000, what: 'their end' });
    expect(runs).toBe(4);
  }, 60_000);

  it('gives an attempt up that takes too long, and tells it so', async () => {
    await module.get(Jobs).enqueue(hung, { accountId: ACCOUNT });
    const letters = module.get(DeadLetters);
    await until(async () => (await letters.list(ACCOUNT, null, 10)).length === 1, { timeoutMs: 30_000 });
    expect(await letters.list(ACCOUNT, null, 10)).toMatchObject([
      { subject: 'test.hung', reason: 'no answer within 1000 ms' },
    ]);
    expect(told).toBe(true);
  }, 60_000);

  async function unfinished(name: string): Promise<number> {
    const [row] = await database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pgboss.job WHERE name = $1 AND state <> 'completed'`,
      [name],
    );
    return row?.n ?? 0;
  }

  it('makes a dead letter of a job that fails for good', async () => {
    await module.get(Jobs).enqueue(doomed, { accountId: ACCOUNT });
    const letters = module.get(DeadLetters);
    await until(async () => (await letters.list(ACCOUNT, null, 10)).length === 1);
    expect(await letters.list(ACCOUNT, null, 10)).toMatchObject([
      { subject: 'test.doomed', reason: 'no way', attempts: 1 },
    ]);
  });
});

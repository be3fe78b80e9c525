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
const doomed = defineJob<{ accountId: string }>({ name: 'test.doomed', retryLimit: 0 });

describeOnEveryDatabase('test/medium/infra/jobs', (open) => {
  let database: Database;
  let module: TestingModule;
  let seen: number[];

  beforeEach(async () => {
    database = await open();
    seen = [];
    const config = readConfig({ APP_SECRET: 'a'.repeat(32), SANDBOX: 'off' });
    module = await Test.createTestingModule({
      imports: [InfraModule.with({ config, log: new Log(createLogger('silent')), database })],
    }).compile();
    const jobs = module.get(Jobs);
    jobs.handle(greet, async ({ n }) => void seen.push(n));
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

  it('makes a dead letter of a job that fails for good', async () => {
    await module.get(Jobs).enqueue(doomed, { accountId: ACCOUNT });
    const letters = module.get(DeadLetters);
    await until(async () => (await letters.list(ACCOUNT, null, 10)).length === 1);
    expect(await letters.list(ACCOUNT, null, 10)).toMatchObject([
      { subject: 'test.doomed', reason: 'no way', attempts: 1 },
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { silentLog, TestSession } from '../../../test/support/session.js';
import { until } from '../../../test/support/until.js';
import { PATIENCE } from '../common/patience.js';
import { Governor, NotWanted, Pace } from './limits.js';

describe('src/hosts/amocrm/limits', () => {
  it('spaces requests of all accounts alike', async () => {
    const pace = new Pace(20);
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => pace.turn()));
    expect(performance.now() - startedAt).toBeGreaterThan(190);
  });

  it('lets requests of the low lane go in the order in which they came', async () => {
    const { governor, taken } = governed();
    const order: number[] = [];
    await Promise.all([1, 2, 3].map(async (n) => governor.admit('low').then(() => order.push(n))));
    expect(order).toEqual([1, 2, 3]);
    expect(taken.count).toBe(3);
  });

  it('keeps the place of a request that nobody wants any more for the next one', async () => {
    const { governor, taken } = governed();
    const over = new AbortController();
    const given = governor.admit('low', over.signal);
    const waiting = governor.admit('low', over.signal);
    await until(() => Promise.resolve(taken.count === 1));
    over.abort();
    await expect(given).rejects.toThrow(NotWanted);
    await expect(waiting).rejects.toThrow(NotWanted);
    await governor.admit('low');
    expect(taken.count).toBe(1);
    await governor.admit('low');
    expect(taken.count).toBe(2);
  });
});

function governed() {
  const taken = { count: 0 };
  const session = new TestSession({
    endpoint: 'https://demo.amocrm.ru',
    oauthEndpoint: 'https://demo.amocrm.ru',
    accountKey: '1',
  });
  const limits = {
    take: async () => {
      taken.count += 1;
      await new Promise((done) => setTimeout(done, 300));
    },
    drain: () => Promise.resolve(),
    pause: () => Promise.resolve(),
    resume: () => Promise.resolve(),
    pausedUntil: () => Promise.resolve(null),
  };
  const governor = new Governor(
    { ...session, endpoint: () => '', limits, clock: session.clock, log: silentLog } as never,
    PATIENCE,
  );
  return { governor, taken };
}

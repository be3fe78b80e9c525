import { describe, it, expect } from '@jest/globals';
import { at, control, hook, portalOf } from './portal-harness.js';

describe('test/sandbox/limits', () => {
  it('lets fifty requests through at once and two a second after that', async () => {
    const portal = await portalOf({ limits: true });
    const statuses: number[] = [];
    for (let index = 0; index < 55; index++) {
      statuses.push((await hook(portal, 'server.time')).status);
    }
    expect(statuses.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(statuses.at(-1)).toBe(503);
    const refused = await hook(portal, 'server.time');
    expect(refused.body['error']).toBe('QUERY_LIMIT_EXCEEDED');
    portal.store.clock.advance(10_000);
    let passed = 0;
    while ((await hook(portal, 'server.time')).status === 200) {
      passed += 1;
    }
    expect(passed).toBeGreaterThanOrEqual(19);
    expect(passed).toBeLessThanOrEqual(24);
  });

  it('counts a batch as one request', async () => {
    const portal = await portalOf({ limits: true });
    const cmd = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, 'server.time']));
    for (let index = 0; index < 10; index++) {
      expect((await hook(portal, 'batch', { cmd })).status).toBe(200);
    }
  });

  it('blocks one method when its operating time is used up, until the oldest basket falls out', async () => {
    const portal = await portalOf({ limits: true });
    await control(portal, '/limits', { costs: { 'crm.item.list': 250 } });
    const first = await hook(portal, 'crm.item.list', { entityTypeId: 2 });
    expect(at(first.body, 'time.operating')).toBe(250);
    await hook(portal, 'crm.item.list', { entityTypeId: 2 });
    const blocked = await hook(portal, 'crm.item.list', { entityTypeId: 2 });
    expect([blocked.status, blocked.body['error']]).toEqual([429, 'OPERATION_TIME_LIMIT']);
    expect((await hook(portal, 'server.time')).status).toBe(200);
    const inBatch = await hook(portal, 'batch', { cmd: { a: 'crm.item.list?entityTypeId=2' } });
    expect(at(inBatch.body, 'result.result_error.a.error')).toBe('OPERATION_TIME_LIMIT');
    const resetAt = Number(at(blocked.body, 'time.operating_reset_at'));
    portal.store.clock.advance(resetAt * 1000 - portal.store.clock.now() + 1000);
    expect((await hook(portal, 'crm.item.list', { entityTypeId: 2 })).status).toBe(200);
  });

  it('bills commands of a batch to their methods or to the batch, as it is set', async () => {
    const portal = await portalOf({ limits: true });
    await control(portal, '/limits', { costs: { 'server.time': 7 } });
    const cmd = { a: 'server.time', b: 'server.time' };
    const documented = await hook(portal, 'batch', { cmd });
    expect(at(documented.body, 'result.result_time.b.operating')).toBe(14);
    expect(at(documented.body, 'time.operating')).toBe(0);
    await control(portal, '/limits', { batchAccounting: 'measured' });
    const measured = await hook(portal, 'batch', { cmd });
    expect(at(measured.body, 'time.operating')).toBe(14);
  });

  it('has no limits when they are off, and an enterprise portal has more', async () => {
    const free = await portalOf();
    for (let index = 0; index < 60; index++) {
      expect((await hook(free, 'server.time')).status).toBe(200);
    }
    const big = await portalOf({ limits: true });
    await control(big, '/limits', { burst: 250, rate: 5 });
    for (let index = 0; index < 60; index++) {
      expect((await hook(big, 'server.time')).status).toBe(200);
    }
  });
});

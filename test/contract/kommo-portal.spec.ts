import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HostError } from '../../src/contract/failure.js';
import type { HostRequest } from '../../src/contract/host.js';
import { type AmocrmWorld, IMPATIENT, INTEGRATION, startAmocrmWorld } from '../support/amocrm-world.js';

let world: AmocrmWorld;

beforeEach(async () => {
  world = await startAmocrmWorld({
    platform: 'kommo',
    patience: { ...IMPATIENT, waitInPlaceMs: 100 },
  });
});

afterEach(async () => {
  await world.close();
});

const MINUTE_MS = 60_000;

/** What the second platform does otherwise; everything else is the battery's. */
describe('test/contract/kommo-portal', () => {
  it('goes by its own name', () => {
    expect(world.host.title).toBe('Kommo');
  });

  it('sends its secret to accounts of its own platform only', async () => {
    const returned = (referer: string): HostRequest => ({
      method: 'GET',
      query: { code: 'def5020011223344', referer, platform: '1' },
      headers: {},
      contentType: '',
      body: Buffer.alloc(0),
    });
    expect(await world.host.exchange(returned('demo.amocrm.ru'))).toEqual({
      kind: 'refused',
      reason: 'notGenuine',
    });
  });

  it('is installed by the account’s own server, which names the platform', async () => {
    await world.portal.context.install(INTEGRATION.clientId, Number(world.people[0]));
    const call = world.posted.findLast(({ method }) => method === 'GET');
    expect(call?.query['platform']).toBe('2');
    if (!call) throw new Error('no code came');
    expect(world.host.isOwnInstallation(call)).toBe(true);
    expect(await world.host.exchange(call)).toMatchObject({ kind: 'open', user: { admin: true } });
  });

  it('pauses for as long as the refusal says, five minutes', async () => {
    Object.assign(world.portal.limits.settings, { on: true, rate: 0 });
    const refused = await world.client.serverTime().catch((error: unknown) => error);
    const failure = refused instanceof HostError ? refused.failure : null;
    if (failure?.kind !== 'throttled') throw new Error('was not refused');
    expect(failure.retryAt - Date.now()).toBeGreaterThan(4.5 * MINUTE_MS);
    expect(failure.retryAt - Date.now()).toBeLessThanOrEqual(5 * MINUTE_MS);
  });

  it('gets its tokens although the first answer was lost', async () => {
    const before = world.tokens();
    const lost = await world.host.refresh(before);
    const again = await world.host.refresh(before);
    expect(again.refreshToken).not.toBe(lost.refreshToken);
    expect(again.accessToken).not.toBe(before.accessToken);
  });

  it('subscribes though the answer is another success than elsewhere, and speaks English there', async () => {
    expect((await world.client.embed(world.addresses)).added).toHaveLength(1);
    const [dealId = ''] = await world.addDeals(1);
    const [, userId] = world.people;
    await world.client.act([{ key: 'join-1', action: { kind: 'join', dealId, userId } }]);
    const [task] = world.portal.context.tasks({ dealId: Number(dealId) });
    expect(task?.title).toMatch(/^Join this deal/);
  });
});

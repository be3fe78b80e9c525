import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AppPlace } from '../../src/contract/links.js';
import type { HostRequest } from '../../src/contract/host.js';
import type { BatteryWorld } from './battery-world.js';

const addresses = {
  hook: 'https://app.example.com/hooks/x',
  frame: 'https://app.example.com/embed/x',
  robot: 'https://app.example.com/robots/x',
  language: 'ru',
} as const;

const TYPES = ['application/x-www-form-urlencoded', 'application/json', 'text/plain', ''];

export function enteringBattery(world: () => BatteryWorld): void {
  const known = (accountKey: string) =>
    Promise.resolve(accountKey === world().session.accountKey ? world().known : null);
  const unknown = () => Promise.resolve(null);

  it('embeds itself once, however often it is asked', async () => {
    const first = await world().client.embed(addresses);
    expect(first.added.length).toBeGreaterThan(0);
    const second = await world().client.embed(addresses);
    expect(second.added).toEqual([]);
    expect(second.kept.toSorted()).toEqual(first.added.toSorted());
    expect(second.unavailable).toEqual(first.unavailable);
  });

  it('takes back what it embedded, also when nothing is left to take', async () => {
    const first = await world().client.embed(addresses);
    await world().client.unembed(addresses);
    await world().client.unembed(addresses);
    const again = await world().client.embed(addresses);
    expect(again.added).toEqual(first.added);
  });

  it('reads a change from the host’s own hook', async () => {
    const [dealId = ''] = await world().addDeals(1);
    const reading = world().host.readHook(await world().hookOfChange(dealId));
    expect(reading).toMatchObject({
      kind: 'changes',
      accountKey: world().session.accountKey,
      changes: [{ entity: 'deal', id: dealId, change: 'saved' }],
    });
    expect(reading.kind === 'changes' && reading.secret).not.toBe('');
  });

  it('answers arbitrary bytes at the hook with a reading and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom(...TYPES), (bytes, contentType) => {
        const { kind } = world().host.readHook(request(Buffer.from(bytes), contentType));
        expect(kind === 'refused' || kind === 'ignored').toBe(true);
      }),
    );
  });

  it('opens the deal’s plan for the user whom the host names', async () => {
    const [dealId = ''] = await world().addDeals(1);
    const reading = await world().host.openFrame(await world().opening(dealId), known);
    expect(reading).toMatchObject({
      kind: 'open',
      accountKey: world().session.accountKey,
      installation: { endpoint: world().known.endpoint },
      user: { id: world().people[0], admin: true },
      place: { screen: 'plan', dealId },
      installing: false,
    });
  });

  it.each<AppPlace>([
    { screen: 'home' },
    { screen: 'home', params: { push: '7f1c3c1e-8f0a-4f6e-9a56-0d6a52a3d3f1' } },
    { screen: 'exceptions', params: { day: '2026-11-21' } },
    { screen: 'panel', params: { kept: 'xY3_-09azAZ', look: 'board' } },
  ])('opens the screen that its own address names: $screen $params', async (place) => {
    const path = world().host.screenPath?.(place) ?? '';
    expect(path).toMatch(/^\/[a-z]/);
    expect(new URL(path, world().origin).origin).toBe(world().origin);
    const reading = await world().host.openFrame(await world().following(path), known);
    expect(reading).toMatchObject({
      kind: 'open',
      user: { id: world().people[0] },
      place: { dealId: null, link: { params: {}, ...place } },
    });
  });

  it('opens as ever where an address names nothing of ours, and keeps what cannot be ours out of it', async () => {
    const honest = world().host.screenPath?.({ screen: 'panel', params: { day: '2026-11-21' } }) ?? '';
    for (const [from, to, link] of [
      ['panel', 'install', undefined],
      ['panel', '..%2F..%2Fadmin', undefined],
      ['2026-11-21', '%3Cscript%3E', { screen: 'panel', params: {} }],
      ['2026-11-21', 'x'.repeat(101), { screen: 'panel', params: {} }],
    ] as const) {
      const reading = await world().host.openFrame(await world().following(honest.replace(from, to)), known);
      expect(reading.kind).toBe('open');
      if (reading.kind === 'open') expect([to, reading.place.link]).toEqual([to, link]);
    }
  });

  it('believes a first installation only from the host’s own server', async () => {
    const [dealId = ''] = await world().addDeals(1);
    const reading = await world().host.openFrame(await world().opening(dealId), unknown);
    expect(reading).toMatchObject({ kind: 'open', installation: { endpoint: world().known.endpoint } });
  });

  it.each([
    ['known', known],
    ['unknown', unknown],
  ])('refuses a token that the host never issued, for an account that is %s', async (_which, whether) => {
    const [dealId = ''] = await world().addDeals(1);
    const reading = await world().host.openFrame(await world().forgedOpening(dealId), whether);
    expect(reading).toMatchObject({ kind: 'refused', reason: 'notGenuine' });
  });

  it.each(TYPES)('refuses an opening of another shape (%s)', async (contentType) => {
    for (const body of ['', '{}', 'a=b', '[]', '\u0000']) {
      const reading = await world().host.openFrame(request(Buffer.from(body), contentType), known);
      expect(reading).toEqual({ kind: 'refused', reason: 'badRequest' });
    }
  });

  it('names the portal as the only one that may frame us', () => {
    expect(world().host.frameOrigin(world().known.endpoint)).toBe(world().origin);
  });
}

function request(body: Buffer, contentType: string): HostRequest {
  return { method: 'POST', query: {}, headers: {}, contentType, body };
}

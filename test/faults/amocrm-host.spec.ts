import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HostFailure } from '../../src/contract/failure.js';
import { HostError } from '../../src/contract/failure.js';
import type { Clock } from '../../src/domain/crm/time.js';
import { type AmocrmWorld, IMPATIENT, startAmocrmWorld } from '../support/amocrm-world.js';
import { tinyCompany } from '../support/tiny-company.js';

const MINUTE_MS = 60_000;

let world: AmocrmWorld;
let skew = 0;
const clock: Clock = { now: () => Date.now() + skew };

beforeEach(async () => {
  skew = 0;
  world = await startAmocrmWorld({ clock, patience: { ...IMPATIENT, waitInPlaceMs: 300 } });
});

afterEach(async () => {
  await world.close();
});

async function failureOf(work: Promise<unknown>): Promise<HostFailure | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof HostError) return error.failure;
    throw error;
  }
}

async function allDealIds(): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of world.client.read('deals', { cursor: null, lane: 'low' })) {
    ids.push(...page.rows.map(({ id }) => id));
  }
  return ids;
}

const requests = (): number => world.portal.log.total;

describe('test/faults/amocrm-host', () => {
  it.each([['text'], ['json']] as const)(
    'pauses everything of the account after a 429 (%s)',
    async (style) => {
      world.portal.limits.settings.style = style;
      Object.assign(world.portal.limits.settings, { on: true, rate: 0 });
      const before = requests();
      expect(await failureOf(world.client.serverTime())).toMatchObject({ kind: 'throttled' });
      expect(requests() - before).toBe(1);
      // Nobody else knocks meanwhile, and the host's own wish is kept.
      expect(await failureOf(world.client.readTasks(['1'], 'high'))).toMatchObject({ kind: 'throttled' });
      expect(requests() - before).toBe(1);
      const until = world.session.limits.pauses.get('*') ?? 0;
      expect(until - clock.now()).toBeGreaterThan(style === 'json' ? 290_000 : 0);
    },
  );

  it('waits longer with each further 429, so that no ban comes of it', async () => {
    Object.assign(world.portal.limits.settings, { on: true, rate: 0 });
    const waits: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      await failureOf(world.client.serverTime());
      const left = (world.session.limits.pauses.get('*') ?? 0) - clock.now();
      waits.push(Math.round(left / 1000));
      skew += left + 1;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32]);
    expect(world.portal.limits.banned).toBe(false);
  });

  it('stops all traffic when it is banned, knocks once a quarter of an hour, and goes on when that is answered', async () => {
    world.portal.limits.banned = true;
    const before = requests();
    expect(await failureOf(world.client.serverTime())).toEqual({
      kind: 'unavailable',
      detail: 'the account blocks our requests (HTTP 403)',
    });
    for (let call = 0; call < 5; call += 1) {
      expect(await failureOf(world.client.serverTime())).toMatchObject({ kind: 'throttled' });
    }
    expect(requests() - before).toBe(1);

    skew += 16 * MINUTE_MS;
    await Promise.all([1, 2, 3].map(() => failureOf(world.client.serverTime())));
    expect(requests() - before).toBe(2);
    expect(await failureOf(world.client.serverTime())).toMatchObject({ kind: 'throttled' });

    skew += 16 * MINUTE_MS;
    world.portal.limits.lift();
    expect(await failureOf(world.client.serverTime())).toBeNull();
    expect(await allDealIds()).toHaveLength(3);
  });

  it('tells a refusal of rights from a ban', async () => {
    world.portal.faults.add({ kind: 'access-denied', method: 'users.list' });
    const users = world.client.read('users', { cursor: null, lane: 'low' });
    expect(await failureOf(users[Symbol.asyncIterator]().next())).toMatchObject({ kind: 'forbidden' });
    expect(world.session.limits.pauses.size).toBe(0);
  });

  it.each([
    'http500-html',
    'http502-html',
    'html-200',
    'garbage',
    'empty-body',
    'truncated',
    'reset',
    'http500',
  ] as const)('reads everything through %s', async (kind) => {
    world.portal.faults.add({ kind, method: 'leads.list', times: 2 });
    expect(await allDealIds()).toHaveLength(3);
  });

  it.each(['unknown-fields', 'null-fields', 'unknown-status', 'big-ids'] as const)(
    'reads deals with %s',
    async (kind) => {
      world.portal.faults.add({ kind, method: 'leads.list' });
      const ids = await allDealIds();
      expect(ids).toHaveLength(3);
      if (kind === 'big-ids') expect(ids.every((id) => Number(id) > 2 ** 31)).toBe(true);
    },
  );

  it('loses nothing to an odd empty answer in the middle of a walk', async () => {
    await world.close();
    world = await startAmocrmWorld({ company: tinyCompany(1400) });
    world.portal.faults.add({ kind: 'empty-page', method: 'leads.list', after: 2, times: 1 });
    const ids = await allDealIds();
    expect(new Set(ids).size).toBe(1400);
  });

  it('creates nothing twice when the account fails after the work was done', async () => {
    const [dealId = ''] = await world.addDeals(1);
    const [ownerId] = world.people;
    const task = { dealId, title: 'x', description: '', ownerId, dueAt: null, durationMinutes: null };
    world.portal.faults.add({ kind: 'applied-500', method: 'tasks.add' });
    const outcomes = await world.client.writeTasks([{ kind: 'create', key: 'k', task }]);
    expect(outcomes).toEqual([{ kind: 'unknown' }]);
    const found = await world.client.findTasks([{ key: 'k', dealId, since: 0 }]);
    expect([...found.keys()]).toEqual(['k']);
    expect(await world.tasksWithKey('k')).toBe(1);
  });

  it('stops at an unpaid account without asking for new tokens', async () => {
    const { settings, clock: hostClock } = world.portal.store;
    Object.assign(settings, { paid: false, unpaidSince: hostClock.seconds() - 40 * 86_400 });
    expect(await failureOf(world.client.serverTime())).toEqual({ kind: 'paymentRequired' });
    expect(world.session.renewals).toBe(0);
  });

  it('follows an account that took another name', async () => {
    await world.close();
    world = await startAmocrmWorld({ trustRenamed: true });
    const renamed = world.portal.url.replace('localhost', '127.0.0.1');
    world.portal.store.settings.renamedTo = renamed;
    expect(await allDealIds()).toHaveLength(3);
    expect(world.session.moves).toEqual([renamed]);
    expect(world.tokens().endpoint).toBe(renamed);
  });

  it('does not follow an account to an address that it would not call', async () => {
    world.portal.store.settings.renamedTo = world.portal.url.replace('localhost', '127.0.0.1');
    expect(await failureOf(world.client.serverTime())).toMatchObject({ kind: 'reauthorise' });
    expect(world.session.moves).toEqual([]);
  });

  it('asks for a new authorisation when a refresh token was used before', async () => {
    const stale = world.tokens();
    await world.host.refresh(stale);
    expect(await failureOf(world.host.refresh(stale))).toMatchObject({
      kind: 'reauthorise',
      detail: 'Token has been revoked',
    });
  });

  it('calls a block of the token address an outage, not the end of the tokens', async () => {
    world.portal.limits.banned = true;
    expect(await failureOf(world.host.refresh(world.tokens()))).toMatchObject({ kind: 'unavailable' });
  });
});

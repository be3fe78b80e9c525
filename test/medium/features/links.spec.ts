import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Accounts, KnownUser } from '../../../src/contract/accounts.js';
import type { Hosts } from '../../../src/contract/connections.js';
import {
  fieldsOfPlace,
  LINKED_SCREENS,
  mayOpen,
  placeOfFields,
  type AppPlace,
} from '../../../src/contract/links.js';
import { KeptViewRepository } from '../../../src/features/embed/kept-view.repository.js';
import { Links } from '../../../src/features/embed/links.service.js';
import type { SessionClaims } from '../../../src/infra/crypto/sessions.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const ACCOUNT = accountIdOf('memory', 'links');
const NEIGHBOUR = accountIdOf('memory', 'neighbour');
const DAY = 86_400_000;
const START = Date.parse('2026-11-23T06:00Z');

const seller: KnownUser = { id: 'anna', name: 'Anna', admin: false, head: false, timeZone: null };
const head: KnownUser = { ...seller, id: 'head', head: true };
const claims = (accountId: string, userId: string) =>
  ({ accountId, host: 'memory', userId }) as unknown as SessionClaims;

describeOnEveryDatabase('test/medium/features/links', (open) => {
  let database: Database;
  let links: Links;
  let silent: Links;
  const clock = { at: START, now: () => clock.at };

  beforeAll(async () => {
    database = await open();
    for (const accountId of [ACCOUNT, NEIGHBOUR])
      await database.query(
        `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
         VALUES ($1::uuid, 'memory', $2, 'https://portal.example.com/rest/', '', 'active', now())`,
        [accountId, accountId],
      );
    const accounts = {
      find: async (accountId: string) => ({ accountId, endpoint: 'https://portal.example.com/rest/' }),
    } as unknown as Accounts;
    const host = {
      frameOrigin: (endpoint: string) => new URL(endpoint).origin,
      screenPath: (place: AppPlace) => `/ours?${new URLSearchParams(fieldsOfPlace(place)).toString()}`,
    };
    const views = new KeptViewRepository(database);
    links = new Links(views, accounts, new Map([['memory', host]]) as unknown as Hosts, clock);
    silent = new Links(
      views,
      accounts,
      new Map([['memory', { ...host, screenPath: () => null }]]) as unknown as Hosts,
      clock,
    );
  });

  beforeEach(async () => {
    clock.at = START;
    await database.query('DELETE FROM kept_view');
  });

  afterAll(() => database?.close());

  const state = { filter: { marks: ['overdue'], sellerIds: ['7'] }, sort: 'pain', look: 'board' };

  /** What the address carries, as a host brings it back. */
  function placeIn(address: string): AppPlace {
    const place = placeOfFields(Object.fromEntries(new URL(address).searchParams));
    if (!place) throw new Error(`${address} leads nowhere`);
    return place;
  }

  it('gives the same view the same address, whoever copies it and in whatever order its fields stand', async () => {
    const first = await links.keep(claims(ACCOUNT, 'anna'), 'panel', state);
    const turned = { look: 'board', sort: 'pain', filter: { sellerIds: ['7'], marks: ['overdue'] } };
    clock.at += DAY;
    const second = await links.keep(claims(ACCOUNT, 'boris'), 'panel', turned);
    expect(second.address).toBe(first.address);
    expect(Date.parse(second.expiresAt) - Date.parse(first.expiresAt)).toBe(DAY);
    expect(await database.query('SELECT 1 FROM kept_view')).toHaveLength(1);
    const other = await links.keep(claims(ACCOUNT, 'anna'), 'insight', state);
    expect(other.address).not.toBe(first.address);
  });

  it('shows the view to whoever of the account follows the address, and nothing but what was asked for', async () => {
    const { address } = await links.keep(claims(ACCOUNT, 'head'), 'panel', state);
    expect(address).toMatch(/^https:\/\/portal\.example\.com\/ours\?view=panel&kept=[\w-]{22}$/);
    for (const user of [seller, head])
      expect(await links.follow(ACCOUNT, user, placeIn(address))).toEqual({
        screen: 'panel',
        asked: { screen: 'panel', params: {}, state, problem: null },
      });
  });

  it('knows no view of another account, and none on another screen', async () => {
    const { address } = await links.keep(claims(NEIGHBOUR, 'anna'), 'panel', state);
    const place = placeIn(address);
    expect(await links.follow(NEIGHBOUR, seller, place)).toMatchObject({ asked: { problem: null } });
    expect(await links.follow(ACCOUNT, seller, place)).toEqual({
      screen: 'panel',
      asked: { screen: 'panel', params: {}, state: null, problem: 'unknown' },
    });
    const elsewhere: AppPlace = { ...place, screen: 'insight' };
    expect(await links.follow(NEIGHBOUR, seller, elsewhere)).toMatchObject({
      screen: 'insight',
      asked: { state: null, problem: 'unknown' },
    });
  });

  it('says that an address is out of date for ninety days more, and forgets it then', async () => {
    const { address } = await links.keep(claims(ACCOUNT, 'anna'), 'panel', state);
    clock.at += 90 * DAY;
    await links.forgetOld();
    expect(await links.follow(ACCOUNT, head, placeIn(address))).toMatchObject({
      screen: 'panel',
      asked: { state: null, problem: 'expired' },
    });
    clock.at += 91 * DAY;
    await links.forgetOld();
    expect(await links.follow(ACCOUNT, head, placeIn(address))).toMatchObject({
      asked: { problem: 'unknown' },
    });
  });

  it('opens the own day for a seller who follows an address for heads, without its parameters', async () => {
    const place: AppPlace = { screen: 'exceptions', params: { day: '2026-11-21' } };
    expect(await links.follow(ACCOUNT, seller, place)).toEqual({
      screen: 'home',
      asked: { screen: 'home', params: {}, state: null, problem: 'notYours' },
    });
    expect(await links.follow(ACCOUNT, head, place)).toMatchObject({
      screen: 'exceptions',
      asked: { params: { day: '2026-11-21' }, problem: null },
    });
    const heads = LINKED_SCREENS.filter((screen) => !mayOpen(screen, seller));
    expect(heads).toEqual(['exceptions', 'rules']);
  });

  it('keeps nothing that is too long or that the database cannot write, and says so', async () => {
    const keep = (filter: object) => links.keep(claims(ACCOUNT, 'anna'), 'panel', { filter });
    await expect(keep({ text: 'x'.repeat(20_000) })).rejects.toMatchObject({ code: 'view-too-large' });
    await expect(keep({ text: 'a\u0000b' })).rejects.toMatchObject({ code: 'view-too-large' });
    expect(await database.query('SELECT 1 FROM kept_view')).toEqual([]);
  });

  it('keeps no more views than a person can copy, and the known ones all the same', async () => {
    const { address } = await links.keep(claims(ACCOUNT, 'anna'), 'panel', state);
    await database.query(
      `INSERT INTO kept_view (account_id, view_key, screen, state, kept_by, expires_at)
       SELECT $1::uuid, 'script-' || n, 'panel', '{}', 'anna', now() FROM generate_series(1, 1200) n`,
      [ACCOUNT],
    );
    const more = links.keep(claims(ACCOUNT, 'anna'), 'panel', { filter: {} });
    await expect(more).rejects.toMatchObject({ code: 'too-many-views' });
    expect((await links.keep(claims(ACCOUNT, 'boris'), 'panel', state)).address).toBe(address);
  });

  it('says where the host has no addresses, and keeps nothing for one', async () => {
    const kept = silent.keep(claims(ACCOUNT, 'anna'), 'panel', state);
    await expect(kept).rejects.toMatchObject({ code: 'no-address' });
    expect(await database.query('SELECT 1 FROM kept_view')).toEqual([]);
  });

  it('reads back every place that it wrote, and takes no other field for a parameter', () => {
    const key = fc.stringMatching(/^[a-z]{1,20}$/).filter((one) => one !== 'view');
    const value = fc.stringMatching(/^[\w.:~-]{1,100}$/);
    fc.assert(
      fc.property(
        fc.constantFrom(...LINKED_SCREENS),
        fc.dictionary(key, value, { maxKeys: 8, noNullPrototype: true }),
        fc.dictionary(fc.string(), fc.anything(), { maxKeys: 3, noNullPrototype: true }),
        (screen, params, noise) => {
          expect(placeOfFields(fieldsOfPlace({ screen, params }))).toEqual({ screen, params });
          const read = placeOfFields({ ...noise, view: screen });
          for (const [name, said] of Object.entries(read?.params ?? {}))
            expect([/^[a-z]{1,20}$/.test(name), /^[\w.:~-]{1,100}$/.test(said)]).toEqual([true, true]);
        },
      ),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { fakeTheWire } from '../../../test/support/faked-wire.js';
import { silentLog, TestSession } from '../../../test/support/session.js';
import type { StreamRequest } from '../../contract/streams.js';
import { AmocrmHost } from './host.js';

const ACCOUNT = 'https://demo.amocrm.ru';
const NOW_S = 1_795_000_000;

function client() {
  // No products here: an empty list is asked for twice.
  nock(ACCOUNT).get('/api/v4/catalogs').query(true).twice().reply(204);
  const session = new TestSession({ endpoint: ACCOUNT, oauthEndpoint: ACCOUNT, accountKey: '31000001' });
  const host = new AmocrmHost(
    { platform: 'ru', clientId: 'client-1', clientSecret: 'secret', longLivedToken: null },
    { clock: session.clock, log: silentLog, trustedOrigins: [], publicUrl: 'https://app.example.com' },
    { firstDelayMs: 1, longestDelayMs: 4 },
  );
  return host.connect(session, {
    offlineQueue: true,
    robots: true,
    idempotentTaskWrites: false,
    departments: true,
    stageHistory: true,
  });
}

function lead(id: number, updatedS: number) {
  return {
    id,
    name: `Lead ${id}`,
    status_id: 142,
    pipeline_id: 1,
    created_at: 1,
    updated_at: updatedS,
    price: 5,
  };
}

function page(leads: readonly object[], next = false) {
  const links = next ? { next: { href: `${ACCOUNT}/api/v4/leads?page=2` } } : {};
  return { _page: 1, _links: links, _embedded: { leads } };
}

/** What is asked for, without the parts that every request has. */
function asked(query: Readonly<Record<string, unknown>>): string {
  const { limit: _limit, with: _with, ...rest } = query;
  return decodeURIComponent(new URLSearchParams(rest as Record<string, string>).toString());
}

function answerAccount(filters: boolean): void {
  nock(ACCOUNT)
    .get('/api/v4/account')
    .query(true)
    .reply(
      200,
      { id: 31_000_001, is_api_filter_enabled: filters },
      { date: new Date(NOW_S * 1000).toUTCString() },
    );
}

async function read(request: Partial<StreamRequest>) {
  const ids: string[] = [];
  const stream = client().read('deals', { cursor: null, lane: 'low', ...request });
  for await (const { rows } of stream) ids.push(...rows.map(({ id }) => id));
  return ids;
}

describe('src/hosts/amocrm/deal-streams', () => {
  fakeTheWire();

  it('goes on at the last row’s second with a filter, and counts pages only within one second', async () => {
    answerAccount(true);
    const requests: string[] = [];
    const pages = [
      [...Array(249).keys()].map((n) => lead(n + 1, 1000 + n)),
      Array.from({ length: 250 }, (_, n) => lead(300 + n, 1248)),
      [lead(600, 1248), lead(601, 1300)],
    ];
    nock(ACCOUNT)
      .get('/api/v4/leads')
      .query((query) => 'with' in query && requests.push(asked(query)) > 0)
      .times(3)
      .reply(200, () => {
        const leads = pages.shift() ?? [];
        return page(leads, pages.length > 0);
      });
    const ids = await read({ modifiedSince: 1_000_500 });
    expect(new Set(ids).size).toBe(249 + 252);
    expect(requests).toEqual([
      'filter[updated_at][from]=1000&order[updated_at]=asc&page=1',
      'filter[updated_at][from]=1248&order[updated_at]=asc&page=1',
      'filter[updated_at][from]=1248&order[updated_at]=asc&page=2',
    ]);
  });

  it('believes a wrong row more than the flag, and walks from the newest instead', async () => {
    answerAccount(true);
    nock(ACCOUNT)
      .get('/api/v4/leads')
      .query((query) => asked(query).includes('filter'))
      .reply(200, page([lead(1, 10), lead(2, 3000)]));
    nock(ACCOUNT)
      .get('/api/v4/leads')
      .query((query) => asked(query) === 'order[updated_at]=desc&page=1')
      .reply(200, page([lead(3, 4000), lead(2, 3000), lead(1, 10)]));
    expect(await read({ modifiedSince: 2_000_000 })).toEqual(['3', '2']);
  });

  it('asks for no filter where the account has none', async () => {
    answerAccount(false);
    nock(ACCOUNT)
      .get('/api/v4/leads')
      .query((query) => asked(query) === 'order[updated_at]=desc&page=1')
      .reply(200, page([lead(3, 4000), lead(2, 1999)]));
    expect(await read({ modifiedSince: 2_000_000 })).toEqual(['3']);
  });

  it('asks twice before it believes that nothing changed', async () => {
    answerAccount(false);
    nock(ACCOUNT).get('/api/v4/leads').query(true).times(2).reply(204);
    expect(await read({ modifiedSince: 2_000_000 })).toEqual([]);
  });

  it('asks for the next page behind a full one though the host names none', async () => {
    answerAccount(false);
    const full = Array.from({ length: 250 }, (_, n) => lead(n + 1, 100));
    const leads = nock(ACCOUNT);
    leads
      .get('/api/v4/leads')
      .query((query) => query['page'] === '1')
      .reply(200, page(full));
    leads
      .get('/api/v4/leads')
      .query((query) => query['page'] === '2')
      .reply(200, page([lead(900, 100)]));
    nock(ACCOUNT).get('/api/v4/events').query(true).reply(204);
    expect(await read({})).toHaveLength(251);
  });
});

import { describe, expect, it } from '@jest/globals';
import nock from 'nock';
import { fakeTheWire } from '../../../test/support/faked-wire.js';
import { HostError } from '../../contract/failure.js';
import { batchOk, commandsOf, PORTAL, restClient } from '../../../test/support/bitrix24-wire.js';
import { TestSession } from '../../../test/support/session.js';
import { type KeysetList, walk } from './walk.js';

const list: KeysetList = {
  method: 'crm.item.list',
  params: { entityTypeId: 2 },
  filter: {},
  filterId: 'id',
  rowId: 'id',
  under: 'items',
  shortPageEnds: false,
};

/** Changes one page of the walk: the how-manieth page it is, and what it becomes. */
type Tamper = (page: number, rows: readonly { readonly id: number }[]) => unknown;

/** A portal with the deals 1 … `count`, which resolves references as PHP does: an unresolved one is empty. */
function portalWith(
  count: number,
  tamper: Tamper = (_page, rows) => ({ items: rows }),
): { pages: number; requests: number } {
  const seen = { pages: 0, requests: 0 };
  nock(PORTAL)
    .persist()
    .post('/rest/batch')
    .reply(200, async (request: Request) => {
      const body: unknown = await request.json();
      seen.requests += 1;
      const results: Record<string, unknown> = {};
      const errors: Record<string, unknown> = {};
      for (const [key, { query }] of commandsOf(body)) {
        const from = resolve(query.get('filter[>id]') ?? '', results);
        const ids = Array.from({ length: 50 }, (_, index) => from + index + 1).filter((id) => id <= count);
        const page = tamper(
          seen.pages,
          ids.map((id) => ({ id })),
        );
        seen.pages += 1;
        if (page instanceof Error) errors[key] = { error: page.message, error_description: '' };
        else results[key] = page;
      }
      return batchOk(results, errors);
    });
  return seen;
}

function resolve(text: string, results: Readonly<Record<string, unknown>>): number {
  const [, key, row] = /^\$result\[(\w+)\]\[items\]\[(\d+)\]\[id\]$/.exec(text) ?? [];
  if (!key) return Number(text);
  const page = results[key] as { readonly items?: readonly { readonly id: number }[] } | undefined;
  return page?.items?.[Number(row)]?.id ?? 0;
}

async function idsOf(
  from = 0,
  settings: Partial<KeysetList> = {},
  requestTimeoutMs?: number,
): Promise<readonly unknown[]> {
  const ids: unknown[] = [];
  for await (const page of walk(
    restClient(new TestSession(), requestTimeoutMs),
    { ...list, ...settings },
    from,
    'low',
  )) {
    ids.push(...page.rows.map((row) => row['id']));
  }
  return ids;
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

fakeTheWire({ persistent: true });

describe('src/hosts/bitrix24/walk', () => {
  it.each([0, 1, 49, 50, 51, 2499, 2500, 2501, 6000])('reads %i rows, each once', async (count) => {
    portalWith(count);
    expect(await idsOf()).toEqual(upTo(count));
  });

  it('goes on behind a stored id', async () => {
    portalWith(120);
    expect(await idsOf(70)).toEqual(upTo(120).slice(70));
  });

  it('brings 2,500 rows with one request', async () => {
    const seen = portalWith(10_000);
    await idsOf();
    // Four full batches, one that finds the end, one that proves it.
    expect(seen.requests).toBe(6);
  });

  it('believes a short last page at once in a sweep, and an empty one only after a second answer', async () => {
    const seen = portalWith(20);
    expect(await idsOf(0, { shortPageEnds: true })).toEqual(upTo(20));
    expect(seen.requests).toBe(1);
    expect(await idsOf(20, { shortPageEnds: true })).toEqual([]);
    expect(seen.requests).toBe(3);
  });

  it.each<[string, Tamper]>([
    ['an empty page', (page, rows) => (page === 30 ? { items: [] } : { items: rows })],
    ['a page cut short', (page, rows) => (page === 30 ? { items: rows.slice(0, 10) } : { items: rows })],
    ['a page that is null', (page, rows) => (page === 30 ? null : { items: rows })],
    ['a page that is a text', (page, rows) => (page === 30 ? 'oops' : { items: rows })],
    [
      'an internal error',
      (page, rows) => (page === 30 ? new Error('INTERNAL_SERVER_ERROR') : { items: rows }),
    ],
    ['an error at the start', (page, rows) => (page === 0 ? new Error('') : { items: rows })],
    ['an empty page at the start', (page, rows) => (page === 0 ? { items: [] } : { items: rows })],
  ])('loses nothing to %s in the middle', async (_what, tamper) => {
    portalWith(5000, tamper);
    expect(await idsOf()).toEqual(upTo(5000));
  });

  it('stops with an error when ids do not grow', async () => {
    portalWith(500, (_page, rows) => ({ items: rows.map(() => ({ id: 7 })) }));
    const failure = await idsOf().catch((error: unknown) => error);
    expect(failure instanceof HostError && failure.failure.kind).toBe('malformed');
  });

  it('asks for less when a batch takes too long', async () => {
    let largest = 0;
    nock(PORTAL)
      .persist()
      .post('/rest/batch', (body) => commandsOf(body).size > 12)
      .delay(1000)
      .reply(200, batchOk({}));
    nock(PORTAL)
      .persist()
      .post('/rest/batch')
      .reply(200, async (request: Request) => {
        const body: unknown = await request.json();
        const commands = commandsOf(body);
        largest = Math.max(largest, commands.size);
        return batchOk(Object.fromEntries([...commands.keys()].map((key) => [key, { items: [] }])));
      });
    expect(await idsOf(0, {}, 300)).toEqual([]);
    expect(largest).toBe(12);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { NotWanted } from './limits.js';
import { asItCame, pagesOf } from './pages.js';
import { walk } from './walk.js';

const LIMIT = 2;
const LIST = { path: '/api/v4/leads', key: 'leads', query: {}, limit: LIMIT, keep: asItCame };

/** An account whose requests leave one after another, each in its turn; `sent` tells which did. */
function accountOf(pages: number, unannounced: readonly number[] = []) {
  const sent: string[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const answerOf = (page: number) => {
    if (page > pages) return null;
    const next = page < pages && !unannounced.includes(page) ? { next: { href: '…' } } : {};
    const leads = Array.from({ length: LIMIT }, (_, row) => ({ id: page * 10 + row }));
    return { _links: next, _embedded: { leads } };
  };
  const get = async (path: string, query: { page?: number }, _lane: string, signal?: AbortSignal) => {
    const mine = turn.then(async () => {
      if (signal?.aborted) throw new NotWanted();
      await sleep(3);
      sent.push(path === LIST.path ? `page ${query.page}` : 'check');
    });
    turn = mine.catch(() => undefined);
    await mine;
    return path === LIST.path ? answerOf(query.page ?? 0) : null;
  };
  const session = { clock: { now: () => Date.now() }, log: { debug: () => undefined } };
  return { sent, client: { get, session, hostTime: () => null } as never };
}

describe('src/hosts/amocrm/pages', () => {
  it('looks once behind a full page that is the last one, and asks nothing more', async () => {
    const { client, sent } = accountOf(9);
    const numbers: number[] = [];
    for await (const page of pagesOf(client, LIST, 1, 'low')) {
      await sleep(1);
      numbers.push(page.number);
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 9]);
    expect(sent).toEqual(Array.from({ length: 10 }, (_, index) => `page ${index + 1}`));
  });

  it('goes on without a gap where a full page does not tell of the next one', async () => {
    const { client } = accountOf(9, [3, 6]);
    const ids: unknown[] = [];
    for await (const page of pagesOf(client, LIST, 1, 'low')) ids.push(...page.rows.map(({ id }) => id));
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((page) => [page * 10, page * 10 + 1]));
  });

  it('asks for deletions every hundred pages and before the end, and never twice about the same pages', async () => {
    for (const [pages, checks] of [
      [99, 1],
      [100, 1],
      [150, 2],
      [200, 2],
    ] as const) {
      const { client, sent } = accountOf(pages);
      let reached = 0;
      for await (const { done } of walk(client, LIST, 'deal', null, 'low')) if (done) reached += 1;
      expect(reached).toBe(1);
      expect(sent.filter((one) => one === 'check')).toHaveLength(checks);
      expect(sent).toHaveLength(pages + 1 + checks);
    }
  });
});

import { HostError } from '../../contract/failure.js';
import type { Cursor, Lane, StreamPage, StreamRequest } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { type JsonObject, parseObject } from '../common/json.js';
import { flagOf, idOf } from '../common/values.js';
import type { AccountMemory } from './account-facts.js';
import type { ApiClient } from './client.js';
import { dealList, ROWS_PER_PAGE } from './lists.js';
import { toDeal } from './mapper.js';
import { keeping, readPage } from './pages.js';
import { instantOf, secondsOf } from './schema.js';
import { walk } from './walk.js';

type DealPage = StreamPage<'deals'>;

export async function* readDealStream(
  client: ApiClient,
  memory: AccountMemory,
  { cursor, modifiedSince, lane }: StreamRequest,
): AsyncGenerator<DealPage, void, void> {
  const { dealFilters } = await memory.facts();
  const reading = await memory.reading(lane);
  const page = (rows: readonly JsonObject[], next: Cursor, done: boolean): DealPage => ({
    rows: rows.map((row) => toDeal(row, reading)).filter((deal) => deal !== null),
    cursor: next,
    done,
  });

  if (modifiedSince === undefined) {
    const list = dealList({ order: { id: 'asc' } }, reading.products);
    yield* walk(
      client,
      keeping(list, (row) => toDeal(row, reading)),
      'deal',
      cursor,
      lane,
    );
    return;
  }
  const since = Math.floor(modifiedSince / 1000) * 1000;
  if (dealFilters) {
    const start = filteredFrom(cursor) ?? { from: since, page: 1 };
    const filtered = changedByFilter(client, start, reading.products, lane);
    for await (const each of filtered) {
      if (each.rows.some((row) => modifiedAt(row) < since)) {
        memory.filtersLie();
        break;
      }
      yield page(each.rows, each.cursor, each.done);
      if (each.done) return;
    }
  }
  const walked = filteredFrom(cursor) ? null : cursor;
  const start = { since, cursor: walked, products: reading.products };
  for await (const each of changedByOrder(client, start, lane)) yield page(each.rows, each.cursor, each.done);
}

/** Newest first, until the rows are older than what is asked for: how it goes where filters do nothing. */
async function* changedByOrder(
  client: ApiClient,
  {
    since,
    cursor,
    products,
  }: { readonly since: Instant; readonly cursor: Cursor | null; readonly products: boolean },
  lane: Lane,
) {
  const list = dealList({ order: { updated_at: 'desc' } }, products);
  for await (const { rows, cursor: next, done } of walk(client, list, 'deal', cursor, lane)) {
    const fresh = rows.filter((row) => modifiedAt(row) >= since);
    const over = fresh.length < rows.length;
    yield { rows: fresh, cursor: next, done: done || over };
    if (over) return;
  }
}

interface FilteredPosition {
  readonly from: Instant;
  readonly page: number;
}

/**
 * Oldest first with a filter by time. Each page begins at the last row's second, so nothing can slip; only within one
 * second that fills a whole page the pages are counted.
 */
async function* changedByFilter(client: ApiClient, start: FilteredPosition, products: boolean, lane: Lane) {
  for (let at = start; ;) {
    const filter = { updated_at: { from: secondsOf(at.from) } };
    const list = dealList({ filter, order: { updated_at: 'asc' } }, products);
    const page =
      (await readPage(client, list, at.page, lane)) ?? (await readPage(client, list, at.page, lane));
    const rows = page?.rows ?? [];
    const latest = rows.reduce((time, row) => Math.max(time, modifiedAt(row)), at.from);
    const done = !page?.next && rows.length < ROWS_PER_PAGE;
    at = latest > at.from ? { from: latest, page: 1 } : { from: at.from, page: at.page + 1 };
    yield { rows, cursor: JSON.stringify(at), done };
    if (done) return;
  }
}

function filteredFrom(cursor: Cursor | null): FilteredPosition | null {
  if (cursor === null) return null;
  const parsed = parseObject(cursor);
  if (!parsed) throw new HostError({ kind: 'malformed', where: 'a stored cursor' });
  const { from, page, since } = parsed;
  return typeof from === 'number' && typeof page === 'number' && since === undefined ? { from, page } : null;
}

function modifiedAt(row: JsonObject): Instant {
  return instantOf(row['updated_at']) ?? 0;
}

/** Ids of all live deals, for the slow walk that finds deletions. */
export async function* readDealIds(
  client: ApiClient,
  cursor: Cursor | null,
  lane: Lane,
): AsyncGenerator<
  { readonly ids: readonly string[]; readonly cursor: Cursor; readonly done: boolean },
  void,
  void
> {
  const list = keeping(dealList({ order: { id: 'asc' } }), liveId);
  for await (const { rows, cursor: next, done } of walk(client, list, 'deal', cursor, lane))
    yield { ids: rows, cursor: next, done };
}

function liveId(row: JsonObject): string | null {
  return flagOf(row['is_deleted']) ? null : idOf(row['id']);
}

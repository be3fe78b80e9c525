import type { HostDeal, Lane } from '../../contract/streams.js';
import { isObject } from '../common/json.js';
import { chunksOf, inParallel } from '../common/portions.js';
import { CallFault } from '../common/call-fault.js';
import type { AccountMemory } from './account-facts.js';
import { NOT_FOUND } from './answers.js';
import type { ApiClient } from './client.js';
import { dealExtras, dealList, ROWS_PER_PAGE } from './lists.js';
import { toDeal } from './mapper.js';
import { pagesOf, readPage } from './pages.js';
import { numericId } from './schema.js';

/** More at once would look for few deals among many pages. */
const WORTH_A_LIST = 8;
const PARALLEL_READS = 4;

/**
 * Reads deals again. What is missing is asked for a second time before it counts as gone; an id that is none of the
 * host's is gone at once. With filters 250 fit in a request. Without them a changed deal is among the latest, so the
 * list is read from its newest end as long as it brings something, and the rest one by one.
 */
export async function readDeals(
  client: ApiClient,
  memory: AccountMemory,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly HostDeal[]> {
  const { dealFilters } = await memory.facts();
  const reading = await memory.reading(lane);
  const { products } = reading;
  const wanted = new Set(ids.filter((id) => numericId(id) !== null));
  const found = new Map<string, HostDeal>();
  const keep = (row: unknown): void => {
    const deal = isObject(row) ? toDeal(row, reading) : null;
    if (deal && wanted.has(deal.id)) found.set(deal.id, deal);
  };
  const missing = (): readonly string[] => [...wanted].filter((id) => !found.has(id));

  if (dealFilters) {
    for (let round = 0; round < 2; round += 1) {
      for (const some of chunksOf(missing(), ROWS_PER_PAGE))
        await readByFilter({ client, memory, products }, some, lane, keep);
    }
    if ((await memory.facts()).dealFilters) return [...found.values()];
  }
  if (missing().length >= WORTH_A_LIST) await readNewest(client, products, missing, lane, keep);
  await inParallel(missing(), PARALLEL_READS, async (id) => {
    keep((await readOne(client, products, id, lane)) ?? (await readOne(client, products, id, lane)));
  });
  return [...found.values()];
}

interface Reads {
  readonly client: ApiClient;
  readonly memory: AccountMemory;
  readonly products: boolean;
}

async function readByFilter(
  { client, memory, products }: Reads,
  ids: readonly string[],
  lane: Lane,
  keep: (row: unknown) => void,
): Promise<void> {
  const list = dealList({ filter: { id: ids }, order: { id: 'asc' } }, products);
  const page = await readPage(client, list, 1, lane);
  const asked = new Set(ids);
  if (page?.rows.some((row) => !asked.has(String(row['id'])))) memory.filtersLie();
  page?.rows.forEach(keep);
}

/** A page that brings less than this is dearer than reading its deals one by one. */
const WORTH_A_PAGE = 2;

async function readNewest(
  client: ApiClient,
  products: boolean,
  missing: () => readonly string[],
  lane: Lane,
  keep: (row: unknown) => void,
): Promise<void> {
  const list = dealList({ order: { updated_at: 'desc' } }, products);
  for await (const { rows } of pagesOf(client, list, 1, lane)) {
    const before = missing().length;
    rows.forEach(keep);
    const left = missing().length;
    if (left === 0 || before - left < WORTH_A_PAGE) return;
  }
}

async function readOne(client: ApiClient, products: boolean, id: string, lane: Lane): Promise<unknown> {
  try {
    return await client.get(`/api/v4/leads/${id}`, dealExtras(products), lane);
  } catch (error) {
    if (error instanceof CallFault && error.code === NOT_FOUND) return null;
    throw error;
  }
}

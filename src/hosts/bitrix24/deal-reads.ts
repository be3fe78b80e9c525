import type { HostDeal, Lane } from '../../contract/streams.js';
import type { Command } from './batch.js';
import type { RestClient } from './client.js';
import type { FieldBook, WatchedField } from './deal-fields.js';
import { decodeDeal, selectOf } from './lists.js';
import { DEALS, dealAddress, type DealSource, LEADS } from './mapper.js';
import { listAll } from './task-reads.js';
import { PAGE_SIZE } from './walk.js';

/**
 * Reads deals again, 2,500 to a request. What is missing is asked for a second time before it counts as gone; an id
 * that is none of ours is gone at once.
 */
export async function readDeals(
  client: RestClient,
  book: FieldBook,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly HostDeal[]> {
  const watched = new Map([
    [DEALS, await book.watched(DEALS)],
    [LEADS, await book.watched(LEADS)],
  ]);
  const found = new Map<string, HostDeal>();
  for (let round = 0; round < 2; round += 1) {
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    for (const deal of await readOnce(client, watched, missing, lane)) found.set(deal.id, deal);
  }
  return [...found.values()];
}

type Watched = ReadonlyMap<DealSource, readonly WatchedField[]>;

async function readOnce(
  client: RestClient,
  watched: Watched,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly HostDeal[]> {
  const commands = [DEALS, LEADS].flatMap((source) => readCommands(source, watched.get(source) ?? [], ids));
  const pages = await listAll(client, commands, 'items', lane);
  return [...pages].flatMap(([key, rows]) => {
    const source = key.startsWith(LEADS.prefix) ? LEADS : DEALS;
    return rows
      .map((row) => decodeDeal(row, source, watched.get(source) ?? []))
      .filter((deal) => deal !== null);
  });
}

function readCommands(
  source: DealSource,
  watched: readonly WatchedField[],
  ids: readonly string[],
): readonly Command[] {
  const mine = ids.map(dealAddress).filter((address) => address?.source === source);
  const hostIds = mine.map((address) => address?.hostId ?? '');
  const commands: Command[] = [];
  for (let from = 0; from < hostIds.length; from += PAGE_SIZE) {
    const params = {
      entityTypeId: source.entityTypeId,
      order: { id: 'ASC' },
      filter: { '@id': hostIds.slice(from, from + PAGE_SIZE) },
      select: selectOf(watched),
      start: -1,
    };
    commands.push({ key: `${source.prefix}${from}`, method: 'crm.item.list', params });
  }
  return commands;
}

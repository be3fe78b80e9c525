import type { Lane } from '../../contract/streams.js';
import type { Deal } from '../../domain/crm/records.js';
import type { Command } from './batch.js';
import type { RestClient } from './client.js';
import { DEAL_FIELDS } from './lists.js';
import { DEALS, dealAddress, type DealSource, LEADS, toDeal } from './mapper.js';
import { listAll } from './task-reads.js';
import { PAGE_SIZE } from './walk.js';

/**
 * Reads deals again, 2,500 to a request. What is missing is asked for a second time before it counts as gone; an id
 * that is none of ours is gone at once.
 */
export async function readDeals(
  client: RestClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly Deal[]> {
  const found = new Map<string, Deal>();
  for (let round = 0; round < 2; round += 1) {
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    for (const deal of await readOnce(client, missing, lane)) found.set(deal.id, deal);
  }
  return [...found.values()];
}

async function readOnce(client: RestClient, ids: readonly string[], lane: Lane): Promise<readonly Deal[]> {
  const commands = [DEALS, LEADS].flatMap((source) => readCommands(source, ids));
  const pages = await listAll(client, commands, 'items', lane);
  return [...pages].flatMap(([key, rows]) => {
    const source = key.startsWith(LEADS.prefix) ? LEADS : DEALS;
    return rows.map((row) => toDeal(row, source)).filter((deal) => deal !== null);
  });
}

function readCommands(source: DealSource, ids: readonly string[]): readonly Command[] {
  const mine = ids.map(dealAddress).filter((address) => address?.source === source);
  const hostIds = mine.map((address) => address?.hostId ?? '');
  const commands: Command[] = [];
  for (let from = 0; from < hostIds.length; from += PAGE_SIZE) {
    const params = {
      entityTypeId: source.entityTypeId,
      order: { id: 'ASC' },
      filter: { '@id': hostIds.slice(from, from + PAGE_SIZE) },
      select: DEAL_FIELDS,
      start: -1,
    };
    commands.push({ key: `${source.prefix}${from}`, method: 'crm.item.list', params });
  }
  return commands;
}

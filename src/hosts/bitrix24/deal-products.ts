import type { Lane } from '../../contract/streams.js';
import type { Command } from './batch.js';
import type { RestClient } from './client.js';
import type { JsonObject } from '../common/json.js';
import { ascendingIds, idOf, rowNumber, rowsOf } from '../common/values.js';
import { BATCH_SIZE } from './batch.js';
import { dealAddress } from './mapper.js';
import { PAGE_SIZE } from './walk.js';
import { isObject } from '../common/json.js';
import { chunksOf } from '../common/portions.js';

/**
 * Products of deals. The host lists product rows of one owner only (an array of owners is not taken), so this is a part
 * of a batch per deal: 50 deals a request.
 */
export async function readDealProducts(
  client: RestClient,
  dealIds: readonly string[],
  lane: Lane,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, Set<string>>();
  /** Deals still to read, each with the last row that was seen. */
  let open = new Map(dealIds.filter((id) => dealAddress(id) !== null).map((id) => [id, 0]));
  while (open.size > 0) {
    const next = new Map<string, number>();
    for (const some of chunksOf([...open], BATCH_SIZE)) {
      for (const [dealId, rows] of await readRows(client, some, lane)) {
        const products = found.get(dealId) ?? new Set<string>();
        found.set(dealId, products);
        for (const row of rows) {
          const id = idOf(row['productId']);
          if (id !== null) products.add(id);
        }
        const last = rowNumber(rows.at(-1)?.['id']) ?? 0;
        if (rows.length >= PAGE_SIZE && last > (open.get(dealId) ?? 0)) next.set(dealId, last);
      }
    }
    open = next;
  }
  return new Map([...found].map(([dealId, products]) => [dealId, ascendingIds(products)]));
}

/** A deal that is gone, or hidden from us, has no answer. */
async function readRows(
  client: RestClient,
  deals: readonly (readonly [dealId: string, after: number])[],
  lane: Lane,
): Promise<readonly (readonly [string, readonly JsonObject[]])[]> {
  const commands = deals.map(([dealId, after]) => rowsCommand(dealId, after));
  const manner = { lane, repeatable: true };
  return client.persist(async () => {
    const answer = await client.batchOnce(commands, manner);
    return commands.flatMap(({ key }): readonly (readonly [string, readonly JsonObject[]])[] => {
      const part = answer.of(key);
      if (part.kind === 'failed') {
        const { kind } = part.fault.failure;
        if (kind === 'gone' || kind === 'forbidden') return [];
        throw part.fault;
      }
      const rows = part.kind === 'ok' && isObject(part.value) ? rowsOf(part.value['productRows']) : [];
      return [[key, rows]];
    });
  }, manner);
}

function rowsCommand(dealId: string, after: number): Command {
  const address = dealAddress(dealId);
  const owner = { '=ownerType': address?.source.prefix ?? '', '=ownerId': address?.hostId ?? '' };
  const params = { filter: { ...owner, '>id': after }, order: { id: 'ASC' }, start: -1 };
  return { key: dealId, method: 'crm.item.productrow.list', params };
}

import type { HostClient } from '../../src/contract/client.js';
import type { KnownDeal, KnownDeals } from '../../src/contract/known-deals.js';
import type { StageTransition } from '../../src/domain/crm/records.js';

/** What a mirror would know that has copied the deals of this connection, and of their history these rows. */
export async function knownDealsOf(
  client: HostClient,
  history: readonly StageTransition[] = [],
): Promise<KnownDeals> {
  const first = new Map<string, StageTransition>();
  for (const row of history) if (row.at < (first.get(row.dealId)?.at ?? Infinity)) first.set(row.dealId, row);
  const deals: KnownDeal[] = [];
  for await (const { rows } of client.read('deals', { cursor: null, lane: 'low' })) {
    for (const { id, createdAt, pipelineId, stageId } of rows)
      deals.push({ id, createdAt, pipelineId, stageId, firstRow: first.get(id)?.hostId ?? null });
  }
  deals.sort((one, other) => (one.id < other.id ? -1 : 1));
  return {
    oldest: () => Promise.resolve(deals.length === 0 ? null : Math.min(...deals.map((one) => one.createdAt))),
    named: (ids) => Promise.resolve(deals.filter(({ id }) => ids.includes(id))),
    async *all(after) {
      yield deals.filter(({ id }) => id > (after ?? ''));
    },
  };
}

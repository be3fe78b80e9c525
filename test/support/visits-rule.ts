import { expect } from '@jest/globals';
import type { StageTransition } from '../../src/domain/crm/records.js';
import { visitsOf } from '../../src/domain/crm/visits.js';
import type { Database } from '../../src/infra/db/database.js';
import { MirrorReads } from '../../src/mirror/mirror-reads.js';

interface TransitionRow {
  readonly deal_id: string;
  readonly at: Date;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly stage_kind: StageTransition['stageKind'];
  readonly host_id: string;
}

/** Roll-ups equal recomputation: the stored visits are those that the domain computes from the transitions. */
export async function expectVisitsFollowTransitions(database: Database, accountId: string): Promise<void> {
  const rows = await database.query<TransitionRow>(
    `SELECT t.* FROM stage_transition t JOIN deal d USING (account_id, deal_id)
     WHERE account_id = $1 AND d.deleted_at IS NULL`,
    [accountId],
  );
  const byDeal = Map.groupBy(rows.map(transitionOf), (one) => one.dealId);
  const stored = await new MirrorReads(database).visits(accountId, [...byDeal.keys()]);
  const wrong = [...byDeal].filter(
    ([dealId, some]) => JSON.stringify(stored.get(dealId)) !== JSON.stringify(visitsOf(some)),
  );
  expect(wrong.map(([dealId, some]) => [dealId, stored.get(dealId), visitsOf(some)])).toEqual([]);
}

function transitionOf(row: TransitionRow): StageTransition {
  return {
    dealId: row.deal_id,
    at: row.at.getTime(),
    pipelineId: row.pipeline_id,
    stageId: row.stage_id,
    stageKind: row.stage_kind,
    hostId: row.host_id === '' ? null : row.host_id,
  };
}

import { setTimeout } from 'node:timers/promises';
import type { Database } from '../../src/infra/db/database.js';
import type { Sql } from '../../src/infra/db/sql.js';
import { knownDealIds } from '../../src/mirror/deals.repository.js';
import type { MirrorWriter } from '../../src/mirror/mirror-writer.js';
import { noteOwnTransitions, recomputeVisits, rewriteVisits } from '../../src/mirror/visits.repository.js';
import { ACCOUNT } from './insight-pages.js';

const DEALS_PER_WRITE = 2_500;

/** Derives all visits, as the end of a first copy does. */
export async function copyVisits(database: Database): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const ids = await knownDealIds(database, ACCOUNT, after, DEALS_PER_WRITE);
    await database.transaction((tx) => rewriteVisits(tx, ACCOUNT, ids));
    after = ids.at(-1) ?? after;
    if (ids.length < DEALS_PER_WRITE) break;
  }
  await database.query('ANALYZE stage_visit');
}

/** One open deal goes a stage back or forth, with all that is kept with it. */
export async function moveDeal(tx: Sql, dealId: string): Promise<void> {
  await tx.query(
    `UPDATE deal SET stage_id = CASE stage_id WHEN 'S1' THEN 'S2' ELSE 'S1' END, stage_since = now(), modified_at = now(),
       synced_at = now() WHERE account_id = $1 AND deal_id = $2`,
    [ACCOUNT, dealId],
  );
  await noteOwnTransitions(tx, ACCOUNT, [dealId]);
  await recomputeVisits(tx, ACCOUNT, [dealId]);
}

/** Moves deals one after another while `work` goes on; the longest that one of the writes took, milliseconds. */
export async function longestWrite(
  database: Database,
  writer: MirrorWriter,
  work: () => Promise<unknown>,
): Promise<number> {
  const deals = await database.query<{ deal_id: string }>(
    `SELECT deal_id FROM deal WHERE stage_kind = 'open' AND stage_id IN ('S1', 'S2') ORDER BY hashtext(deal_id) LIMIT 500`,
  );
  let working = true;
  const ended = work().finally(() => (working = false));
  let longest = 0;
  for (let at = 0; working; at += 1) {
    const startedAt = performance.now();
    await writer.transaction(ACCOUNT, (tx) => moveDeal(tx, deals[at % deals.length]?.deal_id ?? ''));
    longest = Math.max(longest, performance.now() - startedAt);
    await setTimeout(50);
  }
  await ended;
  return longest;
}

import type { Database } from '../../src/infra/db/database.js';
import { knownDealIds } from '../../src/mirror/deals.repository.js';
import { rewriteVisits } from '../../src/mirror/visits.repository.js';
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

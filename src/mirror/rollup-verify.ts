import type { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { DIFFERS, groupedVisits, HISTS, IN_RANGE, judgedAgain } from './rollup.sql.js';

/** What of a table is not as a recomputation gives it. */
export interface RollupDifference {
  readonly table: string;
  /** Rows that should not be there, or not so. */
  readonly wrong: number;
  /** Rows that should be there and are not, or not so. */
  readonly missing: number;
}

/**
 * Compares an account's visits and roll-ups with a full recomputation, in one snapshot.
 *
 * @returns what differs, empty when nothing does; null before the first copy has ended, when nothing is counted.
 */
export async function rollupDifferences(
  database: Database,
  accountId: string,
): Promise<readonly RollupDifference[] | null> {
  return database.transaction(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    const [state] = await tx.query<{ live: boolean }>('SELECT live FROM rollup_state WHERE account_id = $1', [
      accountId,
    ]);
    if (!state?.live) return null;
    const found = [await visitDifferences(tx, accountId)];
    for (const hist of HISTS) {
      const stored = `SELECT ${hist.columns}, n FROM ${hist.table} WHERE account_id = $1 AND n <> 0`;
      const visits = '(SELECT *, 1 AS n FROM stage_visit WHERE account_id = $1 AND counted)';
      const counted = groupedVisits(hist, visits);
      const [row] = await tx.query<{ wrong: number; missing: number }>(
        `SELECT (SELECT count(*) FROM ((${stored}) EXCEPT ALL (${counted})) x)::int AS wrong,
           (SELECT count(*) FROM ((${counted}) EXCEPT ALL (${stored})) x)::int AS missing`,
        [accountId],
      );
      found.push({ table: hist.table, wrong: row?.wrong ?? 0, missing: row?.missing ?? 0 });
    }
    return found.filter(({ wrong, missing }) => wrong + missing > 0);
  });
}

async function visitDifferences(tx: Sql, accountId: string): Promise<RollupDifference> {
  const [row] = await tx.query<{ wrong: number }>(
    `${judgedAgain(IN_RANGE)} SELECT count(*)::int AS wrong FROM stage_visit v JOIN judged j ON ${DIFFERS}`,
    [accountId, '', null],
  );
  return { table: 'stage_visit', wrong: row?.wrong ?? 0, missing: 0 };
}

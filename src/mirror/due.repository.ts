import { isOrphaned } from '../infra/db/presence.js';
import type { Sql } from '../infra/db/sql.js';
import { ids, numbers } from './columns.js';
import type { StepName } from './streams/streams.js';

/** What waits for a worker in an account. */
export interface DueWork {
  readonly accountId: string;
  readonly copy: boolean;
  readonly sweep: boolean;
}

export interface Rhythm {
  readonly step: StepName;
  readonly everyMinutes: number;
}

const FAILED_REST = '1 hour';

/**
 * Which accounts have a step to copy or to sweep. With `inboxAccounts` one of the two questions that cross accounts:
 * somebody has to find the work. Both read small tables; on shards each worker asks its own.
 */
export async function dueAccounts(sql: Sql, rhythms: readonly Rhythm[]): Promise<readonly DueWork[]> {
  const rows = await sql.query<{ account_id: string; copy: boolean; sweep: boolean }>(
    `SELECT account_id, bool_or(copy) AS copy, bool_or(sweep) AS sweep FROM (
       SELECT c.account_id,
         c.stage IN ('waiting', 'backfilling')
           OR (c.stage = 'failed' AND c.updated_at < now() - interval '${FAILED_REST}') AS copy,
         c.stage = 'following' AND r.minutes IS NOT NULL
           AND (c.swept_at IS NULL OR c.swept_at < now() - make_interval(secs => r.minutes * 60)) AS sweep
       FROM checkpoint c
       JOIN account a ON a.account_id = c.account_id AND a.state IN ('connecting', 'active')
       LEFT JOIN unnest($1::text[], $2::float8[]) AS r(step, minutes) ON r.step = c.stream
       WHERE c.lease_until IS NULL OR c.lease_until < now() OR ${isOrphaned('c.lease_owner')}
     ) due WHERE copy OR sweep GROUP BY account_id`,
    [ids(rhythms.map((one) => one.step)), numbers(rhythms, (one) => one.everyMinutes)],
  );
  return rows.map((row) => ({ accountId: row.account_id, copy: row.copy, sweep: row.sweep }));
}

/** The steps of one account that are due for a sweep. */
export async function dueSweeps(
  sql: Sql,
  accountId: string,
  rhythms: readonly Rhythm[],
): Promise<readonly StepName[]> {
  const rows = await sql.query<{ stream: StepName }>(
    `SELECT c.stream FROM checkpoint c
     JOIN unnest($2::text[], $3::float8[]) AS r(step, minutes) ON r.step = c.stream
     WHERE c.account_id = $1 AND c.stage = 'following'
       AND (c.lease_until IS NULL OR c.lease_until < now() OR ${isOrphaned('c.lease_owner')})
       AND (c.swept_at IS NULL OR c.swept_at < now() - make_interval(secs => r.minutes * 60))`,
    [accountId, ids(rhythms.map((one) => one.step)), numbers(rhythms, (one) => one.everyMinutes)],
  );
  return rows.map((row) => row.stream);
}

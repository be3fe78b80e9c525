import type { Sql } from '../infra/db/sql.js';

/** `DealField.key`s that the account watches now. */
export async function watchedFieldsOf(sql: Sql, accountId: string): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ field_key: string }>(
    'SELECT field_key FROM watched_field WHERE account_id = $1',
    [accountId],
  );
  return new Set(rows.map((row) => row.field_key));
}

/**
 * The next sweep of the deals, due now, reads all of them; a first copy that is under way starts again. Whoever is at it
 * loses the lease: what it has still to read it would read with the fields of before.
 */
export async function rereadDeals(sql: Sql, accountId: string): Promise<void> {
  await sql.query(
    `UPDATE checkpoint SET cursor = NULL, lease_owner = NULL, lease_until = NULL,
       synced_to = CASE WHEN stage = 'following' THEN NULL ELSE synced_to END,
       swept_at = CASE WHEN stage = 'following' THEN NULL ELSE swept_at END,
       rows_done = CASE WHEN stage = 'following' THEN rows_done ELSE 0 END
     WHERE account_id = $1 AND stream = 'deals' AND stage <> 'waiting'`,
    [accountId],
  );
}

import type { DealActivity } from '../contract/streams.js';
import type { Sql } from '../infra/db/sql.js';
import { numbers, texts } from './columns.js';

/**
 * Moves the last activity of deals forward, never back; activities of a contact count for its open deals. Returns the
 * ids of deals that changed.
 */
export async function noteActivities(
  sql: Sql,
  accountId: string,
  activities: readonly DealActivity[],
): Promise<readonly string[]> {
  if (activities.length === 0) return [];
  const rows = await sql.query<{ deal_id: string }>(
    `WITH told AS (
       SELECT deal, contact, to_timestamp(max(at) / 1000) AS at
       FROM unnest($2::text[], $3::text[], $4::float8[]) AS r(deal, contact, at) GROUP BY deal, contact
     ), latest AS (
       SELECT id, max(at) AS at FROM (
         SELECT deal AS id, at FROM told WHERE deal IS NOT NULL
         UNION ALL
         SELECT d.deal_id, t.at FROM told t
         JOIN deal d ON d.account_id = $1 AND d.contact_id = t.contact AND d.stage_kind = 'open'
         WHERE t.deal IS NULL AND d.created_at <= t.at
       ) each GROUP BY id
     )
     UPDATE deal d SET last_activity_at = l.at FROM latest l
     WHERE d.account_id = $1 AND d.deal_id = l.id AND d.deleted_at IS NULL
       AND (d.last_activity_at IS NULL OR d.last_activity_at < l.at)
     RETURNING d.deal_id`,
    [
      accountId,
      texts(activities, (one) => one.dealId),
      texts(activities, (one) => one.contactId),
      numbers(activities, (one) => one.at),
    ],
  );
  return rows.map((row) => row.deal_id);
}

import type { Sql } from '../infra/db/sql.js';

/** As in the domain's `HonestyJudge`: so many deals through one door within a minute are a mass action. */
const BULK_DEALS = 20;
const NORMAL_SHARE = 0.5;

const MINUTE = (column: string): string => `floor(extract(epoch FROM ${column})::float8 / 60)`;

/**
 * `HonestyJudge` of the domain over the counted visits of an account, one door being a pair of stages (or the way in):
 * what happened together, and is not how the door usually works. A log that has days only cannot tell. Of several
 * reasons a visit keeps the first of: imported, bulkMove, sameMinute, backdated (entered more than a day before its deal
 * was made), skippedStages (went past an open stage, which most do not that go ahead from here).
 */
const MARKS = `
WITH places AS MATERIALIZED (
  SELECT pipeline_id, stage_id, kind,
    row_number() OVER (PARTITION BY pipeline_id ORDER BY kind <> 'open', sort, stage_id) AS place,
    count(*) FILTER (WHERE kind = 'open') OVER (PARTITION BY pipeline_id) AS opens
  FROM stage WHERE account_id = $1::uuid AND deleted_at IS NULL
), v AS MATERIALIZED (
  SELECT v.deal_id, v.seq, v.pipeline_id, v.stage_id, v.entered_at, v.left_at, v.mark,
    CASE WHEN v.left_at IS NOT NULL THEN coalesce(nullif(v.next_stage_id, ''), E'\\x1f') END AS next_stage,
    v.entered_at < d.created_at - interval '1 day' AS backdated,
    CASE n.kind WHEN 'won' THEN n.opens + 1 WHEN 'open' THEN n.place END - h.place AS ahead
  FROM stage_visit v JOIN deal d ON d.account_id = v.account_id AND d.deal_id = v.deal_id
    LEFT JOIN places h ON h.pipeline_id = v.pipeline_id AND h.stage_id = v.stage_id AND h.kind = 'open'
    LEFT JOIN places n ON n.pipeline_id = v.pipeline_id AND n.stage_id = v.next_stage_id
  WHERE v.account_id = $1::uuid AND v.counted
), timed AS (
  SELECT EXISTS (SELECT FROM v WHERE extract(epoch FROM entered_at)::float8 / 86400
    <> floor(extract(epoch FROM entered_at)::float8 / 86400)) AS known
), minutes AS MATERIALIZED (
  SELECT pipeline_id, '' AS stage_id, stage_id AS next_stage, ${MINUTE('entered_at')} AS minute, count(*) AS deals, 0::bigint AS quick
  FROM v WHERE seq = 1 GROUP BY 1, 2, 3, 4
  UNION ALL
  SELECT pipeline_id, stage_id, next_stage, ${MINUTE('left_at')}, count(*),
    count(*) FILTER (WHERE ${MINUTE('entered_at')} = ${MINUTE('left_at')})
  FROM v WHERE next_stage IS NOT NULL GROUP BY 1, 2, 3, 4
), doors AS (
  SELECT pipeline_id, stage_id, next_stage,
    coalesce(sum(deals) FILTER (WHERE deals >= ${BULK_DEALS}), 0) <= ${NORMAL_SHARE} * sum(deals) AS bulk_is_rare,
    sum(quick) <= ${NORMAL_SHARE} * sum(deals) AS quick_is_rare
  FROM minutes GROUP BY 1, 2, 3
), bulk AS MATERIALIZED (
  SELECT m.pipeline_id, m.stage_id, m.next_stage, m.minute
  FROM minutes m JOIN doors USING (pipeline_id, stage_id, next_stage)
  WHERE m.deals >= ${BULK_DEALS} AND doors.bulk_is_rare
), onward AS (
  SELECT pipeline_id, stage_id, count(*) FILTER (WHERE ahead > 1) <= ${NORMAL_SHARE} * count(*) AS skip_is_rare
  FROM v WHERE ahead > 0 GROUP BY 1, 2
), wanted AS (
  SELECT v.deal_id, v.seq, v.mark AS old, CASE
    WHEN t.known AND come.minute IS NOT NULL THEN 'imported'
    WHEN t.known AND gone.minute IS NOT NULL THEN 'bulkMove'
    WHEN t.known AND d.quick_is_rare AND ${MINUTE('v.entered_at')} = ${MINUTE('v.left_at')} THEN 'sameMinute'
    WHEN v.backdated THEN 'backdated'
    WHEN v.ahead > 1 AND o.skip_is_rare THEN 'skippedStages' END AS mark
  FROM v CROSS JOIN timed t
    LEFT JOIN bulk come ON v.seq = 1 AND come.stage_id = '' AND come.pipeline_id = v.pipeline_id
      AND come.next_stage = v.stage_id AND come.minute = ${MINUTE('v.entered_at')}
    LEFT JOIN bulk gone ON gone.pipeline_id = v.pipeline_id AND gone.stage_id = v.stage_id
      AND gone.next_stage = v.next_stage AND gone.minute = ${MINUTE('v.left_at')}
    LEFT JOIN doors d ON d.pipeline_id = v.pipeline_id AND d.stage_id = v.stage_id AND d.next_stage = v.next_stage
    LEFT JOIN onward o ON o.pipeline_id = v.pipeline_id AND o.stage_id = v.stage_id
)
UPDATE stage_visit v SET mark = w.mark FROM wanted w
WHERE v.account_id = $1::uuid AND v.deal_id = w.deal_id AND v.seq = w.seq AND w.mark IS DISTINCT FROM w.old
RETURNING v.deal_id`;

/** Marks what is not to be learned from; returns how many visits changed. The roll-ups have to be built anew then. */
export async function markVisits(sql: Sql, accountId: string): Promise<number> {
  return (await sql.query(MARKS, [accountId])).length;
}

import { SAME_MOVE_MS } from '../domain/crm/visits.js';
import type { StageTransition } from '../domain/crm/records.js';
import type { Sql } from '../infra/db/sql.js';
import { ids, lastByKey, numbers, texts } from './columns.js';

/** Stores rows of the host's history; returns the deals of rows that were new or different. */
export async function upsertTransitions(
  sql: Sql,
  accountId: string,
  transitions: readonly StageTransition[],
): Promise<readonly string[]> {
  if (transitions.length === 0) return [];
  const rows = lastByKey(transitions, (one) => `${one.dealId}|${one.at}|${one.hostId ?? ''}`);
  const changed = await sql.query<{ deal_id: string }>(
    `INSERT INTO stage_transition AS t (account_id, deal_id, at, pipeline_id, stage_id, stage_kind, host_id)
     SELECT $1, r.deal, to_timestamp(r.at / 1000), r.pipeline, r.stage, r.kind, r.host
     FROM unnest($2::text[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[])
       AS r(deal, at, pipeline, stage, kind, host)
     ON CONFLICT (account_id, deal_id, at, host_id) DO UPDATE SET
       pipeline_id = excluded.pipeline_id, stage_id = excluded.stage_id, stage_kind = excluded.stage_kind
     WHERE (t.pipeline_id, t.stage_id, t.stage_kind) IS DISTINCT FROM
       (excluded.pipeline_id, excluded.stage_id, excluded.stage_kind)
     RETURNING deal_id`,
    [
      accountId,
      texts(rows, (one) => one.dealId),
      numbers(rows, (one) => one.at),
      texts(rows, (one) => one.pipelineId),
      texts(rows, (one) => one.stageId),
      texts(rows, (one) => one.stageKind),
      texts(rows, (one) => one.hostId ?? ''),
    ],
  );
  return [...new Set(changed.map((row) => row.deal_id))];
}

/**
 * Where the deal stands in a stage that its known transitions do not tell of, adds a transition of our own, at the
 * moment that the host names, else at the modification that we saw. Idempotent. One per instant: a second move within
 * a second replaces the first, which only the host's history can tell.
 */
export async function noteOwnTransitions(
  sql: Sql,
  accountId: string,
  dealIds: readonly string[],
): Promise<void> {
  if (dealIds.length === 0) return;
  await sql.query(
    `INSERT INTO stage_transition AS t (account_id, deal_id, at, pipeline_id, stage_id, stage_kind, host_id)
     SELECT d.account_id, d.deal_id, coalesce(d.stage_since, d.modified_at), d.pipeline_id, d.stage_id, d.stage_kind, ''
     FROM deal d
     LEFT JOIN LATERAL (
       SELECT k.pipeline_id, k.stage_id FROM stage_transition k
       WHERE k.account_id = d.account_id AND k.deal_id = d.deal_id AND k.at <= coalesce(d.stage_since, d.modified_at)
       ORDER BY k.at DESC, (k.host_id = '') DESC, length(k.host_id) DESC, k.host_id COLLATE "C" DESC LIMIT 1
     ) standing ON true
     WHERE d.account_id = $1 AND d.deal_id = ANY($2::text[]) AND d.deleted_at IS NULL
       AND (standing.pipeline_id, standing.stage_id) IS DISTINCT FROM (d.pipeline_id, d.stage_id)
     ON CONFLICT (account_id, deal_id, at, host_id) DO UPDATE SET
       pipeline_id = excluded.pipeline_id, stage_id = excluded.stage_id, stage_kind = excluded.stage_kind`,
    [accountId, ids(dealIds)],
  );
}

/** `visitsOf` of the domain as one statement over many deals; a test holds the two together. */
const RECOMPUTE = `
WITH moves AS (
  SELECT deal_id, at, host_id, pipeline_id, stage_id FROM stage_transition o
  WHERE account_id = $1 AND deal_id = ANY($2::text[]) AND (host_id <> '' OR NOT EXISTS (
    SELECT FROM stage_transition h WHERE h.account_id = $1 AND h.deal_id = o.deal_id AND h.host_id <> ''
      AND h.pipeline_id = o.pipeline_id AND h.stage_id = o.stage_id
      AND h.at BETWEEN o.at - interval '${SAME_MOVE_MS} ms' AND o.at + interval '${SAME_MOVE_MS} ms'))
), steps AS (
  SELECT *, row_number() OVER w AS place,
    lag(pipeline_id) OVER w AS before_pipeline, lag(stage_id) OVER w AS before_stage
  FROM moves WINDOW w AS (PARTITION BY deal_id ORDER BY at, host_id = '', length(host_id), host_id COLLATE "C",
    pipeline_id COLLATE "C", stage_id COLLATE "C")
), visits AS (
  SELECT deal_id, row_number() OVER w AS seq, pipeline_id, stage_id, at AS entered_at, lead(at) OVER w AS left_at
  FROM steps WHERE (before_pipeline, before_stage) IS DISTINCT FROM (pipeline_id, stage_id)
  WINDOW w AS (PARTITION BY deal_id ORDER BY place)
), written AS (
  INSERT INTO stage_visit AS v (account_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at)
  SELECT $1, deal_id, seq, pipeline_id, stage_id, entered_at, left_at FROM visits
  ON CONFLICT (account_id, deal_id, seq) DO UPDATE SET pipeline_id = excluded.pipeline_id,
    stage_id = excluded.stage_id, entered_at = excluded.entered_at, left_at = excluded.left_at
  WHERE (v.pipeline_id, v.stage_id, v.entered_at, v.left_at) IS DISTINCT FROM
    (excluded.pipeline_id, excluded.stage_id, excluded.entered_at, excluded.left_at)
  RETURNING deal_id
), removed AS (
  DELETE FROM stage_visit v WHERE v.account_id = $1 AND v.deal_id = ANY($2::text[])
    AND NOT EXISTS (SELECT FROM visits n WHERE n.deal_id = v.deal_id AND n.seq = v.seq)
  RETURNING deal_id
)
SELECT deal_id FROM written UNION SELECT deal_id FROM removed`;

/** Brings the visits of these deals up to their transitions; returns the deals whose visits changed. */
export async function recomputeVisits(
  sql: Sql,
  accountId: string,
  dealIds: readonly string[],
): Promise<readonly string[]> {
  if (dealIds.length === 0) return [];
  const rows = await sql.query<{ deal_id: string }>(RECOMPUTE, [accountId, ids(dealIds)]);
  return rows.map((row) => row.deal_id);
}

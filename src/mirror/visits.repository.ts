import { SAME_MOVE_MS } from '../domain/crm/visits.js';
import type { StageTransition } from '../domain/crm/records.js';
import { CopyRows, uuidBytes } from '../infra/db/copy-rows.js';
import type { Sql, Transaction } from '../infra/db/sql.js';
import { ids, lastByKey, numbers, texts } from './columns.js';
import { judgedVisits, STAGE_ORDER, UPKEEP } from './rollup.sql.js';

const LOADED = 'stage_transition (account_id, deal_id, at, pipeline_id, stage_id, stage_kind, host_id)';
const LOADED_COLUMNS = 7;

/**
 * Stores rows of the host's history that are all new, in a fraction of the time of `upsertTransitions`: no look for what
 * is there, and in the order of the index. Fails as a whole when one of them is there already.
 */
export async function loadTransitions(
  tx: Transaction,
  accountId: string,
  transitions: readonly StageTransition[],
): Promise<void> {
  if (transitions.length === 0) return;
  const rows = new CopyRows(LOADED_COLUMNS);
  const account = uuidBytes(accountId);
  for (const one of transitions.toSorted(byDeal)) {
    rows.begin();
    rows.uuid(account);
    rows.text(one.dealId);
    rows.instant(one.at);
    rows.text(one.pipelineId);
    rows.text(one.stageId);
    rows.text(one.stageKind);
    rows.text(one.hostId ?? '');
  }
  await tx.load(LOADED, rows.end());
}

function byDeal(one: StageTransition, other: StageTransition): number {
  if (one.dealId === other.dealId) return one.at - other.at;
  return one.dealId < other.dealId ? -1 : 1;
}

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
     ${ROWS}
     ON CONFLICT (account_id, deal_id, at, host_id) DO UPDATE SET
       pipeline_id = excluded.pipeline_id, stage_id = excluded.stage_id, stage_kind = excluded.stage_kind
     WHERE (t.pipeline_id, t.stage_id, t.stage_kind) IS DISTINCT FROM
       (excluded.pipeline_id, excluded.stage_id, excluded.stage_kind)
     RETURNING deal_id`,
    columnsOf(accountId, rows),
  );
  return [...new Set(changed.map((row) => row.deal_id))];
}

const ROWS = `SELECT $1::uuid, r.deal, to_timestamp(r.at / 1000), r.pipeline, r.stage, r.kind, r.host
     FROM unnest($2::text[], $3::float8[], $4::text[], $5::text[], $6::text[], $7::text[])
       AS r(deal, at, pipeline, stage, kind, host)`;

function columnsOf(accountId: string, rows: readonly StageTransition[]): readonly unknown[] {
  return [
    accountId,
    texts(rows, (one) => one.dealId),
    numbers(rows, (one) => one.at),
    texts(rows, (one) => one.pipelineId),
    texts(rows, (one) => one.stageId),
    texts(rows, (one) => one.stageKind),
    texts(rows, (one) => one.hostId ?? ''),
  ];
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
     SELECT $1, w.id, d.since, d.pipeline_id, d.stage_id, d.stage_kind, ''
     FROM unnest($2::text[]) AS w(id)
     CROSS JOIN LATERAL (
       SELECT coalesce(stage_since, modified_at) AS since, pipeline_id, stage_id, stage_kind FROM deal
       WHERE account_id = $1 AND deal_id = w.id AND deleted_at IS NULL OFFSET 0
     ) d
     LEFT JOIN LATERAL (
       SELECT k.pipeline_id, k.stage_id FROM stage_transition k
       WHERE k.account_id = $1 AND k.deal_id = w.id AND k.at <= d.since
       ORDER BY k.at DESC, (k.host_id = '') DESC, length(k.host_id) DESC, k.host_id COLLATE "C" DESC LIMIT 1
     ) standing ON true
     WHERE (standing.pipeline_id, standing.stage_id) IS DISTINCT FROM (d.pipeline_id, d.stage_id)
     ON CONFLICT (account_id, deal_id, at, host_id) DO UPDATE SET
       pipeline_id = excluded.pipeline_id, stage_id = excluded.stage_id, stage_kind = excluded.stage_kind`,
    [accountId, ids(dealIds)],
  );
}

/** Of transitions `o`: where the host's history knows a move, our own sighting of it does not count. */
const COUNTS = `(o.host_id <> '' OR NOT EXISTS (
    SELECT FROM stage_transition h WHERE h.account_id = $1 AND h.deal_id = o.deal_id AND h.host_id <> ''
      AND h.pipeline_id = o.pipeline_id AND h.stage_id = o.stage_id
      AND h.at BETWEEN o.at - interval '${SAME_MOVE_MS} ms' AND o.at + interval '${SAME_MOVE_MS} ms'))`;

const IN_ORDER = `PARTITION BY deal_id ORDER BY at, host_id = '', length(host_id), host_id COLLATE "C",
    pipeline_id COLLATE "C", stage_id COLLATE "C"`;

/**
 * `visitsOf` of the domain as one statement over many deals; a test holds the two together. The lateral join with its
 * `OFFSET 0` makes it one index probe a deal whatever the statistics say: without them (a fresh table, and the embedded
 * database has no autovacuum) the planner scans the whole account for each batch.
 */
const VISITS = `
WITH moves AS MATERIALIZED (
  SELECT t.* FROM unnest($2::text[]) AS w(id) CROSS JOIN LATERAL (
    SELECT deal_id, at, host_id, pipeline_id, stage_id FROM stage_transition
    WHERE account_id = $1 AND deal_id = w.id OFFSET 0) t
), counted AS (
  SELECT * FROM moves o WHERE ${COUNTS}
), steps AS (
  SELECT *, row_number() OVER w AS place,
    lag(pipeline_id) OVER w AS before_pipeline, lag(stage_id) OVER w AS before_stage
  FROM counted WINDOW w AS (${IN_ORDER})
), visits AS MATERIALIZED (
  SELECT deal_id, row_number() OVER w AS seq, pipeline_id, stage_id, at AS entered_at, lead(at) OVER w AS left_at
  FROM steps WHERE (before_pipeline, before_stage) IS DISTINCT FROM (pipeline_id, stage_id)
  WINDOW w AS (PARTITION BY deal_id ORDER BY place)
)`;

/** Deals that are not deleted; of the others no visit is counted. */
const ALIVE = `alive AS MATERIALIZED (
  SELECT w.id FROM unnest($2::text[]) AS w(id) CROSS JOIN LATERAL (
    SELECT 1 FROM deal WHERE account_id = $1 AND deal_id = w.id AND deleted_at IS NULL OFFSET 0) d
)`;

const RECOMPUTE = `${VISITS}, ${ALIVE}, ${judgedVisits('visits', 'alive')}, before AS MATERIALIZED (
  SELECT v.* FROM unnest($2::text[]) AS w(id) CROSS JOIN LATERAL (
    SELECT deal_id, seq, pipeline_id, stage_id, entered_at, left_at, next_stage_id, passage, mark, counted
    FROM stage_visit WHERE account_id = $1 AND deal_id = w.id OFFSET 0) v
), after AS MATERIALIZED (
  SELECT j.*, b.mark FROM judged j LEFT JOIN before b ON b.deal_id = j.deal_id AND b.seq = j.seq
    AND (b.pipeline_id, b.stage_id, b.entered_at) = (j.pipeline_id, j.stage_id, j.entered_at)
    AND b.left_at IS NOT DISTINCT FROM j.left_at
), written AS (
  INSERT INTO stage_visit AS v (account_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at, next_stage_id,
    passage, mark, counted)
  SELECT $1, deal_id, seq, pipeline_id, stage_id, entered_at, left_at, next_stage_id, passage, mark, counted FROM after
  ON CONFLICT (account_id, deal_id, seq) DO UPDATE SET pipeline_id = excluded.pipeline_id,
    stage_id = excluded.stage_id, entered_at = excluded.entered_at, left_at = excluded.left_at,
    next_stage_id = excluded.next_stage_id, passage = excluded.passage, mark = excluded.mark, counted = excluded.counted
  WHERE (v.pipeline_id, v.stage_id, v.entered_at, v.left_at, v.next_stage_id, v.passage, v.mark, v.counted)
    IS DISTINCT FROM (excluded.pipeline_id, excluded.stage_id, excluded.entered_at, excluded.left_at,
    excluded.next_stage_id, excluded.passage, excluded.mark, excluded.counted)
  RETURNING deal_id
), lengths AS (
  SELECT w.id, coalesce(n.seq, 0) AS seq FROM unnest($2::text[]) AS w(id)
  LEFT JOIN (SELECT deal_id, max(seq) AS seq FROM visits GROUP BY deal_id) n ON n.deal_id = w.id
), removed AS (
  DELETE FROM stage_visit WHERE account_id = $1 AND ctid = ANY (ARRAY(
    SELECT v.ctid FROM lengths l CROSS JOIN LATERAL (
      SELECT ctid FROM stage_visit WHERE account_id = $1 AND deal_id = l.id AND seq > l.seq OFFSET 0) v))
  RETURNING deal_id
), ${UPKEEP}
SELECT deal_id FROM written UNION SELECT deal_id FROM removed`;

/** The same for deals that lie together in the index, `$3` to `$4`: one scan of their range, and nothing kept between. */
const REWRITE = `
WITH steps AS (
  SELECT deal_id, at, pipeline_id, stage_id, row_number() OVER w AS place,
    lag(pipeline_id) OVER w AS before_pipeline, lag(stage_id) OVER w AS before_stage
  FROM stage_transition o
  WHERE account_id = $1 AND deal_id BETWEEN $3 AND $4 AND deal_id = ANY ($2::text[]) AND ${COUNTS}
  WINDOW w AS (${IN_ORDER})
), visits AS (
  SELECT deal_id, row_number() OVER w AS seq, pipeline_id, stage_id, at AS entered_at, lead(at) OVER w AS left_at
  FROM steps WHERE (before_pipeline, before_stage) IS DISTINCT FROM (pipeline_id, stage_id)
  WINDOW w AS (PARTITION BY deal_id ORDER BY place)
), ${ALIVE}, ${judgedVisits('visits', 'alive')}
INSERT INTO stage_visit (account_id, deal_id, seq, pipeline_id, stage_id, entered_at, left_at, next_stage_id, passage, counted)
SELECT $1, deal_id, seq, pipeline_id, stage_id, entered_at, left_at, next_stage_id, passage, counted FROM judged`;

/** By which order of the stages the visits are judged is noted; by two, when it changed on the way, is by none. */
const REST = `INSERT INTO rollup_state AS s (account_id, live, version, stage_order, rebuilt_at)
  SELECT $1::uuid, false, 0, o.digest, now() FROM (${STAGE_ORDER}) o
  ON CONFLICT (account_id) DO UPDATE SET live = false, counted_until = '',
    stage_order = CASE WHEN s.stage_order = excluded.stage_order THEN s.stage_order ELSE '' END`;

/**
 * For the first copy, where there are no visits yet: a plain insert takes half of the time. `dealIds` in the database's
 * own order, as `knownDealIds` gives them. Roll-ups rest from here until they are built again from the whole.
 */
export async function rewriteVisits(sql: Sql, accountId: string, dealIds: readonly string[]): Promise<void> {
  if (dealIds.length === 0) return;
  const wanted = ids(dealIds);
  await sql.query(REST, [accountId]);
  await sql.query(
    `DELETE FROM stage_visit WHERE account_id = $1 AND ctid = ANY (ARRAY(
       SELECT v.ctid FROM unnest($2::text[]) AS w(id) CROSS JOIN LATERAL (
         SELECT ctid FROM stage_visit WHERE account_id = $1 AND deal_id = w.id OFFSET 0) v))`,
    [accountId, wanted],
  );
  await sql.query(REWRITE, [accountId, wanted, dealIds[0], dealIds.at(-1)]);
}

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

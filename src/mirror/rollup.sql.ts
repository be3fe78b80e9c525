/** Month of a moment as one number, UTC: year * 12 + month - 1. `extract` would count in slow numerics. */
function monthOf(column: string): string {
  return `(date_part('year', ${column} AT TIME ZONE 'UTC') * 12 + date_part('month', ${column} AT TIME ZONE 'UTC') - 1)::int`;
}

/** `bucketOf` of the domain, of the length of a finished visit. float8 throughout: `extract` and numeric logarithms cost half as much again. */
export function bucketSql(length: string): string {
  return bucketOfMs(`date_part('epoch', ${length}) * 1000`);
}

/** The same of milliseconds, a float8. */
export function bucketOfMs(ms: string): string {
  return `floor(ln(greatest(${ms}, 1000) / 60000) / ln(1.05::float8))::int`;
}

/** Open stages of each pipeline in their order; what a stage is decides how a visit ended. */
const PLACES = `places AS MATERIALIZED (
  SELECT pipeline_id, stage_id, kind, (row_number() OVER (PARTITION BY pipeline_id ORDER BY sort, stage_id))::int AS place
  FROM stage WHERE account_id = $1 AND deleted_at IS NULL
)`;

/** Of the stages in their order: what passages were judged by. */
export const STAGE_ORDER = `SELECT md5(coalesce(string_agg(pipeline_id || E'\\x1f' || stage_id || E'\\x1f' || kind, E'\\x1e'
  ORDER BY pipeline_id, sort, stage_id), '')) AS digest FROM stage WHERE account_id = $1::uuid AND deleted_at IS NULL`;

/**
 * What visits of whole deals come to, as `passagesOf` of the domain: where each led, and of the first visit to an open
 * stage whether the deal came further. `visits` names a relation with deal_id, seq, pipeline_id, stage_id, entered_at,
 * left_at; a deal outside `alive` (id) is not counted.
 */
export function judgedVisits(visits: string, alive: string): string {
  return `${PLACES}, placed AS (
  SELECT v.*, p.kind, p.place,
    CASE p.kind WHEN 'won' THEN 1000000 WHEN 'lost' THEN -1 ELSE coalesce(p.place, -1) END AS reach,
    CASE p.kind WHEN 'won' THEN 'w' WHEN 'lost' THEN 'l' ELSE 'o' END AS letter,
    lead(v.pipeline_id) OVER o AS next_pipeline, lead(v.stage_id) OVER o AS next_stage
  FROM ${visits} v LEFT JOIN places p ON p.pipeline_id = v.pipeline_id AND p.stage_id = v.stage_id
  WINDOW o AS (PARTITION BY v.deal_id ORDER BY v.seq)
), reached AS (
  SELECT *,
    coalesce(max(reach) OVER (PARTITION BY deal_id, pipeline_id ORDER BY seq
      ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), -1) AS furthest,
    last_value(letter) OVER (PARTITION BY deal_id, pipeline_id ORDER BY seq
      ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS ending,
    row_number() OVER (PARTITION BY deal_id, pipeline_id, stage_id ORDER BY seq) AS pass
  FROM placed
), judged AS MATERIALIZED (
  SELECT r.deal_id, r.seq, r.pipeline_id, r.stage_id, r.entered_at, r.left_at,
    CASE WHEN r.left_at IS NULL THEN NULL WHEN r.next_pipeline = r.pipeline_id THEN r.next_stage ELSE '' END AS next_stage_id,
    CASE WHEN r.kind IS DISTINCT FROM 'open' OR r.pass > 1 THEN NULL
      WHEN r.furthest > r.place THEN 'a' || r.ending
      WHEN r.ending = 'l' THEN 'l' ELSE 'o' END AS passage,
    a.id IS NOT NULL AS counted
  FROM reached r LEFT JOIN ${alive} a ON a.id = r.deal_id
)`;
}

/** Columns of `stay_hist`, `open_hist` and `flow_hist` with the account in front, from visits that are counted. */
export interface HistSql {
  readonly table: 'stay_hist' | 'open_hist' | 'flow_hist';
  readonly columns: string;
  /** Of a visit `v`; as many as there are columns, without the account. */
  readonly keys: string;
  readonly where: string;
}

export const HISTS: readonly HistSql[] = [
  {
    table: 'stay_hist',
    columns: 'pipeline_id, stage_id, entered_month, next_stage_id, bucket',
    keys: `v.pipeline_id, v.stage_id, ${monthOf('v.entered_at')}, v.next_stage_id, ${bucketSql('(v.left_at - v.entered_at)')}`,
    where: 'v.left_at IS NOT NULL AND v.mark IS NULL',
  },
  {
    table: 'open_hist',
    columns: 'pipeline_id, stage_id, since_day',
    keys: `v.pipeline_id, v.stage_id, floor(date_part('epoch', v.entered_at) / 86400)::int`,
    where: 'v.left_at IS NULL AND v.mark IS NULL',
  },
  {
    table: 'flow_hist',
    columns: 'pipeline_id, stage_id, kind, month, way',
    keys: 'v.pipeline_id, v.stage_id, v.kind, v.month, v.way',
    where: 'true',
  },
];

/** The up to three rows of `flow_hist` that a visit stands for. */
function flowsOf(visits: string): string {
  const flow = (kind: string, at: string, way: string, where: string): string =>
    `SELECT v.pipeline_id, v.stage_id, '${kind}' AS kind, ${monthOf(at)} AS month, ${way} AS way, v.n
     FROM ${visits} v WHERE ${where}`;
  return `(${[
    flow('passage', 'v.entered_at', 'v.passage', 'v.passage IS NOT NULL AND v.mark IS NULL'),
    flow('exit', 'v.left_at', 'v.next_stage_id', 'v.left_at IS NOT NULL AND v.mark IS NULL'),
    flow('mark', 'v.entered_at', 'v.mark', 'v.mark IS NOT NULL'),
  ].join(' UNION ALL ')})`;
}

/** Groups visits of the relation `visits` (with a weight `n`) as the table keeps them. */
export function groupedVisits(hist: HistSql, visits: string): string {
  const { table, columns, keys, where } = hist;
  const list = columns
    .split(', ')
    .map((_, at) => at + 1)
    .join(', ');
  return `SELECT ${keys}, sum(v.n)::int FROM ${table === 'flow_hist' ? flowsOf(visits) : visits} v
    WHERE ${where} GROUP BY ${list}`;
}

/** By how much rows of the table differ from what all visits come to, where they do; `$1` is the account. */
export function excessSql(hist: HistSql): string {
  const { table, columns } = hist;
  const visits = '(SELECT *, -1 AS n FROM stage_visit WHERE account_id = $1::uuid AND counted)';
  return `SELECT ${columns}, sum(n)::int AS n FROM (
      SELECT ${columns}, n FROM ${table} WHERE account_id = $1::uuid
      UNION ALL SELECT * FROM (${groupedVisits(hist, visits)}) g) x
    GROUP BY ${columns} HAVING sum(n) <> 0`;
}

/** The upkeep of one table: what `diff` (visits with n = 1 or -1) changes in it. One data-modifying part of a statement. */
function upkeepOf(hist: HistSql): string {
  const { table, columns } = hist;
  return `${table}_kept AS (
  INSERT INTO ${table} AS h (account_id, ${columns}, n)
  SELECT $1, g.* FROM (${groupedVisits(hist, 'diff')} HAVING sum(v.n) <> 0) g
  ON CONFLICT (account_id, ${columns}) DO UPDATE SET n = h.n + excluded.n
)`;
}

/**
 * Parts of a statement that has `before` and `after` (visits as judged, with mark and counted) already, and `written` and
 * `removed` (deals). While the whole is being counted for the first time, only what is counted already is kept.
 */
export const UPKEEP = `diff AS MATERIALIZED (
  SELECT x.* FROM (
    SELECT deal_id, pipeline_id, stage_id, entered_at, left_at, next_stage_id, passage, mark, -1 AS n FROM before WHERE counted
    UNION ALL
    SELECT deal_id, pipeline_id, stage_id, entered_at, left_at, next_stage_id, passage, mark, 1 FROM after WHERE counted
  ) x JOIN rollup_state s ON s.account_id = $1 AND (s.live OR x.deal_id <= s.counted_until)
), ${HISTS.map(upkeepOf).join(', ')}, versioned AS (
  UPDATE rollup_state SET version = version + 1
  WHERE account_id = $1 AND live AND EXISTS (SELECT FROM written UNION ALL SELECT FROM removed)
)`;

/** Deals of an account after `$2` up to and including `$3`; null: without end. */
export const IN_RANGE = 'account_id = $1 AND deal_id > $2 AND ($3::text IS NULL OR deal_id <= $3::text)';

/** The stored visits of deals judged again, as `judged` (j) beside `stage_visit v` where the two `DIFFERS`. */
export function judgedAgain(deals: string): string {
  return `WITH visits AS (
  SELECT deal_id, seq, pipeline_id, stage_id, entered_at, left_at FROM stage_visit WHERE ${deals}
), alive AS (
  SELECT deal_id AS id FROM deal WHERE ${deals} AND deleted_at IS NULL
), ${judgedVisits('visits', 'alive')}`;
}

export const DIFFERS = `v.account_id = $1 AND v.deal_id = j.deal_id AND v.seq = j.seq
  AND (v.next_stage_id, v.passage, v.counted) IS DISTINCT FROM (j.next_stage_id, j.passage, j.counted)`;

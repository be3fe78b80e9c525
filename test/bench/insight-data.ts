import type { Database } from '../../src/infra/db/database.js';

export const PIPELINES = 3;
/** Working stages of each pipeline; won and lost come after them. */
const WORKING = 7;
/** Deals that one statement makes. */
const BATCH = 50_000;

/**
 * Deals of three years whose times in a stage are skewed as real ones are, some of them lost on the way and some still
 * open: written straight into the mirror's tables, about five moves a deal.
 */
export async function fillMirror(database: Database, accountId: string, deals: number): Promise<void> {
  await database.query(
    `INSERT INTO pipeline (account_id, pipeline_id, name, sort)
     SELECT $1::uuid, 'P' || p, 'P' || p, p FROM generate_series(0, ${PIPELINES - 1}) p`,
    [accountId],
  );
  await database.query(
    `INSERT INTO stage (account_id, pipeline_id, stage_id, name, sort, kind)
     SELECT $1::uuid, 'P' || p, 'S' || s, 'S' || s, s,
       CASE WHEN s < ${WORKING} THEN 'open' WHEN s = ${WORKING} THEN 'won' ELSE 'lost' END
     FROM generate_series(0, ${PIPELINES - 1}) p, generate_series(0, ${WORKING + 1}) s`,
    [accountId],
  );
  await database.query(
    `INSERT INTO host_user (account_id, user_id, name, active, admin, department_ids)
     SELECT $1::uuid, u::text, 'U' || u, true, false, '{}' FROM generate_series(1, 100) u`,
    [accountId],
  );
  for (let from = 0; from < deals; from += BATCH) {
    await database.query(MOVES, [accountId, from, Math.min(from + BATCH, deals) - 1, from / BATCH]);
  }
  await database.query('ANALYZE stage_transition');
  for (let from = 0; from < deals; from += BATCH) {
    await database.query(DEALS, [accountId, from, Math.min(from + BATCH, deals) - 1]);
  }
  await database.query(PULSES, [accountId]);
  for (const table of ['deal', 'deal_pulse']) await database.query(`ANALYZE ${table}`);
}

/** Of the open deals, as the panel keeps them. */
const PULSES = `
INSERT INTO deal_pulse (account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at, stage_since,
  last_event, last_event_at, due_ats, next_step)
SELECT account_id, deal_id, pipeline_id, stage_id, stage_kind, owner_id, amount, created_at, stage_since, 'stageMoved',
  stage_since, '{}', CASE WHEN hashtext(deal_id) % 3 = 0 THEN 'call~1' END
FROM deal WHERE account_id = $1::uuid AND stage_kind = 'open'`;

/** Length of a stay: exponential of a sum of uniform numbers, days to weeks; one deal in six is lost at each stage. */
const MOVES = `
WITH seeded AS MATERIALIZED (SELECT setseed((($4::int * 37) % 1000) / 1000.0)),
draws AS MATERIALIZED (
  SELECT i, k, exp((random() + random() + random() - 1.5) * 2.2 + 1.2 + 0.15 * k) AS days, random() < 0.17 AS fails
  FROM seeded, generate_series($2::int, $3::int) i, generate_series(0, ${WORKING}) k
), begun AS (
  SELECT i, now() - interval '1095 days' * ((i::bigint * 7919) % 1000003) / 1000003.0 AS at FROM generate_series($2::int, $3::int) i
), path AS (
  SELECT d.i, d.k, b.at + (coalesce(sum(d.days) OVER before, 0) * 86400 || ' seconds')::interval AS at,
    coalesce(bool_or(d.fails) OVER before, false) AS gone, d.fails
  FROM draws d JOIN begun b USING (i)
  WINDOW before AS (PARTITION BY d.i ORDER BY d.k ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), moves AS (
  SELECT i, at, CASE WHEN lag(fails) OVER (PARTITION BY i ORDER BY k) THEN ${WORKING + 1} ELSE k END AS stage,
    coalesce(lag(gone) OVER (PARTITION BY i ORDER BY k), false) AS over
  FROM path
)
INSERT INTO stage_transition (account_id, deal_id, at, pipeline_id, stage_id, stage_kind, host_id)
SELECT $1::uuid, 'D' || lpad(i::text, 8, '0'), date_trunc('second', at), 'P' || i % ${PIPELINES}, 'S' || stage,
  CASE WHEN stage < ${WORKING} THEN 'open' WHEN stage = ${WORKING} THEN 'won' ELSE 'lost' END, i || '-' || stage
FROM moves WHERE NOT over AND at <= now()`;

const DEALS = `
INSERT INTO deal (account_id, deal_id, title, pipeline_id, stage_id, stage_kind, owner_id, amount, currency, source_id,
  company_id, created_at, modified_at, stage_since, synced_at, product_ids, loss_reason)
SELECT $1::uuid, t.deal_id, 'Deal ' || n.i, 'P' || n.i % ${PIPELINES}, t.stage_id, t.stage_kind, ((n.i * 31) % 100 + 1)::text,
  (n.i::bigint * 7919) % 900000 + 1000, 'RUB', 'S' || n.i % 7, ((n.i * 13) % 300007)::text, f.at, t.at, t.at, now(),
  ARRAY['G' || n.i % 5], CASE WHEN t.stage_kind = 'lost' THEN 'R' || n.i % 6 END
FROM generate_series($2::int, $3::int) n(i)
CROSS JOIN LATERAL (SELECT deal_id, at, stage_id, stage_kind FROM stage_transition
  WHERE account_id = $1::uuid AND deal_id = 'D' || lpad(n.i::text, 8, '0') ORDER BY at DESC LIMIT 1) t
CROSS JOIN LATERAL (SELECT at FROM stage_transition
  WHERE account_id = $1::uuid AND deal_id = t.deal_id ORDER BY at LIMIT 1) f`;

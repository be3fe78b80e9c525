import type { Database } from '../../../src/infra/db/database.js';

/** One step each: done, failed by omission, due. */
export async function someSteps(database: Database, sellerId: string): Promise<void> {
  const [deal] = await database.query<{ account_id: string; deal_id: string }>(
    `SELECT account_id, deal_id FROM deal WHERE owner_id = $1 AND stage_kind = 'open' ORDER BY deal_id LIMIT 1`,
    [sellerId],
  );
  await database.query(
    `WITH p AS (INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at)
       VALUES ($1::uuid, gen_random_uuid(), $2, gen_random_uuid(), 1, 'active', 'manual', now()) RETURNING *)
     INSERT INTO plan_step (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id, due_at, finished_at, detail)
     SELECT account_id, plan_id, key, 1, deal_id, 'a', 1, s.state, $3, now(), CASE WHEN s.state <> 'actionable' THEN now() END,
       '{"outcome": {"cause": "omission"}}'
     FROM p, (VALUES ('one', 'done'), ('two', 'failed'), ('three', 'actionable')) s(key, state)`,
    [deal?.account_id, deal?.deal_id, sellerId],
  );
}

import type { DealFacts } from '../../domain/pushing/rule.types.js';
import { pulseOf, type PulseRow } from './pulse.repository.js';
import { PULSE_COLUMNS } from './pulse.sql.js';

export interface FactsRow extends PulseRow {
  readonly norm_ms: string | null;
  readonly stuck_after_ms: string | null;
  readonly place: number;
  readonly stages: number;
  readonly plans_on: boolean;
  readonly touches: number;
  readonly left_steps: number;
  readonly snoozes: number;
  readonly snoozed_at: Date | null;
}

/**
 * Deals whose rules are due, locked in the order in which everybody takes these rows: a pulse that changes meanwhile
 * waits and is looked at again. Found by the index alone: after a change of the rules all of them are due at once.
 * Parameters: account, now, limit.
 */
export const DUE = `
SELECT deal_id FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = ANY(ARRAY(
  SELECT deal_id FROM deal_pulse WHERE account_id = $1::uuid AND next_check_at <= $2::timestamptz
  ORDER BY next_check_at LIMIT $3)) ORDER BY deal_id FOR UPDATE`;

/**
 * What rules look at in these deals; of young ones it is noted on the way that somebody worked on them. Only a move
 * forward leaves steps behind, and only required ones are missed. A statement of its own after the rows are locked, so
 * that it sees everything that they were waiting for. Parameters: account, now, deal ids.
 */
export const DUE_FACTS = `
WITH place AS (
  SELECT pipeline_id, stage_id, (row_number() OVER w - 1)::int AS place,
    (count(*) OVER (PARTITION BY pipeline_id))::int AS stages
  FROM stage WHERE account_id = $1::uuid AND kind = 'open' AND deleted_at IS NULL
  WINDOW w AS (PARTITION BY pipeline_id ORDER BY sort, stage_id)
), o AS MATERIALIZED (
  SELECT * FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = ANY($3::text[])
), touched AS (
  INSERT INTO deal_touch (account_id, deal_id, at) SELECT account_id, deal_id, last_event_at FROM o
  WHERE last_event <> 'created' AND created_at > $2::timestamptz - interval '8 days'
  ON CONFLICT DO NOTHING RETURNING deal_id, at
), left_open AS (
  SELECT o.deal_id, count(*)::int AS steps
  FROM o JOIN plan_step s ON s.account_id = $1::uuid AND s.plan_id = o.plan_id
    JOIN plan_template_version v ON v.account_id = $1::uuid AND v.template_id = o.template_id
      AND v.version = o.template_version
  WHERE s.state = 'cancelled' AND s.detail -> 'because' ->> 'code' = 'stageLeft'
    AND (s.detail -> 'because' -> 'params' ->> 'at')::float8 >= extract(epoch FROM o.stage_since) * 1000
    AND jsonb_path_exists(v.body, '$.stages[*].steps[*] ? (@.key == $key && @.required == true)',
      jsonb_build_object('key', s.step_key))
  GROUP BY o.deal_id
), put_off AS (
  SELECT s.deal_id, count(*)::int AS times, max(s.at) AS at FROM o JOIN snooze s ON s.account_id = $1::uuid
    AND s.deal_id = o.deal_id WHERE s.undone_at IS NULL AND s.at >= o.stage_since GROUP BY s.deal_id
)
SELECT ${PULSE_COLUMNS}, n.norm_ms::text, n.stuck_after_ms::text, coalesce(p.place, 0) AS place,
  coalesce(p.stages, 1) AS stages, pp.pipeline_id IS NOT NULL AS plans_on,
  CASE WHEN before.place > p.place THEN 0 ELSE coalesce(l.steps, 0) END AS left_steps,
  coalesce(z.times, 0) AS snoozes, z.at AS snoozed_at,
  CASE WHEN o.created_at > $2::timestamptz - interval '8 days' THEN (SELECT count(*)::int FROM deal_touch t
      WHERE t.account_id = $1::uuid AND t.deal_id = o.deal_id AND t.at > o.created_at)
    + CASE WHEN h.at > o.created_at THEN 1 ELSE 0 END ELSE 1000 END AS touches
FROM o
  LEFT JOIN stage_norm n ON n.account_id = $1::uuid AND n.pipeline_id = o.pipeline_id AND n.stage_id = o.stage_id
  LEFT JOIN place p ON p.pipeline_id = o.pipeline_id AND p.stage_id = o.stage_id
  LEFT JOIN pipeline_plan pp ON pp.account_id = $1::uuid AND pp.pipeline_id = o.pipeline_id AND pp.disabled_at IS NULL
  LEFT JOIN touched h ON h.deal_id = o.deal_id
  LEFT JOIN left_open l ON l.deal_id = o.deal_id LEFT JOIN put_off z ON z.deal_id = o.deal_id
  LEFT JOIN LATERAL (SELECT b.place FROM stage_visit x
    LEFT JOIN place b ON b.pipeline_id = x.pipeline_id AND b.stage_id = x.stage_id
    WHERE x.account_id = $1::uuid AND x.deal_id = l.deal_id ORDER BY x.seq DESC OFFSET 1 LIMIT 1) before ON true`;

export function factsOf(row: FactsRow): DealFacts {
  const pulse = pulseOf(row);
  return {
    pulse,
    norm: {
      normMs: row.norm_ms === null ? null : Number(row.norm_ms),
      stuckAfterMs: row.stuck_after_ms === null ? null : Number(row.stuck_after_ms),
      place: row.place,
      openStages: row.stages,
    },
    plansOn: row.plans_on,
    touches: row.touches,
    leftOpen: row.left_steps > 0 ? { at: pulse.stageSince, steps: row.left_steps } : null,
    lostSilently: null,
    putOff: row.snoozed_at === null ? null : { times: row.snoozes, at: row.snoozed_at.getTime() },
  };
}

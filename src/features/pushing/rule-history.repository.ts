import { Injectable } from '@nestjs/common';
import type { StageKind } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import type { StageNorm } from '../../domain/pushing/pulse.js';
import type { DealHistory } from '../../domain/pushing/past-facts.js';
import { Database } from '../../infra/db/database.js';
import { SILENT } from './alert-loss.repository.js';

interface HistoryRow {
  readonly deal_id: string;
  readonly title: string;
  readonly pipeline_id: string;
  readonly owner_id: string | null;
  readonly created_at: Date;
  readonly accepted_at: Date | null;
  readonly lost_silently: boolean;
  readonly visits: readonly { stage: string; kind: StageKind; at: number; intake: boolean }[];
  readonly events: readonly { at: number; kind: 'activity' | 'stepFinished' | 'pushAnswered' }[];
  readonly plans: readonly {
    plan: string;
    template: string;
    version: number;
    from: number;
    to: number | null;
  }[];
  readonly steps: readonly {
    plan: string;
    step: string;
    stage: string;
    owner: string | null;
    from: number | null;
    due: number | null;
    to: number | null;
    left: boolean;
    ahead: boolean;
  }[];
  readonly snoozes: readonly { at: number; until: number }[];
  readonly pauses: readonly { at: number; until: number | null }[];
  readonly client_at: Date | null;
}

const MEANT = `FROM deal WHERE account_id = $1::uuid AND deleted_at IS NULL AND pipeline_id <> '' AND created_at < $3
  AND (stage_kind = 'open' OR coalesce(stage_since, modified_at) >= $2)`;

/** Milliseconds of a moment, in SQL. */
function ms(column: string): string {
  return `(extract(epoch FROM ${column}) * 1000)::float8`;
}

/**
 * What really happened, as far as the mirror, the plans and the pulses keep it. A pause from a plan's very beginning is
 * how a plan that was counted anew says so: it was none.
 */
const HISTORIES = `
WITH d AS (
  SELECT deal_id, title, pipeline_id, owner_id, created_at, last_activity_at, ${SILENT} AS lost_silently,
    CASE WHEN fields ->> $3::text ~ '^\\d{4}-\\d{2}-\\d{2}' THEN (fields ->> $3::text)::timestamptz END AS client_at
  FROM deal d WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])
), v AS (
  SELECT v.deal_id, jsonb_agg(jsonb_build_object('stage', v.stage_id, 'kind', coalesce(s.kind, 'open'),
    'at', ${ms('v.entered_at')}, 'intake', i.stage_id IS NOT NULL) ORDER BY v.seq) AS list
  FROM stage_visit v
    LEFT JOIN stage s ON s.account_id = v.account_id AND s.pipeline_id = v.pipeline_id AND s.stage_id = v.stage_id
    LEFT JOIN intake_stage i ON i.account_id = v.account_id AND i.pipeline_id = v.pipeline_id AND i.stage_id = v.stage_id
  WHERE v.account_id = $1::uuid AND v.deal_id = ANY($2::text[]) GROUP BY v.deal_id
), happened AS (
  SELECT deal_id, completed_at AS at, 'activity' AS kind FROM host_task
    WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND completed_at IS NOT NULL
  UNION SELECT deal_id, finished_at, 'stepFinished' FROM plan_step WHERE account_id = $1::uuid
    AND deal_id = ANY($2::text[]) AND finished_at IS NOT NULL AND state IN ('done', 'failed', 'skipped')
  UNION SELECT deal_id, answered_at, 'pushAnswered' FROM push
    WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND answered_at IS NOT NULL
  UNION SELECT deal_id, at, 'activity' FROM deal_touch WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])
  UNION SELECT d.deal_id, coalesce(o.last_event_at, d.last_activity_at), coalesce(o.last_event, 'activity')
    FROM d LEFT JOIN deal_pulse o ON o.account_id = $1::uuid AND o.deal_id = d.deal_id
    WHERE coalesce(o.last_event, CASE WHEN d.last_activity_at IS NOT NULL THEN 'activity' END)
      IN ('activity', 'pushAnswered')
), e AS (
  SELECT deal_id, jsonb_agg(jsonb_build_object('at', ${ms('at')}, 'kind', kind) ORDER BY at) AS list
  FROM happened GROUP BY deal_id
), p AS (
  SELECT deal_id, jsonb_agg(jsonb_build_object('plan', plan_id, 'template', template_id, 'version', version,
    'from', ${ms('started_at')}, 'to', ${ms('closed_at')}) ORDER BY started_at, plan_id) AS list
  FROM plan WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) GROUP BY deal_id
), s AS (
  SELECT deal_id, jsonb_agg(jsonb_build_object('plan', plan_id, 'step', step_key || '~' || visit_seq, 'stage', stage_key,
    'owner', owner_id,
    'from', ${ms('actionable_at')}, 'due', ${ms('due_at')},
    'to', coalesce(${ms('finished_at')}, CASE WHEN state = 'cancelled'
      THEN (detail #>> '{because,params,at}')::float8 END),
    'left', state = 'cancelled' AND detail #>> '{because,code}' = 'stageLeft' AND coalesce((
      SELECT jsonb_path_exists(v.body, '$.stages[*].steps[*] ? (@.key == $key && @.required == true)',
        jsonb_build_object('key', x.step_key))
      FROM plan q JOIN plan_template_version v ON v.account_id = q.account_id AND v.template_id = q.template_id
        AND v.version = q.version
      WHERE q.account_id = $1::uuid AND q.plan_id = x.plan_id), false),
    'ahead', state = 'future')
    ORDER BY position, step_key, visit_seq) AS list
  FROM plan_step x WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) GROUP BY deal_id
), z AS (
  SELECT deal_id, jsonb_agg(jsonb_build_object('at', ${ms('at')}, 'until', ${ms('until')}) ORDER BY at) AS list
  FROM snooze WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND undone_at IS NULL GROUP BY deal_id
), paused AS (
  SELECT deal_id, (one ->> 'since')::float8 AS at, least((one ->> 'until')::float8, ${ms('closed_at')}) AS until
  FROM plan CROSS JOIN LATERAL jsonb_array_elements(coalesce(nullif(pauses, 'null'), '[]')) one
  WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])
    AND (one ->> 'since')::float8 > extract(epoch FROM started_at) * 1000
  UNION ALL SELECT deal_id, (pause ->> 'since')::float8, least((pause ->> 'until')::float8, ${ms('closed_at')}) FROM plan
    WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND jsonb_typeof(pause) = 'object'
), w AS (
  SELECT deal_id, jsonb_agg(jsonb_build_object('at', at, 'until', until) ORDER BY at) AS list
  FROM paused GROUP BY deal_id
)
SELECT d.deal_id, d.title, d.pipeline_id, d.owner_id, d.created_at, d.lost_silently, d.client_at, a.accepted_at,
  coalesce(v.list, '[]') AS visits, coalesce(e.list, '[]') AS events, coalesce(p.list, '[]') AS plans,
  coalesce(s.list, '[]') AS steps, coalesce(z.list, '[]') AS snoozes,
  coalesce(w.list, '[]') AS pauses
FROM d LEFT JOIN v USING (deal_id) LEFT JOIN e USING (deal_id) LEFT JOIN p USING (deal_id)
  LEFT JOIN s USING (deal_id) LEFT JOIN z USING (deal_id) LEFT JOIN w USING (deal_id)
  LEFT JOIN deal_acceptance a ON a.account_id = $1::uuid AND a.deal_id = d.deal_id
ORDER BY d.deal_id`;

/** What the account knows of its past, portion by portion. */
@Injectable()
export class RuleHistoryRepository {
  constructor(private readonly database: Database) {}

  /** Deals that lived within the time. */
  async count(accountId: string, from: Instant, to: Instant): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(`SELECT count(*)::int AS n ${MEANT}`, [
      accountId,
      new Date(from),
      new Date(to),
    ]);
    return row?.n ?? 0;
  }

  /** In the order of their ids. `clientDateField`: the host's field with the date agreed with the client; null: none. */
  async page(
    accountId: string,
    { from, to }: { readonly from: Instant; readonly to: Instant },
    clientDateField: string | null,
    { after, limit }: { readonly after: string; readonly limit: number },
  ): Promise<readonly DealHistory[]> {
    const ids = await this.database.query<{ deal_id: string }>(
      `SELECT deal_id ${MEANT} AND deal_id > $4 ORDER BY deal_id LIMIT $5`,
      [accountId, new Date(from), new Date(to), after, limit],
    );
    if (ids.length === 0) return [];
    const rows = await this.database.query<HistoryRow>(HISTORIES, [
      accountId,
      ids.map((row) => row.deal_id),
      clientDateField,
    ]);
    return rows.map(historyOf);
  }

  /** What was learned of every stage; where plans are on. */
  async norms(accountId: string): Promise<{
    readonly norms: ReadonlyMap<string, StageNorm>;
    /** Since when plans are on, by pipeline. */
    readonly plansSince: ReadonlyMap<string, Instant>;
  }> {
    const rows = await this.database.query<{
      pipeline_id: string;
      stage_id: string;
      place: number;
      stages: number;
      norm_ms: string | null;
      stuck_after_ms: string | null;
    }>(
      `SELECT s.pipeline_id, s.stage_id, (row_number() OVER w - 1)::int AS place,
         (count(*) OVER (PARTITION BY s.pipeline_id))::int AS stages, n.norm_ms::text, n.stuck_after_ms::text
       FROM stage s LEFT JOIN stage_norm n ON n.account_id = s.account_id AND n.pipeline_id = s.pipeline_id
         AND n.stage_id = s.stage_id
       WHERE s.account_id = $1::uuid AND s.kind = 'open' AND s.deleted_at IS NULL
       WINDOW w AS (PARTITION BY s.pipeline_id ORDER BY s.sort, s.stage_id)`,
      [accountId],
    );
    const plans = await this.database.query<{ pipeline_id: string; enabled_at: Date }>(
      'SELECT pipeline_id, enabled_at FROM pipeline_plan WHERE account_id = $1::uuid AND disabled_at IS NULL',
      [accountId],
    );
    const norms = rows.map((row): [string, StageNorm] => [
      `${row.pipeline_id}|${row.stage_id}`,
      {
        normMs: row.norm_ms === null ? null : Number(row.norm_ms),
        stuckAfterMs: row.stuck_after_ms === null ? null : Number(row.stuck_after_ms),
        place: row.place,
        openStages: row.stages,
      },
    ]);
    const plansSince = new Map(plans.map((row) => [row.pipeline_id, row.enabled_at.getTime()]));
    return { norms: new Map(norms), plansSince };
  }
}

function historyOf(row: HistoryRow): DealHistory {
  return {
    dealId: row.deal_id,
    pipelineId: row.pipeline_id,
    title: row.title,
    ownerId: row.owner_id,
    createdAt: row.created_at.getTime(),
    visits: row.visits.map(({ stage, kind, at, intake }) => ({ stageId: stage, kind, at, intake })),
    events: row.events,
    plans: row.plans.map(({ plan, template, version, from, to }) => ({
      planId: plan,
      templateId: template,
      version,
      from,
      to,
    })),
    steps: row.steps.map(({ plan, step, stage, owner, from, due, to, left, ahead }) => ({
      planId: plan,
      stepId: step,
      stageKey: stage,
      ownerId: owner,
      from,
      dueAt: due,
      to,
      left,
      ahead,
    })),
    snoozes: row.snoozes,
    pauses: row.pauses,
    clientDate: row.client_at?.getTime() ?? null,
    acceptedAt: row.accepted_at?.getTime() ?? null,
    lostSilently: row.lost_silently,
  };
}

import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';

export interface DealLine {
  readonly deal_id: string;
  readonly title: string;
  readonly created_at: Date;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly stage: string | null;
  readonly accepted_at: Date | null;
  readonly accepted_by: string | null;
}

export interface MoveLine {
  readonly deal_id: string;
  readonly title: string;
  readonly entered_at: Date;
  readonly pipeline_id: string;
  readonly stage_id: string;
  /** How many times the deal came into this stage since we watch. */
  readonly times: number;
  readonly kind: 'open' | 'won' | 'lost' | null;
  readonly from_stage: string | null;
  readonly to_stage: string | null;
  readonly to_pipeline: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly loss_reason: string | null;
}

export interface PlanLine {
  readonly id: string;
  readonly deal_id: string;
  readonly title: string | null;
  readonly at: Date;
  readonly actor: string;
  readonly kind: string;
  readonly detail: { readonly reason?: string | null; readonly userId?: string };
  readonly plan_name: string | null;
  readonly step_title: string | null;
  readonly outcome: {
    readonly kind?: string;
    readonly by?: string | null;
    readonly reason?: string;
    readonly result?: unknown;
  } | null;
}

/** Kinds of a plan's history that are key events of the sale; what becomes possible or is planned anew is not. */
const PLAN_KINDS = [
  'planStarted',
  'planMigrated',
  'plan.active',
  'plan.paused',
  'plan.closed',
  'step.done',
  'step.failed',
  'guard.overridden',
  'deal.handedOver',
];

/** Each deal by its key, whatever the statistics say: the lateral join with its `OFFSET 0` stays one probe a deal. */
const DEALS = `unnest($2::text[]) AS w(id) CROSS JOIN LATERAL (
    SELECT deal_id, title, created_at, amount::text AS amount, currency, loss_reason, pipeline_id FROM deal
    WHERE account_id = $1::uuid AND deal_id = w.id OFFSET 0) d`;

/** Reads from the mirror and the plans what happened to deals. */
@Injectable()
export class BookEvents {
  constructor(private readonly database: Database) {}

  deals(accountId: string, dealIds: readonly string[], since: Instant): Promise<readonly DealLine[]> {
    return this.database.query<DealLine>(
      `SELECT d.deal_id, d.title, d.created_at, d.amount, d.currency, s.name AS stage, a.accepted_at, a.accepted_by
       FROM ${DEALS}
       LEFT JOIN stage_visit v ON v.account_id = $1::uuid AND v.deal_id = d.deal_id AND v.seq = 1
       LEFT JOIN stage s ON s.account_id = $1::uuid AND s.pipeline_id = v.pipeline_id AND s.stage_id = v.stage_id
       LEFT JOIN deal_acceptance a ON a.account_id = $1::uuid AND a.deal_id = d.deal_id
       WHERE d.created_at >= $3 OR a.accepted_at >= $3`,
      [accountId, [...dealIds], new Date(since)],
    );
  }

  moves(accountId: string, dealIds: readonly string[], since: Instant): Promise<readonly MoveLine[]> {
    return this.database.query<MoveLine>(
      `WITH visits AS (
         SELECT d.title, d.amount, d.currency, d.loss_reason, v.*,
           lag(v.stage_id) OVER w AS from_id, lag(v.pipeline_id) OVER w AS from_pipeline
         FROM ${DEALS} CROSS JOIN LATERAL (
           SELECT deal_id, seq, pipeline_id, stage_id, entered_at FROM stage_visit
           WHERE account_id = $1::uuid AND deal_id = d.deal_id OFFSET 0) v
         WINDOW w AS (PARTITION BY v.deal_id ORDER BY v.seq)
       ), moves AS (
         SELECT *, (row_number() OVER (PARTITION BY deal_id, pipeline_id, stage_id ORDER BY seq))::int AS times
         FROM visits WHERE entered_at >= $3 AND seq > 1
       )
       SELECT m.deal_id, m.title, m.entered_at, m.pipeline_id, m.stage_id, m.times, s.kind, f.name AS from_stage,
         s.name AS to_stage, CASE WHEN m.pipeline_id <> m.from_pipeline THEN p.name END AS to_pipeline, m.amount,
         m.currency, m.loss_reason
       FROM moves m
       LEFT JOIN stage s ON s.account_id = $1::uuid AND s.pipeline_id = m.pipeline_id AND s.stage_id = m.stage_id
       LEFT JOIN stage f ON f.account_id = $1::uuid AND f.pipeline_id = m.from_pipeline AND f.stage_id = m.from_id
       LEFT JOIN pipeline p ON p.account_id = $1::uuid AND p.pipeline_id = m.pipeline_id`,
      [accountId, [...dealIds], new Date(since)],
    );
  }

  /** Those of plans that are not written down yet. */
  plans(accountId: string, dealIds: readonly string[], since: Instant): Promise<readonly PlanLine[]> {
    return this.database.query<PlanLine>(
      `SELECT e.plan_event_id::text AS id, e.deal_id, d.title, e.at, e.actor, e.kind, e.detail, t.name AS plan_name,
         jsonb_path_query_first(v.body, '$.stages[*].steps[*] ? (@.key == $key).title',
           jsonb_build_object('key', split_part(e.detail ->> 'step', '~', 1))) #>> '{}' AS step_title,
         s.detail -> 'outcome' AS outcome
       FROM unnest($2::text[]) AS w(id) CROSS JOIN LATERAL (
         SELECT * FROM plan_event o WHERE o.account_id = $1::uuid AND o.deal_id = w.id AND o.at >= $3
           AND o.kind = ANY($4::text[]) AND NOT EXISTS (SELECT FROM book_entry b
             WHERE b.account_id = $1::uuid AND b.source_key = 'plan|' || o.plan_event_id) OFFSET 0) e
       LEFT JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = e.deal_id
       LEFT JOIN plan p ON p.account_id = $1::uuid AND p.plan_id = e.plan_id
       LEFT JOIN plan_template t ON t.account_id = $1::uuid AND t.template_id = p.template_id
       LEFT JOIN plan_template_version v ON v.account_id = $1::uuid AND v.template_id = p.template_id
         AND v.version = p.version AND e.detail ? 'step'
       LEFT JOIN plan_step s ON s.account_id = $1::uuid AND s.plan_id = e.plan_id
         AND s.step_key = split_part(e.detail ->> 'step', '~', 1)
         AND s.visit_seq::text = split_part(e.detail ->> 'step', '~', 2)
       ORDER BY e.plan_event_id`,
      [accountId, [...dealIds], new Date(since), PLAN_KINDS],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';

export interface PlanEventRow {
  readonly at: Date;
  readonly actor: string;
  readonly kind: string;
  readonly template_id: string | null;
  readonly version: number | null;
  readonly step: string | null;
  readonly user_id: string | null;
}

export interface VisitLine {
  readonly at: Date;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly seq: number;
}

export interface AlertLine {
  readonly at: Date;
  readonly kind: string;
  readonly user_id: string;
}

/** What is on record of one deal, newest first. */
@Injectable()
export class PanelStoryRepository {
  constructor(private readonly database: Database) {}

  planEvents(accountId: string, dealId: string, limit: number): Promise<readonly PlanEventRow[]> {
    return this.database.query(
      `SELECT e.at, e.actor, e.kind, p.template_id, p.version, e.detail ->> 'step' AS step,
         e.detail ->> 'userId' AS user_id
       FROM plan_event e LEFT JOIN plan p ON p.account_id = e.account_id AND p.plan_id = e.plan_id
       WHERE e.account_id = $1::uuid AND e.deal_id = $2 AND e.kind NOT IN ('step.future', 'step.waiting')
       ORDER BY e.plan_event_id DESC LIMIT $3`,
      [accountId, dealId, limit],
    );
  }

  visits(accountId: string, dealId: string, limit: number): Promise<readonly VisitLine[]> {
    return this.database.query(
      `SELECT entered_at AS at, pipeline_id, stage_id, seq FROM stage_visit
       WHERE account_id = $1::uuid AND deal_id = $2 ORDER BY seq DESC LIMIT $3`,
      [accountId, dealId, limit],
    );
  }

  /** Alerts that somebody was told of, one line for each person. */
  alerts(accountId: string, dealId: string, limit: number): Promise<readonly AlertLine[]> {
    return this.database.query(
      `SELECT d.sent_at AS at, a.kind, d.user_id FROM alert a
         JOIN alert_delivery d ON d.account_id = a.account_id AND d.alert_id = a.alert_id
       WHERE a.account_id = $1::uuid AND a.deal_id = $2 AND d.sent_at IS NOT NULL ORDER BY d.sent_at DESC LIMIT $3`,
      [accountId, dealId, limit],
    );
  }
}

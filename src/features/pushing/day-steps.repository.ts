import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { ManualEdits, StepOutcome } from '../../domain/plans/plan.types.js';
import type { Sql } from '../../infra/db/sql.js';

/** Whose day is asked for, between its two midnights. */
export interface DaySpan {
  readonly userId: string;
  readonly day: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
}

export interface StepRow {
  readonly user_id: string;
  readonly deal_id: string;
  readonly step_key: string;
  readonly visit_seq: number;
  readonly state: string;
  /** Still this person's. */
  readonly is_own: boolean;
  readonly due_at: Date | null;
  readonly finished_at: Date | null;
  readonly outcome: StepOutcome | null;
  readonly manual: ManualEdits | null;
  readonly template_id: string;
  readonly version: number;
  readonly deal_title: string;
  readonly amount: string | null;
  readonly lowered: boolean;
}

export interface PushRow {
  readonly user_id: string;
  readonly push_id: string;
  readonly deal_id: string | null;
  readonly deal_title: string | null;
  readonly text: string;
  readonly state: string;
  readonly answer_by: Date;
  readonly answered_at: Date | null;
  readonly answer: 'done' | 'willBeDone' | 'notDone' | null;
  readonly reason: string | null;
}

export interface ClientDateRow {
  readonly user_id: string;
  readonly deal_id: string;
  readonly deal_title: string;
  readonly amount: string | null;
  readonly waiting_until: Date | null;
  readonly last_event_at: Date;
  readonly is_open: boolean;
  readonly lowered: boolean;
}

const STEP_COLUMNS = `s.deal_id, s.step_key, s.visit_seq, s.state, s.due_at, s.finished_at,
  s.detail -> 'outcome' AS outcome, s.detail -> 'manual' AS manual, p.template_id, p.version, d.title AS deal_title,
  trim_scale(d.amount)::text AS amount, l.deal_id IS NOT NULL AS lowered`;

/** A lowered deal counts as long as it stands where it stood. */
const STEP_JOINS = `JOIN plan p ON p.account_id = s.account_id AND p.plan_id = s.plan_id
  JOIN deal d ON d.account_id = s.account_id AND d.deal_id = s.deal_id AND d.deleted_at IS NULL
  LEFT JOIN deal_pulse o ON o.account_id = s.account_id AND o.deal_id = s.deal_id
  LEFT JOIN lowered_deal l ON l.account_id = s.account_id AND l.deal_id = s.deal_id AND l.stage_since >= o.stage_since`;

const SPANS = `unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS u(user_id, starts_at, ends_at)`;

/** How long a client's date that passed without a word stays in the list. */
const DATE_LINGERS = `interval '14 days'`;

/** What the facts say of people's days: steps, questions, dates agreed with clients. All people at once. */
@Injectable()
export class DayStepsRepository {
  /** Actionable steps that are due before the day's end, and steps finished since its beginning. */
  async due(sql: Sql, accountId: string, spans: readonly DaySpan[]): Promise<readonly StepRow[]> {
    return sql.query<StepRow>(
      `SELECT u.user_id, true AS is_own, ${STEP_COLUMNS}
       FROM ${SPANS} JOIN plan_step s ON s.account_id = $1::uuid AND s.owner_id = u.user_id
         AND ((s.state = 'actionable' AND s.due_at < u.ends_at)
           OR (s.state IN ('done', 'failed', 'skipped') AND s.finished_at >= u.starts_at))
       ${STEP_JOINS}`,
      [accountId, ...columns(spans)],
    );
  }

  /** Steps that were planned for these days, whatever became of them; of several plans of a deal the living one. */
  async planned(sql: Sql, accountId: string, spans: readonly DaySpan[]): Promise<readonly StepRow[]> {
    return sql.query<StepRow>(
      `SELECT DISTINCT ON (i.user_id, i.deal_id, i.step_id) i.user_id, s.owner_id = i.user_id AS is_own, ${STEP_COLUMNS}
       FROM unnest($2::text[], $3::text[]) AS u(user_id, day)
         JOIN day_item i ON i.account_id = $1::uuid AND i.user_id = u.user_id AND i.day = u.day
         JOIN plan_step s ON s.account_id = $1::uuid AND s.deal_id = i.deal_id
           AND s.step_key || '~' || s.visit_seq = i.step_id
       ${STEP_JOINS}
       ORDER BY i.user_id, i.deal_id, i.step_id, (p.state = 'closed'), p.started_at DESC`,
      [accountId, spans.map((span) => span.userId), spans.map((span) => span.day)],
    );
  }

  /** Questions that wait for these people, and those they answered since the day began. */
  async pushes(sql: Sql, accountId: string, spans: readonly DaySpan[]): Promise<readonly PushRow[]> {
    return sql.query<PushRow>(
      `SELECT u.user_id, p.push_id, p.deal_id, d.title AS deal_title, p.text, p.state, p.answer_by, p.answered_at,
         p.answer, p.reason
       FROM ${SPANS} JOIN push p ON p.account_id = $1::uuid AND p.user_id = u.user_id
         AND ((p.state IN ('waiting', 'escalated') AND p.deliver_at < u.ends_at)
           OR (p.state = 'answered' AND p.answered_at >= u.starts_at))
       LEFT JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = p.deal_id`,
      [accountId, ...columns(spans)],
    );
  }

  /** Deals whose client is to be come back to, and those of which the day has kept something. */
  async clientDates(
    sql: Sql,
    accountId: string,
    spans: readonly DaySpan[],
  ): Promise<readonly ClientDateRow[]> {
    return sql.query<ClientDateRow>(
      `SELECT u.user_id, o.deal_id, d.title AS deal_title, trim_scale(o.amount)::text AS amount,
         CASE WHEN o.waiting_until < 'infinity' THEN o.waiting_until END AS waiting_until, o.last_event_at,
         o.stage_kind = 'open' AS is_open, l.deal_id IS NOT NULL AS lowered
       FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[]) AS u(user_id, starts_at, ends_at, day)
         JOIN deal_pulse o ON o.account_id = $1::uuid AND o.owner_id = u.user_id
           AND ((o.stage_kind = 'open' AND o.waiting_until < u.ends_at
               AND o.waiting_until >= u.starts_at - ${DATE_LINGERS})
             OR EXISTS (SELECT 1 FROM day_item i WHERE i.account_id = $1::uuid AND i.user_id = u.user_id
               AND i.day = u.day AND i.deal_id = o.deal_id AND i.step_id = 'client~0'))
         JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = o.deal_id AND d.deleted_at IS NULL
         LEFT JOIN lowered_deal l ON l.account_id = $1::uuid AND l.deal_id = o.deal_id AND l.stage_since >= o.stage_since`,
      [accountId, ...columns(spans), spans.map((span) => span.day)],
    );
  }
}

function columns(spans: readonly DaySpan[]): readonly [readonly string[], readonly Date[], readonly Date[]] {
  return [
    spans.map((span) => span.userId),
    spans.map((span) => new Date(span.startsAt)),
    spans.map((span) => new Date(span.endsAt)),
  ];
}

import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { DealFacts } from '../../domain/pushing/rule.types.js';
import type { Sql } from '../../infra/db/sql.js';
import { pulseOf, type PulseRow } from './pulse.repository.js';
import { PULSE_COLUMNS } from './pulse.sql.js';

export interface AlertDeal extends DealFacts {
  readonly title: string;
}

export interface NewAlert {
  readonly alertId: string;
  readonly ruleId: string;
  readonly kind: string;
  readonly dealId: string | null;
  readonly subject: string;
  readonly episode: string;
  readonly facts: Readonly<Record<string, number>>;
  readonly state: 'open' | 'heldOut';
  readonly nextAt: Instant | null;
}

export interface NewDelivery {
  readonly alertId: string;
  readonly level: number;
  readonly userId: string;
  readonly delivery: 'instant' | 'digest' | 'task';
  readonly dueAt: Instant;
}

export interface OpenAlert {
  readonly alertId: string;
  readonly ruleId: string;
}

export interface DueDelivery {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly level: number;
  readonly user_id: string;
  readonly delivery: 'instant' | 'task';
  readonly due_at: Date;
  readonly deal_id: string | null;
  readonly title: string | null;
  readonly facts: Readonly<Record<string, number>>;
  readonly subject: string;
  readonly episode: string;
  readonly over: boolean;
}

export interface DueRung {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly subject: string;
  readonly level: number;
  readonly at: Date;
  readonly deal_id: string | null;
}

interface FactsRow extends PulseRow {
  readonly title: string;
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
 */
const DUE = `
SELECT deal_id FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = ANY(ARRAY(
  SELECT deal_id FROM deal_pulse WHERE account_id = $1::uuid AND next_check_at <= $2::timestamptz
  ORDER BY next_check_at LIMIT $3)) ORDER BY deal_id FOR UPDATE`;

/** Of young deals: each moment at which somebody worked on them. */
const NOTE_TOUCHES = `
INSERT INTO deal_touch (account_id, deal_id, at) SELECT account_id, deal_id, last_event_at FROM deal_pulse
WHERE account_id = $1::uuid AND deal_id = ANY($3::text[]) AND last_event <> 'created'
  AND created_at > $2::timestamptz - interval '8 days' ON CONFLICT DO NOTHING`;

const DUE_FACTS = `
WITH place AS (
  SELECT pipeline_id, stage_id, (row_number() OVER w - 1)::int AS place,
    (count(*) OVER (PARTITION BY pipeline_id))::int AS stages
  FROM stage WHERE account_id = $1::uuid AND kind = 'open' AND deleted_at IS NULL
  WINDOW w AS (PARTITION BY pipeline_id ORDER BY sort, stage_id)
), o AS MATERIALIZED (
  SELECT * FROM deal_pulse WHERE account_id = $1::uuid AND deal_id = ANY($3::text[])
), left_open AS (
  SELECT o.deal_id, count(*)::int AS steps FROM o JOIN plan_step s ON s.account_id = $1::uuid AND s.plan_id = o.plan_id
  WHERE s.state = 'cancelled' AND s.detail -> 'because' ->> 'code' = 'stageLeft'
    AND (s.detail -> 'because' -> 'params' ->> 'at')::float8 >= extract(epoch FROM o.stage_since) * 1000
  GROUP BY o.deal_id
), put_off AS (
  SELECT s.deal_id, count(*)::int AS times, max(s.at) AS at FROM o JOIN snooze s ON s.account_id = $1::uuid
    AND s.deal_id = o.deal_id WHERE s.undone_at IS NULL AND s.at >= o.stage_since GROUP BY s.deal_id
)
SELECT ${PULSE_COLUMNS}, d.title, n.norm_ms::text, n.stuck_after_ms::text, coalesce(p.place, 0) AS place,
  coalesce(p.stages, 1) AS stages, pp.pipeline_id IS NOT NULL AS plans_on, coalesce(l.steps, 0) AS left_steps,
  coalesce(z.times, 0) AS snoozes, z.at AS snoozed_at,
  CASE WHEN o.created_at > $2::timestamptz - interval '8 days' THEN (SELECT count(*)::int FROM deal_touch t
    WHERE t.account_id = $1::uuid AND t.deal_id = o.deal_id AND t.at > o.created_at) ELSE 1000 END AS touches
FROM o JOIN deal d ON d.account_id = $1::uuid AND d.deal_id = o.deal_id
  LEFT JOIN stage_norm n ON n.account_id = $1::uuid AND n.pipeline_id = o.pipeline_id AND n.stage_id = o.stage_id
  LEFT JOIN place p ON p.pipeline_id = o.pipeline_id AND p.stage_id = o.stage_id
  LEFT JOIN pipeline_plan pp ON pp.account_id = $1::uuid AND pp.pipeline_id = o.pipeline_id AND pp.disabled_at IS NULL
  LEFT JOIN left_open l ON l.deal_id = o.deal_id LEFT JOIN put_off z ON z.deal_id = o.deal_id`;

/** What rules look at and what they found; everything in the caller's transaction. */
@Injectable()
export class AlertRepository {
  async due(tx: Sql, accountId: string, now: Instant, limit: number): Promise<readonly AlertDeal[]> {
    const found = await tx.query<{ deal_id: string }>(DUE, [accountId, new Date(now), limit]);
    if (found.length === 0) return [];
    const values = [accountId, new Date(now), found.map((row) => row.deal_id)];
    await tx.query(NOTE_TOUCHES, values);
    const rows = await tx.query<FactsRow>(DUE_FACTS, values);
    return rows.map((row) => {
      const pulse = pulseOf(row);
      return {
        pulse,
        title: row.title,
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
    });
  }

  /** When each deal is to be looked at again; null: only when something happens. */
  async checkNext(
    tx: Sql,
    accountId: string,
    checks: readonly { readonly dealId: string; readonly at: Instant | null }[],
  ): Promise<void> {
    await tx.query(
      `UPDATE deal_pulse o SET next_check_at = to_timestamp(c.at / 1000)
       FROM unnest($2::text[], $3::float8[]) AS c(deal_id, at)
       WHERE o.account_id = $1::uuid AND o.deal_id = c.deal_id`,
      [accountId, checks.map((check) => check.dealId), checks.map((check) => check.at)],
    );
  }

  /** Of these deals: what is open or held out. Losses without a word end when the word is said. */
  async openOf(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<readonly OpenAlert[]> {
    const rows = await tx.query<{ alert_id: string; rule_id: string }>(
      `SELECT alert_id, rule_id FROM alert WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])
         AND over_at IS NULL AND kind <> 'lostWithoutReason'`,
      [accountId, [...dealIds]],
    );
    return rows.map((row) => ({ alertId: row.alert_id, ruleId: row.rule_id }));
  }

  /** Returns those that nobody had found before: one row per rule, subject and episode, for ever. */
  async insert(
    tx: Sql,
    accountId: string,
    alerts: readonly NewAlert[],
    at: Instant,
  ): Promise<ReadonlySet<string>> {
    if (alerts.length === 0) return new Set();
    const rows = await tx.query<{ alert_id: string }>(
      `INSERT INTO alert (account_id, alert_id, rule_id, kind, deal_id, subject, episode, at, facts, state, next_at)
       SELECT $1::uuid, (a ->> 'alertId')::uuid, a ->> 'ruleId', a ->> 'kind', a ->> 'dealId', a ->> 'subject',
         a ->> 'episode', $3, a -> 'facts', a ->> 'state', to_timestamp((a ->> 'nextAt')::float8 / 1000)
       FROM jsonb_array_elements($2::jsonb) a ON CONFLICT DO NOTHING RETURNING alert_id`,
      [accountId, JSON.stringify(alerts), new Date(at)],
    );
    return new Set(rows.map((row) => row.alert_id));
  }

  async deliver(tx: Sql, accountId: string, deliveries: readonly NewDelivery[]): Promise<void> {
    if (deliveries.length === 0) return;
    await tx.query(
      `INSERT INTO alert_delivery (account_id, alert_id, level, user_id, delivery, due_at)
       SELECT $1::uuid, (d ->> 'alertId')::uuid, (d ->> 'level')::int, d ->> 'userId', d ->> 'delivery',
         to_timestamp((d ->> 'dueAt')::float8 / 1000)
       FROM jsonb_array_elements($2::jsonb) d ON CONFLICT DO NOTHING`,
      [accountId, JSON.stringify(deliveries)],
    );
  }

  async over(tx: Sql, accountId: string, alertIds: readonly string[], at: Instant): Promise<void> {
    if (alertIds.length === 0) return;
    await tx.query(
      `UPDATE alert SET over_at = $3, next_at = NULL, state = CASE state WHEN 'open' THEN 'over' ELSE state END
       WHERE account_id = $1::uuid AND alert_id = ANY($2::uuid[]) AND over_at IS NULL`,
      [accountId, [...alertIds], new Date(at)],
    );
  }

  /** Whether people acted within a day, and moved the deal within a week, of an alert or of what was held out. */
  async effects(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<void> {
    await tx.query(
      `UPDATE alert a SET
         acted_at = coalesce(a.acted_at, CASE WHEN o.last_event_at > a.at AND o.last_event_at <= a.at + interval '1 day'
           THEN o.last_event_at END),
         moved_at = coalesce(a.moved_at, CASE WHEN o.stage_since > a.at AND o.stage_since <= a.at + interval '7 days'
           THEN o.stage_since END)
       FROM deal_pulse o WHERE a.account_id = $1::uuid AND a.deal_id = ANY($2::text[]) AND o.account_id = a.account_id
         AND o.deal_id = a.deal_id AND (a.acted_at IS NULL OR a.moved_at IS NULL)
         AND greatest(o.last_event_at, o.stage_since) > a.at`,
      [accountId, [...dealIds]],
    );
  }

  /** Tasks of these alerts that people have: what was asked is over. */
  async tasksOf(
    tx: Sql,
    accountId: string,
    alertIds: readonly string[],
  ): Promise<readonly Pick<DueDelivery, 'alert_id' | 'level' | 'user_id'>[]> {
    if (alertIds.length === 0) return [];
    return tx.query(
      `SELECT alert_id, level, user_id FROM alert_delivery WHERE account_id = $1::uuid AND alert_id = ANY($2::uuid[])
         AND delivery = 'task' AND sent_at IS NOT NULL`,
      [accountId, [...alertIds]],
    );
  }

  /** Instant deliveries and tasks whose moment has come, oldest first, locked. */
  async dueDeliveries(
    tx: Sql,
    accountId: string,
    now: Instant,
    limit: number,
  ): Promise<readonly DueDelivery[]> {
    return tx.query<DueDelivery>(
      `SELECT v.alert_id, a.rule_id, v.level, v.user_id, v.delivery, v.due_at, a.deal_id, d.title, a.facts, a.subject, a.episode,
         a.state <> 'open' AS over
       FROM alert_delivery v JOIN alert a ON a.account_id = v.account_id AND a.alert_id = v.alert_id
       LEFT JOIN deal d ON d.account_id = a.account_id AND d.deal_id = a.deal_id
       WHERE v.account_id = $1::uuid AND v.due_at <= $2 AND v.sent_at IS NULL
         AND v.delivery IN ('instant', 'task')
       ORDER BY v.due_at, v.alert_id LIMIT $3 FOR UPDATE OF v`,
      [accountId, new Date(now), limit],
    );
  }

  async sentOn(tx: Sql, accountId: string, userId: string, day: string): Promise<number> {
    const [row] = await tx.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM alert_delivery WHERE account_id = $1::uuid AND user_id = $2 AND day = $3`,
      [accountId, userId, day],
    );
    return row?.n ?? 0;
  }

  /** What became of a delivery. `sentAt` null with `dueAt` null: nothing is left to send. */
  async settle(
    tx: Sql,
    accountId: string,
    { alert_id, level, user_id }: Pick<DueDelivery, 'alert_id' | 'level' | 'user_id'>,
    to: {
      readonly delivery: 'instant' | 'digest' | 'task';
      readonly dueAt: Instant | null;
      readonly sentAt: Instant | null;
      readonly day: string | null;
    },
  ): Promise<void> {
    const { delivery, dueAt, sentAt, day } = to;
    await tx.query(
      `UPDATE alert_delivery SET delivery = $5, due_at = $6, sent_at = $7, day = $8
       WHERE account_id = $1::uuid AND alert_id = $2::uuid AND level = $3 AND user_id = $4`,
      [
        accountId,
        alert_id,
        level,
        user_id,
        delivery,
        dueAt === null ? null : new Date(dueAt),
        sentAt === null ? null : new Date(sentAt),
        day,
      ],
    );
  }

  async dueRungs(tx: Sql, accountId: string, now: Instant, limit: number): Promise<readonly DueRung[]> {
    return tx.query<DueRung>(
      `SELECT alert_id, rule_id, subject, level, at, deal_id FROM alert
       WHERE account_id = $1::uuid AND next_at <= $2 AND state = 'open' ORDER BY next_at, alert_id LIMIT $3 FOR UPDATE`,
      [accountId, new Date(now), limit],
    );
  }

  async climb(
    tx: Sql,
    accountId: string,
    alertId: string,
    level: number,
    nextAt: Instant | null,
  ): Promise<void> {
    await tx.query(
      `UPDATE alert SET level = $3, next_at = $4 WHERE account_id = $1::uuid AND alert_id = $2::uuid`,
      [accountId, alertId, level, nextAt === null ? null : new Date(nextAt)],
    );
  }
}

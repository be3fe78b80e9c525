import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { DealFacts } from '../../domain/pushing/rule.types.js';
import type { Sql } from '../../infra/db/sql.js';
import { DUE, DUE_FACTS, factsOf, type FactsRow } from './alert-facts.sql.js';

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

/** An alert that was found before, and what is known of its effect. */
export interface KnownAlert {
  readonly alertId: string;
  readonly dealId: string;
  /** Whom it was about when it was found, or handed on. */
  readonly subject: string;
  readonly at: Instant;
  readonly acted: boolean;
  readonly moved: boolean;
  /** Open or held out, and to end when its rule does not hold any more. Losses without a word end with the word. */
  readonly stands: boolean;
}

export interface AlertEffect {
  readonly alertId: string;
  readonly actedAt: Instant | null;
  readonly movedAt: Instant | null;
}

interface KnownRow {
  readonly alert_id: string;
  readonly deal_id: string;
  readonly subject: string;
  readonly at: Date;
  readonly acted: boolean;
  readonly moved: boolean;
  readonly stands: boolean;
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

/** How a delivery stands from now on. */
export interface Settlement extends Pick<DueDelivery, 'alert_id' | 'level' | 'user_id'> {
  readonly delivery: 'instant' | 'digest' | 'task';
  readonly dueAt: Instant | null;
  readonly sentAt: Instant | null;
  /** The person's own day on which an instant one was sent; null otherwise. */
  readonly day: string | null;
}

export interface DueRung {
  readonly alert_id: string;
  readonly rule_id: string;
  readonly subject: string;
  readonly level: number;
  readonly at: Date;
  readonly deal_id: string | null;
}

/** What rules look at and what they found; everything in the caller's transaction. */
@Injectable()
export class AlertRepository {
  async due(tx: Sql, accountId: string, now: Instant, limit: number): Promise<readonly DealFacts[]> {
    const found = await tx.query<{ deal_id: string }>(DUE, [accountId, new Date(now), limit]);
    if (found.length === 0) return [];
    const dealIds = found.map((row) => row.deal_id);
    return (await tx.query<FactsRow>(DUE_FACTS, [accountId, new Date(now), dealIds])).map(factsOf);
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

  /** Everything that was ever found of these deals. */
  async known(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<readonly KnownAlert[]> {
    const rows = await tx.query<KnownRow>(
      `SELECT alert_id, deal_id, subject, at, acted_at IS NOT NULL AS acted, moved_at IS NOT NULL AS moved,
         over_at IS NULL AND kind <> 'lostWithoutReason' AS stands
       FROM alert WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])`,
      [accountId, [...dealIds]],
    );
    return rows.map(({ alert_id: alertId, deal_id: dealId, at, ...marks }) => ({
      ...marks,
      alertId,
      dealId,
      at: at.getTime(),
    }));
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

  /** Of deals that are closed or gone: what is due to end, locked. A loss without a word ends when the word is said. */
  async closed(tx: Sql, accountId: string, now: Instant, limit: number): Promise<readonly string[]> {
    const rows = await tx.query<{ alert_id: string }>(
      `SELECT a.alert_id FROM alert a WHERE a.account_id = $1::uuid AND a.next_at <= $2 AND a.over_at IS NULL
         AND a.deal_id IS NOT NULL AND a.kind <> 'lostWithoutReason' AND NOT EXISTS (SELECT 1 FROM deal_pulse o
           WHERE o.account_id = a.account_id AND o.deal_id = a.deal_id)
       ORDER BY a.alert_id LIMIT $3 FOR UPDATE OF a`,
      [accountId, new Date(now), limit],
    );
    return rows.map((row) => row.alert_id);
  }

  /** The deals are somebody else's now: so are their alerts, and what nobody was told yet is not told to the former owner. */
  async handOn(tx: Sql, accountId: string, alerts: readonly NewAlert[]): Promise<void> {
    const alertIds = alerts.map((alert) => alert.alertId);
    await tx.query(
      `UPDATE alert a SET subject = n.subject FROM unnest($2::uuid[], $3::text[]) AS n(alert_id, subject)
       WHERE a.account_id = $1::uuid AND a.alert_id = n.alert_id`,
      [accountId, alertIds, alerts.map((alert) => alert.subject)],
    );
    await tx.query(
      `DELETE FROM alert_delivery WHERE account_id = $1::uuid AND alert_id = ANY($2::uuid[]) AND level = 0
         AND sent_at IS NULL AND due_at IS NOT NULL`,
      [accountId, alertIds],
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

  /** When people acted, and when they moved the deal; what is known of it already stays. */
  async effects(tx: Sql, accountId: string, effects: readonly AlertEffect[]): Promise<void> {
    if (effects.length === 0) return;
    await tx.query(
      `UPDATE alert a SET acted_at = coalesce(a.acted_at, to_timestamp(e.acted / 1000)),
         moved_at = coalesce(a.moved_at, to_timestamp(e.moved / 1000))
       FROM unnest($2::uuid[], $3::float8[], $4::float8[]) AS e(alert_id, acted, moved)
       WHERE a.account_id = $1::uuid AND a.alert_id = e.alert_id`,
      [
        accountId,
        effects.map((one) => one.alertId),
        effects.map((one) => one.actedAt),
        effects.map((one) => one.movedAt),
      ],
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

  /** How many instant ones each of these people got on the own day, by person. */
  async sentOn(
    tx: Sql,
    accountId: string,
    days: readonly { readonly userId: string; readonly day: string }[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ user_id: string; n: number }>(
      `SELECT v.user_id, count(*)::int AS n FROM alert_delivery v
         JOIN unnest($2::text[], $3::text[]) AS d(user_id, day) ON d.user_id = v.user_id AND d.day = v.day
       WHERE v.account_id = $1::uuid GROUP BY v.user_id`,
      [accountId, days.map((one) => one.userId), days.map((one) => one.day)],
    );
    return new Map(rows.map((row) => [row.user_id, row.n]));
  }

  /** What became of deliveries. `sentAt` null with `dueAt` null: nothing is left to send. */
  async settle(tx: Sql, accountId: string, settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const column = (pick: (one: Settlement) => unknown): unknown[] => settlements.map(pick);
    await tx.query(
      `UPDATE alert_delivery v SET delivery = s.delivery, due_at = to_timestamp(s.due / 1000),
         sent_at = to_timestamp(s.sent / 1000), day = s.day
       FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::float8[], $7::float8[], $8::text[])
         AS s(alert_id, level, user_id, delivery, due, sent, day)
       WHERE v.account_id = $1::uuid AND v.alert_id = s.alert_id AND v.level = s.level AND v.user_id = s.user_id`,
      [
        accountId,
        column((one) => one.alert_id),
        column((one) => one.level),
        column((one) => one.user_id),
        column((one) => one.delivery),
        column((one) => one.dueAt),
        column((one) => one.sentAt),
        column((one) => one.day),
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
    climbs: readonly { readonly alertId: string; readonly level: number; readonly nextAt: Instant | null }[],
  ): Promise<void> {
    if (climbs.length === 0) return;
    await tx.query(
      `UPDATE alert a SET level = c.level, next_at = to_timestamp(c.next / 1000)
       FROM unnest($2::uuid[], $3::int[], $4::float8[]) AS c(alert_id, level, next)
       WHERE a.account_id = $1::uuid AND a.alert_id = c.alert_id`,
      [
        accountId,
        climbs.map((one) => one.alertId),
        climbs.map((one) => one.level),
        climbs.map((one) => one.nextAt),
      ],
    );
  }
}

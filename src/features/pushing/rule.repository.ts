import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { DEFAULT_TIMES } from '../../domain/pushing/day-times.js';
import { ALL_KINDS, RULE_KINDS } from '../../domain/pushing/rule-kinds.js';
import type { AlertRule, Hours, Recipient, RuleKind, Rung } from '../../domain/pushing/rule.types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

/** How the account is controlled. */
export interface ControlSettings {
  readonly cycleOn: boolean;
  readonly budgetPerDay: number;
  readonly heldOut: number;
  readonly preset: string | null;
}

export interface Control extends ControlSettings {
  /** When the day begins with its list, `HH:MM`: what may wait comes with it. */
  readonly listAt: string;
  readonly rules: readonly AlertRule[];
}

interface RuleRow {
  readonly rule_id: string;
  readonly kind: string;
  readonly is_on: boolean;
  readonly parameters: Readonly<Record<string, number>>;
  readonly recipients: readonly Recipient[];
  readonly channels: readonly ('host' | 'mail')[];
  readonly delivery: AlertRule['delivery'];
  readonly hours: Hours;
  readonly escalation: readonly Rung[];
  readonly demoted_at: Date | null;
  readonly demoted_sent: number | null;
  readonly demoted_acted: number | null;
  readonly since: Date;
}

const OFF: ControlSettings = { cycleOn: false, budgetPerDay: 5, heldOut: 0.1, preset: null };

/** Rules and settings of control. A rule that nobody changed is the product's own, and off. */
@Injectable()
export class RuleRepository {
  constructor(private readonly database: Database) {}

  async of(accountId: string, sql: Sql = this.database): Promise<Control> {
    const [setting] = await sql.query<{
      cycle_on: boolean;
      budget_per_day: number;
      held_out: number;
      preset: string | null;
      list_at: string | null;
    }>(
      `SELECT cycle_on, budget_per_day, held_out, preset, cycle ->> 'listAt' AS list_at FROM control_setting
       WHERE account_id = $1::uuid`,
      [accountId],
    );
    const rows = await sql.query<RuleRow>(
      `SELECT rule_id, kind, is_on, parameters, recipients, channels, delivery, hours, escalation, demoted_at,
         demoted_sent, demoted_acted, since
       FROM alert_rule WHERE account_id = $1::uuid ORDER BY rule_id`,
      [accountId],
    );
    const known = rows.filter((row) => (ALL_KINDS as readonly string[]).includes(row.kind)).map(ruleOf);
    const missing = ALL_KINDS.filter((kind) => !known.some((rule) => rule.ruleId === kind));
    const settings = setting
      ? {
          cycleOn: setting.cycle_on,
          budgetPerDay: setting.budget_per_day,
          heldOut: setting.held_out,
          preset: setting.preset,
        }
      : OFF;
    const listAt = setting?.list_at ?? DEFAULT_TIMES.listAt;
    return { ...settings, listAt, rules: [...known, ...missing.map((kind) => defaultRule(kind))] };
  }

  async saveSettings(
    tx: Sql,
    accountId: string,
    settings: ControlSettings,
    by: string,
    at: Instant,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO control_setting (account_id, cycle_on, budget_per_day, held_out, preset, saved_by, saved_at)
       VALUES ($1::uuid, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (account_id) DO UPDATE SET cycle_on = excluded.cycle_on, budget_per_day = excluded.budget_per_day,
         held_out = excluded.held_out, preset = excluded.preset, saved_by = excluded.saved_by,
         saved_at = excluded.saved_at`,
      [
        accountId,
        settings.cycleOn,
        settings.budgetPerDay,
        settings.heldOut,
        settings.preset,
        by,
        new Date(at),
      ],
    );
  }

  /** Saves rules and has every open deal looked at again. */
  async saveRules(
    tx: Sql,
    accountId: string,
    rules: readonly AlertRule[],
    by: string,
    at: Instant,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO alert_rule (account_id, rule_id, kind, is_on, parameters, recipients, channels, delivery, hours, escalation,
         demoted_at, demoted_sent, demoted_acted, since, saved_by, saved_at)
       SELECT $1::uuid, r ->> 'ruleId', r ->> 'kind', (r ->> 'on')::boolean, r -> 'parameters', r -> 'recipients',
         ARRAY(SELECT jsonb_array_elements_text(r -> 'channels')), r ->> 'delivery', r ->> 'hours',
         r -> 'escalation',
         to_timestamp((r ->> 'demotedAt')::float8 / 1000), (r #>> '{demotedFor,sent}')::int,
         (r #>> '{demotedFor,acted}')::int, to_timestamp((r ->> 'since')::float8 / 1000), $3, $4
       FROM jsonb_array_elements($2::jsonb) r
       ON CONFLICT (account_id, rule_id) DO UPDATE SET is_on = excluded.is_on, parameters = excluded.parameters,
         recipients = excluded.recipients, channels = excluded.channels, delivery = excluded.delivery,
         hours = excluded.hours, escalation = excluded.escalation, demoted_at = excluded.demoted_at,
         demoted_sent = excluded.demoted_sent, demoted_acted = excluded.demoted_acted, since = excluded.since,
         saved_by = excluded.saved_by, saved_at = excluded.saved_at`,
      [accountId, JSON.stringify(rules), by, new Date(at)],
    );
    await this.lookAgain(tx, accountId);
  }

  /** The rule went over to the digest by itself; what it found before stays as it was told. */
  async demote(
    tx: Sql,
    accountId: string,
    { ruleId }: AlertRule,
    { sent, acted }: { readonly sent: number; readonly acted: number },
    at: Instant,
  ): Promise<void> {
    await tx.query(
      `UPDATE alert_rule SET delivery = 'digest', demoted_at = $3, demoted_sent = $4, demoted_acted = $5
       WHERE account_id = $1::uuid AND rule_id = $2`,
      [accountId, ruleId, new Date(at), sent, acted],
    );
  }

  private async lookAgain(tx: Sql, accountId: string): Promise<void> {
    await tx.query(`UPDATE deal_pulse SET next_check_at = '-infinity' WHERE account_id = $1::uuid`, [
      accountId,
    ]);
  }
}

/** The product's own rule of a kind, switched off unless its kind holds by itself. Its id is its kind. */
export function defaultRule(kind: RuleKind): AlertRule {
  const { recipients, delivery, escalation, on } = RULE_KINDS[kind];
  return {
    ruleId: kind,
    kind,
    on: on ?? false,
    parameters: {},
    recipients,
    channels: ['host'],
    delivery,
    hours: 'working',
    escalation,
    demotedAt: null,
    since: 0,
  };
}

function ruleOf(row: RuleRow): AlertRule {
  return {
    ruleId: row.rule_id,
    kind: row.kind as RuleKind,
    on: row.is_on,
    parameters: row.parameters,
    recipients: row.recipients,
    channels: row.channels,
    delivery: row.delivery,
    hours: row.hours,
    escalation: row.escalation,
    demotedAt: row.demoted_at?.getTime() ?? null,
    demotedFor:
      row.demoted_sent === null || row.demoted_acted === null
        ? null
        : { sent: row.demoted_sent, acted: row.demoted_acted },
    since: row.since.getTime(),
  };
}

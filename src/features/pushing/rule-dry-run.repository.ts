import { Injectable } from '@nestjs/common';
import type { AlertRule } from '../../domain/pushing/rule.types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import type { RuleDryRunView } from './pushing.view.js';

const KIND = 'ruleDryRun';

/** What the run counted, in numbers; words are made for the reader. */
export interface DryRunFacts {
  readonly from: number;
  readonly to: number;
  readonly deals: number;
  readonly alerts: number;
  readonly people: number;
  readonly busiest: { readonly userId: string; readonly day: string; readonly alerts: number } | null;
  readonly withinBudget: number;
  readonly budgetPerDay: number;
  /** Since when there are plans; null: there are none. */
  readonly plansSince: number | null;
  /** A field of the host holds the date agreed with the client. Absent in runs of before. */
  readonly knowsClientDate?: boolean;
  readonly examples: readonly {
    readonly at: number;
    readonly userId: string;
    readonly dealId: string | null;
    readonly about: string | null;
    readonly numbers: Readonly<Record<string, number>>;
  }[];
}

export interface DryRun {
  readonly progressId: string;
  readonly state: RuleDryRunView['state'];
  readonly done: number;
  readonly total: number;
  readonly rule: AlertRule;
  readonly facts: DryRunFacts | null;
}

interface Row {
  readonly progress_id: string;
  readonly state: RuleDryRunView['state'];
  readonly done: number;
  readonly total: number | null;
  readonly detail: { readonly rule: AlertRule; readonly facts?: DryRunFacts };
}

@Injectable()
export class RuleDryRunRepository {
  constructor(private readonly database: Database) {}

  async start(tx: Sql, accountId: string, progressId: string, rule: AlertRule, by: string): Promise<void> {
    await tx.query(
      `INSERT INTO progress (account_id, progress_id, kind, state, detail, started_by)
       VALUES ($1::uuid, $2::uuid, '${KIND}', 'running', $3::jsonb, $4)`,
      [accountId, progressId, JSON.stringify({ rule }), by],
    );
  }

  async find(accountId: string, progressId: string): Promise<DryRun | null> {
    const [row] = await this.database.query<Row>(
      `SELECT progress_id, state, done, total, detail FROM progress
       WHERE account_id = $1::uuid AND progress_id = $2::uuid AND kind = '${KIND}'`,
      [accountId, progressId],
    );
    if (!row) return null;
    const { rule, facts } = row.detail;
    const total = row.total ?? 0;
    return { progressId, state: row.state, done: row.done, total, rule, facts: facts ?? null };
  }

  /** False: somebody asked to stop it. */
  async advance(accountId: string, progressId: string, done: number, total: number): Promise<boolean> {
    const [row] = await this.database.query<{ state: string }>(
      `UPDATE progress SET done = $3, total = $4 WHERE account_id = $1::uuid AND progress_id = $2::uuid RETURNING state`,
      [accountId, progressId, done, total],
    );
    return row?.state === 'running';
  }

  async finish(
    accountId: string,
    progressId: string,
    state: 'done' | 'stopped' | 'failed',
    facts: DryRunFacts | null = null,
  ): Promise<void> {
    await this.database.query(
      `UPDATE progress SET state = $3, finished_at = now(),
         detail = detail || CASE WHEN $4::jsonb IS NULL THEN '{}'::jsonb ELSE jsonb_build_object('facts', $4::jsonb) END
       WHERE account_id = $1::uuid AND progress_id = $2::uuid`,
      [accountId, progressId, state, facts === null ? null : JSON.stringify(facts)],
    );
  }

  async askToStop(accountId: string, progressId: string): Promise<void> {
    await this.database.query(
      `UPDATE progress SET state = 'stopping' WHERE account_id = $1::uuid AND progress_id = $2::uuid
         AND kind = '${KIND}' AND state = 'running'`,
      [accountId, progressId],
    );
  }

  async plansSince(accountId: string): Promise<number | null> {
    const [row] = await this.database.query<{ at: Date | null }>(
      'SELECT min(started_at) AS at FROM plan WHERE account_id = $1::uuid',
      [accountId],
    );
    return row?.at?.getTime() ?? null;
  }

  /** What steps take, by template, version and key. */
  async minutes(accountId: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ id: string; minutes: number }>(
      `SELECT v.template_id || '|' || v.version || '|' || (s.value ->> 'key') AS id,
         coalesce((s.value ->> 'durationMinutes')::float8, 0) AS minutes
       FROM plan_template_version v CROSS JOIN LATERAL jsonb_path_query(v.body, '$.stages[*].steps[*]') s(value)
       WHERE v.account_id = $1::uuid`,
      [accountId],
    );
    return new Map(rows.map((row) => [row.id, row.minutes]));
  }
}

import { Injectable } from '@nestjs/common';
import type { DealPulse, PulseEvent, PulsePlan } from '../../domain/pushing/pulse.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { DROP_PULSES, PULSE_COLUMNS, REFRESH_PULSES } from './pulse.sql.js';

export interface PulseRow {
  readonly deal_id: string;
  readonly pipeline_id: string;
  readonly stage_id: string;
  readonly stage_kind: DealPulse['stageKind'];
  readonly owner_id: string | null;
  readonly amount: string | null;
  readonly created_at: Date;
  readonly stage_since: Date;
  readonly last_event: PulseEvent;
  readonly last_event_at: Date;
  readonly unsorted: boolean;
  readonly accepted_at: Date | null;
  readonly plan_id: string | null;
  readonly template_id: string | null;
  readonly template_version: number | null;
  readonly plan_state: PulsePlan['state'] | null;
  readonly done_steps: number;
  readonly open_steps: number;
  readonly due_ats: readonly Date[];
  readonly next_step: string | null;
  readonly next_owner_id: string | null;
  readonly ends_early: boolean;
  readonly waiting_ms: number | null;
  readonly snoozed_until: Date | null;
  readonly pushed_at: Date | null;
}

/** The only code that writes what events make of `deal_pulse`. */
@Injectable()
export class PulseRepository {
  constructor(private readonly database: Database) {}

  /**
   * Brings the rows of these deals up to date with the mirror and the plans. Idempotent. `clientDateField` is the host
   * field that the account mapped to the client's agreed date, or null. `touched` false: nothing happened that we know
   * of, so that rows which are right already are left alone.
   */
  async refresh(
    accountId: string,
    dealIds: readonly string[],
    clientDateField: string | null,
    touched = true,
  ): Promise<void> {
    if (dealIds.length === 0) return;
    // One order for everybody: two refreshes that meet on the same deals must not wait for each other.
    const sorted = [...new Set(dealIds)].sort();
    await this.database.query(DROP_PULSES, [accountId, sorted]);
    await this.database.query(REFRESH_PULSES, [accountId, sorted, clientDateField, touched]);
  }

  /** Accounts with deals; those that lack rows altogether first: they were there before the rows were. */
  async accounts(onlyWithout: boolean): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account a WHERE state = 'active'
         AND (NOT $1::boolean OR NOT EXISTS (SELECT 1 FROM deal_pulse o WHERE o.account_id = a.account_id))
         AND EXISTS (SELECT 1 FROM deal d WHERE d.account_id = a.account_id)
       ORDER BY account_id`,
      [onlyWithout],
    );
    return rows.map((row) => row.account_id);
  }

  async find(
    accountId: string,
    dealIds: readonly string[],
    sql: Sql = this.database,
  ): Promise<readonly DealPulse[]> {
    const rows = await sql.query<PulseRow>(
      `SELECT ${PULSE_COLUMNS} FROM deal_pulse o WHERE o.account_id = $1::uuid AND o.deal_id = ANY($2::text[])
       ORDER BY o.deal_id`,
      [accountId, [...dealIds]],
    );
    return rows.map(pulseOf);
  }

  /** Ids of all deals that have or should have a row, in order, for a rebuild of the account. */
  async candidates(accountId: string, after: string, limit: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM (
         SELECT deal_id FROM deal WHERE account_id = $1::uuid AND stage_kind = 'open' AND deal_id > $2
         UNION SELECT deal_id FROM plan WHERE account_id = $1::uuid AND state <> 'closed' AND deal_id > $2
         UNION SELECT deal_id FROM deal_pulse WHERE account_id = $1::uuid AND deal_id > $2) AS all_ids
       ORDER BY deal_id LIMIT $3`,
      [accountId, after, limit],
    );
    return rows.map((row) => row.deal_id);
  }
}

export function pulseOf(row: PulseRow): DealPulse {
  return {
    dealId: row.deal_id,
    pipelineId: row.pipeline_id,
    stageId: row.stage_id,
    stageKind: row.stage_kind,
    ownerId: row.owner_id,
    amount: row.amount,
    createdAt: row.created_at.getTime(),
    stageSince: row.stage_since.getTime(),
    lastEvent: { kind: row.last_event, at: row.last_event_at.getTime() },
    unsorted: row.unsorted,
    acceptedAt: row.accepted_at?.getTime() ?? null,
    plan: planOf(row),
    waitingUntil: row.waiting_ms,
    snoozedUntil: row.snoozed_until?.getTime() ?? null,
    pushedAt: row.pushed_at?.getTime() ?? null,
  };
}

function planOf(row: PulseRow): PulsePlan | null {
  if (row.plan_id === null || row.template_id === null || row.plan_state === null) return null;
  return {
    planId: row.plan_id,
    templateId: row.template_id,
    version: row.template_version ?? 0,
    state: row.plan_state,
    doneSteps: row.done_steps,
    openSteps: row.open_steps,
    dueAts: row.due_ats.map((at) => at.getTime()),
    nextStepId: row.next_step,
    nextOwnerId: row.next_owner_id,
    endsEarly: row.ends_early,
  };
}

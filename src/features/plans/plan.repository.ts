import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { PlanStep } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { detailOf, toStep, type PlanStepRow } from './plan-step.rows.js';
import { PLAN_COLUMNS, toPlan, type PlanRow } from './plan.rows.js';
import type { PlanEvent, StoredPlan } from './stored-plan.js';

/** A step to store, with its place in the plan. */
export interface StepWrite {
  readonly planId: string;
  readonly dealId: string;
  readonly position: number;
  readonly step: PlanStep;
}

/** Switched off by a person: history, never decided again. */
const LIVING = `close_reason IS DISTINCT FROM 'switchedOff'`;

@Injectable()
export class PlanRepository {
  constructor(private readonly database: Database) {}

  /** Living plans of these deals, of the sale and after it, locked until the transaction ends; always in one order. */
  async lockByDeals(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<readonly StoredPlan[]> {
    const rows = await tx.query<PlanRow>(
      `SELECT ${PLAN_COLUMNS} FROM plan WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND ${LIVING}
       ORDER BY plan_id FOR UPDATE`,
      [accountId, [...dealIds]],
    );
    return this.withSteps(tx, accountId, rows);
  }

  /** Open plans of these deals, to look at. */
  async openByDeals(accountId: string, dealIds: readonly string[]): Promise<readonly StoredPlan[]> {
    const rows = await this.database.query<PlanRow>(
      `SELECT ${PLAN_COLUMNS} FROM plan WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND state <> 'closed'
       ORDER BY plan_id`,
      [accountId, [...dealIds]],
    );
    return this.withSteps(this.database, accountId, rows);
  }

  /** The plan of the deal's sale to look at: the living one, else the last. */
  async ofDeal(accountId: string, dealId: string): Promise<StoredPlan | null> {
    const rows = await this.database.query<PlanRow>(
      `SELECT ${PLAN_COLUMNS} FROM plan WHERE account_id = $1::uuid AND deal_id = $2 AND purpose = 'sale'
       ORDER BY ${LIVING} DESC, started_at DESC, plan_id DESC LIMIT 1`,
      [accountId, dealId],
    );
    return (await this.withSteps(this.database, accountId, rows))[0] ?? null;
  }

  /** The deal's living plans after its sale, to look at; the oldest first. */
  async afterSaleOf(accountId: string, dealId: string): Promise<readonly StoredPlan[]> {
    const rows = await this.database.query<PlanRow>(
      `SELECT ${PLAN_COLUMNS} FROM plan
       WHERE account_id = $1::uuid AND deal_id = $2 AND purpose = 'afterSale' AND ${LIVING}
       ORDER BY started_at, plan_id`,
      [accountId, dealId],
    );
    return this.withSteps(this.database, accountId, rows);
  }

  /** Whether any of these deals has a plan that lives. */
  async anyOf(accountId: string, dealIds: readonly string[]): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM plan WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND ${LIVING} LIMIT 1`,
      [accountId, [...dealIds]],
    );
    return rows.length > 0;
  }

  /**
   * How many plans of its sale each of these deals had before. A living one does not count: another process may commit
   * it after nobody was found living, and then both have to come to the same number, not to two plans.
   */
  async countFormer(
    tx: Sql,
    accountId: string,
    dealIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await tx.query<{ deal_id: string; n: number }>(
      `SELECT deal_id, count(*)::int AS n FROM plan
       WHERE account_id = $1::uuid AND deal_id = ANY($2::text[]) AND purpose = 'sale' AND NOT (${LIVING})
       GROUP BY deal_id`,
      [accountId, [...dealIds]],
    );
    return new Map(rows.map((row) => [row.deal_id, row.n]));
  }

  /** Deals whose plan wants a new decision by now, oldest first. */
  async due(accountId: string, now: Instant, limit: number): Promise<readonly string[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT deal_id FROM plan WHERE account_id = $1::uuid AND next_decision_at <= $2 AND ${LIVING}
       GROUP BY deal_id ORDER BY min(next_decision_at) LIMIT $3`,
      [accountId, new Date(now), limit],
    );
    return rows.map((row) => row.deal_id);
  }

  /** A page of deals with an open plan, by deal id; optionally of one pipeline only. */
  async openPage(
    accountId: string,
    page: { readonly after: string; readonly limit: number; readonly pipelineId: string | null },
  ): Promise<readonly string[]> {
    const rows = await this.database.query<{ deal_id: string }>(
      `SELECT DISTINCT p.deal_id FROM plan p WHERE p.account_id = $1::uuid AND p.state <> 'closed' AND p.deal_id > $2
         AND ($4::text IS NULL OR EXISTS (SELECT FROM deal d WHERE d.account_id = $1::uuid
           AND d.deal_id = p.deal_id AND d.pipeline_id = $4::text))
       ORDER BY p.deal_id LIMIT $3`,
      [accountId, page.after, page.limit, page.pipelineId],
    );
    return rows.map((row) => row.deal_id);
  }

  /** Inserts what is not there yet and returns the ids of those; two processes that plan one deal at once make one plan. */
  async insert(tx: Sql, accountId: string, plans: readonly StoredPlan[]): Promise<ReadonlySet<string>> {
    const sorted = plans.toSorted((a, b) => (a.planId < b.planId ? -1 : 1));
    const rows = await tx.query<{ plan_id: string }>(
      `INSERT INTO plan (account_id, plan_id, deal_id, template_id, version, state, trigger, started_at, closed_at,
         close_reason, revision, stage_key, next_decision_at, purpose)
       SELECT $1::uuid, r.plan, r.deal, r.template, r.version, r.state, r.trigger, to_timestamp(r.started / 1000),
         to_timestamp(r.closed / 1000), r.reason, r.revision, r.stage, to_timestamp(r.next / 1000), r.purpose
       FROM unnest($2::uuid[], $3::text[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::float8[], $9::float8[],
         $10::text[], $11::int[], $12::text[], $13::float8[], $14::text[])
         AS r(plan, deal, template, version, state, trigger, started, closed, reason, revision, stage, next, purpose)
       ON CONFLICT (account_id, plan_id) DO NOTHING RETURNING plan_id`,
      [
        accountId,
        sorted.map((plan) => plan.planId),
        sorted.map((plan) => plan.dealId),
        sorted.map((plan) => plan.templateId),
        sorted.map((plan) => plan.version),
        sorted.map((plan) => plan.state),
        sorted.map((plan) => plan.trigger),
        sorted.map((plan) => plan.startedAt),
        sorted.map((plan) => plan.closedAt),
        sorted.map((plan) => plan.closeReason),
        sorted.map((plan) => plan.revision),
        sorted.map((plan) => plan.stageKey),
        sorted.map((plan) => plan.nextDecisionAt),
        sorted.map((plan) => plan.purpose),
      ],
    );
    return new Set(rows.map((row) => row.plan_id));
  }

  /** What people and guards said of locked plans: pauses, overrides, standing verdicts. */
  async saveMarks(tx: Sql, accountId: string, plans: readonly StoredPlan[]): Promise<void> {
    if (plans.length === 0) return;
    const json = (value: readonly unknown[] | object | null): string | null =>
      value === null || (Array.isArray(value) && value.length === 0) ? null : JSON.stringify(value);
    await tx.query(
      `UPDATE plan SET pause = r.pause::jsonb, pauses = r.pauses::jsonb, overrides = r.overrides::jsonb,
         guards = r.guards::jsonb
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
         AS r(plan, pause, pauses, overrides, guards)
       WHERE account_id = $1::uuid AND plan_id = r.plan`,
      [
        accountId,
        plans.map((plan) => plan.planId),
        plans.map((plan) => json(plan.pause)),
        plans.map((plan) => json(plan.pauses)),
        plans.map((plan) => json(plan.overrides)),
        plans.map((plan) => json(plan.guards)),
      ],
    );
  }

  /** The heads of locked plans, one revision further. */
  async saveHeads(tx: Sql, accountId: string, plans: readonly StoredPlan[]): Promise<void> {
    await tx.query(
      `UPDATE plan SET state = r.state, closed_at = to_timestamp(r.closed / 1000), close_reason = r.reason,
         revision = r.revision, stage_key = r.stage, next_decision_at = to_timestamp(r.next / 1000), version = r.version
       FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::text[], $6::int[], $7::text[], $8::float8[], $9::int[])
         AS r(plan, state, closed, reason, revision, stage, next, version)
       WHERE account_id = $1::uuid AND plan_id = r.plan`,
      [
        accountId,
        plans.map((plan) => plan.planId),
        plans.map((plan) => plan.state),
        plans.map((plan) => plan.closedAt),
        plans.map((plan) => plan.closeReason),
        plans.map((plan) => plan.revision),
        plans.map((plan) => plan.stageKey),
        plans.map((plan) => plan.nextDecisionAt),
        plans.map((plan) => plan.version),
      ],
    );
  }

  async saveSteps(tx: Sql, accountId: string, writes: readonly StepWrite[]): Promise<void> {
    if (writes.length === 0) return;
    await tx.query(UPSERT_STEPS, stepParameters(accountId, writes));
  }

  /** Of plans that were inserted in this transaction. */
  async insertSteps(tx: Sql, accountId: string, writes: readonly StepWrite[]): Promise<void> {
    if (writes.length === 0) return;
    await tx.query(INSERT_STEPS, stepParameters(accountId, writes));
  }

  async removeSteps(
    tx: Sql,
    accountId: string,
    gone: readonly { readonly planId: string; readonly step: PlanStep }[],
  ): Promise<void> {
    if (gone.length === 0) return;
    await tx.query(
      `DELETE FROM plan_step s USING unnest($2::uuid[], $3::text[], $4::int[]) AS r(plan, key, seq)
       WHERE s.account_id = $1::uuid AND s.plan_id = r.plan AND s.step_key = r.key AND s.visit_seq = r.seq`,
      [
        accountId,
        gone.map(({ planId }) => planId),
        gone.map(({ step }) => step.stepKey),
        gone.map(({ step }) => step.visitSeq),
      ],
    );
  }

  async addEvents(tx: Sql, accountId: string, events: readonly PlanEvent[]): Promise<void> {
    if (events.length === 0) return;
    await tx.query(
      `INSERT INTO plan_event (account_id, plan_id, deal_id, at, actor, kind, detail)
       SELECT $1::uuid, r.plan, r.deal, to_timestamp(r.at / 1000), r.actor, r.kind, r.detail::jsonb
       FROM unnest($2::uuid[], $3::text[], $4::float8[], $5::text[], $6::text[], $7::text[])
         AS r(plan, deal, at, actor, kind, detail)`,
      [
        accountId,
        events.map((event) => event.planId),
        events.map((event) => event.dealId),
        events.map((event) => event.at),
        events.map((event) => event.actor),
        events.map((event) => event.kind),
        events.map((event) => JSON.stringify(event.detail)),
      ],
    );
  }

  private async withSteps(
    sql: Sql,
    accountId: string,
    rows: readonly PlanRow[],
  ): Promise<readonly StoredPlan[]> {
    if (rows.length === 0) return [];
    const steps = await sql.query<PlanStepRow>(
      `SELECT plan_id, step_key, visit_seq, stage_key, state, owner_id, due_at, actionable_at, detail
       FROM plan_step WHERE account_id = $1::uuid AND plan_id = ANY($2::uuid[]) ORDER BY plan_id, position`,
      [accountId, rows.map((row) => row.plan_id)],
    );
    const byPlan = Map.groupBy(steps, (step) => step.plan_id);
    return rows.map((row) => toPlan(row, (byPlan.get(row.plan_id) ?? []).map(toStep)));
  }
}

function stepParameters(accountId: string, writes: readonly StepWrite[]): readonly unknown[] {
  return [
    accountId,
    writes.map((write) => write.planId),
    writes.map((write) => write.step.stepKey),
    writes.map((write) => write.step.visitSeq),
    writes.map((write) => write.dealId),
    writes.map((write) => write.step.stageKey),
    writes.map((write) => write.position),
    writes.map((write) => write.step.state),
    writes.map((write) => write.step.ownerId),
    writes.map((write) => write.step.dueAt),
    writes.map((write) => write.step.startAt),
    writes.map((write) => write.step.outcome?.at ?? null),
    writes.map((write) => write.step.outcome?.by ?? null),
    writes.map((write) => detailOf(write.step)),
  ];
}

const INSERT_STEPS = `
INSERT INTO plan_step AS s (account_id, plan_id, step_key, visit_seq, deal_id, stage_key, position, state, owner_id,
  due_at, actionable_at, finished_at, finished_by, detail)
SELECT $1::uuid, r.plan, r.key, r.seq, r.deal, r.stage, r.position, r.state, r.owner, to_timestamp(r.due / 1000),
  to_timestamp(r.start / 1000), to_timestamp(r.finished / 1000), r.by, r.detail::jsonb
FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[],
  $10::float8[], $11::float8[], $12::float8[], $13::text[], $14::text[])
  AS r(plan, key, seq, deal, stage, position, state, owner, due, start, finished, by, detail)`;

const UPSERT_STEPS = `${INSERT_STEPS}
ON CONFLICT (account_id, plan_id, step_key, visit_seq) DO UPDATE SET
  stage_key = excluded.stage_key, position = excluded.position, state = excluded.state,
  owner_id = excluded.owner_id, due_at = excluded.due_at, actionable_at = excluded.actionable_at,
  finished_at = excluded.finished_at, finished_by = excluded.finished_by, detail = excluded.detail`;

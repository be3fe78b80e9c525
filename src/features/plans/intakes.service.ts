import { Inject, Injectable } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../../contract/connections.js';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import type { PlanningContext } from './planning-context.service.js';

/** When deals were accepted, by deal id. */
export type Acceptances = ReadonlyMap<string, Instant>;

const NONE: Acceptances = new Map();

/** Stages where new leads wait, and who accepted which lead out of them. */
@Injectable()
export class Intakes {
  constructor(
    private readonly database: Database,
    private readonly actions: ActionOutbox,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
  ) {}

  async stages(accountId: string, pipelineId: string): Promise<readonly string[]> {
    const rows = await this.database.query<{ stage_id: string }>(
      'SELECT stage_id FROM intake_stage WHERE account_id = $1::uuid AND pipeline_id = $2 ORDER BY stage_id',
      [accountId, pipelineId],
    );
    return rows.map((row) => row.stage_id);
  }

  /** Replaces them all. */
  async save(tx: Sql, accountId: string, pipelineId: string, stageIds: readonly string[]): Promise<void> {
    await tx.query(
      'DELETE FROM intake_stage WHERE account_id = $1::uuid AND pipeline_id = $2 AND stage_id <> ALL($3::text[])',
      [accountId, pipelineId, [...stageIds]],
    );
    await tx.query(
      `INSERT INTO intake_stage (account_id, pipeline_id, stage_id)
       SELECT $1::uuid, $2, id FROM unnest($3::text[]) id ON CONFLICT DO NOTHING`,
      [accountId, pipelineId, [...stageIds]],
    );
  }

  /**
   * What is known of these deals, those included that a person led out of an intake stage: that is an acceptance, unless
   * it led to the loss. Asks nothing where no stage is one.
   */
  async acceptances(tx: Sql, context: PlanningContext, dealIds: readonly string[]): Promise<Acceptances> {
    if (!context.hasIntake) return NONE;
    const { accountId } = context;
    await tx.query(
      `INSERT INTO deal_acceptance (account_id, deal_id, accepted_at)
       SELECT d.account_id, d.deal_id, max(v.left_at)
       FROM deal d
       JOIN stage_visit v ON v.account_id = d.account_id AND v.deal_id = d.deal_id AND v.left_at IS NOT NULL
       JOIN intake_stage i
         ON i.account_id = v.account_id AND i.pipeline_id = v.pipeline_id AND i.stage_id = v.stage_id
       WHERE d.account_id = $1::uuid AND d.deal_id = ANY($2::text[]) AND d.deleted_at IS NULL
         AND d.stage_kind <> 'lost' AND NOT EXISTS (SELECT FROM intake_stage w
           WHERE w.account_id = d.account_id AND w.pipeline_id = d.pipeline_id AND w.stage_id = d.stage_id)
       GROUP BY d.account_id, d.deal_id
       ON CONFLICT DO NOTHING`,
      [accountId, [...dealIds]],
    );
    const rows = await tx.query<{ deal_id: string; accepted_at: Date }>(
      `SELECT deal_id, accepted_at FROM deal_acceptance
       WHERE account_id = $1::uuid AND deal_id = ANY($2::text[])`,
      [accountId, [...dealIds]],
    );
    return new Map(rows.map((row) => [row.deal_id, row.accepted_at.getTime()]));
  }

  /**
   * A person accepts the deal with us. A host that keeps incoming deals apart is told, so that nobody has to accept it
   * there once more. False: it was accepted before.
   */
  async accept(tx: Sql, accountId: string, dealId: string, at: Instant, by: string): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO deal_acceptance (account_id, deal_id, accepted_at, accepted_by)
       VALUES ($1::uuid, $2, to_timestamp($3::float8 / 1000), $4) ON CONFLICT DO NOTHING RETURNING deal_id`,
      [accountId, dealId, at, by],
    );
    if (rows.length === 0) return false;
    const { actionKinds } = await this.connections.client(accountId);
    if (actionKinds.has('accept')) {
      const key = actionKey(accountId, 'accept', dealId);
      await this.actions.want(tx, accountId, [{ key, action: { kind: 'accept', dealId, userId: by } }]);
    }
    return true;
  }

  async isAccepted(accountId: string, dealId: string): Promise<boolean> {
    const rows = await this.database.query(
      'SELECT 1 FROM deal_acceptance WHERE account_id = $1::uuid AND deal_id = $2',
      [accountId, dealId],
    );
    return rows.length > 0;
  }
}

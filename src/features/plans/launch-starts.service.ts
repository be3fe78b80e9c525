import { Injectable } from '@nestjs/common';
import type { ProgressFacts, SwitchOn } from '../../contract/plan-switch.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { bulkLaunch, closePlans, refreshPlans } from './plans.jobs.js';
import { ProgressRepository } from './progress.repository.js';

const INTAKE_NAMES = ['неразобранное', 'incoming leads', 'unsorted'];

/** Long work over a pipeline's deals, enqueued with the decision that asks for it. */
@Injectable()
export class LaunchStarts {
  constructor(
    private readonly progress: ProgressRepository,
    private readonly deals: DealFactsRepository,
    private readonly jobs: Jobs,
  ) {}

  async start(
    tx: Sql,
    accountId: string,
    order: Pick<SwitchOn, 'pipelineId' | 'actor'>,
    template: { readonly templateId: string; readonly version: number },
  ): Promise<void> {
    if (await this.progress.running(tx, accountId, order.pipelineId)) return;
    const progressId = uuidv7();
    const counts = await this.deals.openCounts(tx, accountId);
    await this.progress.start(tx, accountId, progressId, {
      pipelineId: order.pipelineId,
      templateId: template.templateId,
      version: template.version,
      startedBy: order.actor,
      total: counts.get(order.pipelineId) ?? 0,
    });
    await this.jobs.enqueue(bulkLaunch, { accountId, progressId }, { tx });
  }

  /** Everything of the account is decided again, with the fields that templates name. */
  async refresh(tx: Sql, accountId: string): Promise<void> {
    await this.jobs.enqueue(refreshPlans, { accountId }, { tx });
  }

  /**
   * Hosts that keep new leads apart do so in a first stage of a fixed name: there they wait to be accepted from the first
   * switch-on, until an administrator says otherwise.
   */
  async usualIntake(tx: Sql, accountId: string, pipelineId: string): Promise<void> {
    await tx.query(
      `INSERT INTO intake_stage (account_id, pipeline_id, stage_id)
       SELECT account_id, pipeline_id, stage_id FROM stage s
       WHERE account_id = $1::uuid AND pipeline_id = $2 AND kind = 'open' AND deleted_at IS NULL
         AND lower(name) = ANY($3::text[])
         AND NOT EXISTS (SELECT FROM pipeline_plan p WHERE p.account_id = s.account_id AND p.pipeline_id = s.pipeline_id)
       ON CONFLICT DO NOTHING`,
      [accountId, pipelineId, INTAKE_NAMES],
    );
  }

  list(accountId: string): Promise<readonly ProgressFacts[]> {
    return this.progress.list(accountId);
  }

  /** False: there is no such launch. */
  stop(accountId: string, progressId: string): Promise<boolean> {
    return this.progress.askToStop(accountId, progressId);
  }

  async close(tx: Sql, accountId: string, pipelineId: string, actor: string): Promise<void> {
    await this.jobs.enqueue(closePlans, { accountId, pipelineId, actor }, { tx });
  }
}

import { Injectable } from '@nestjs/common';
import type { ProgressFacts, SwitchOn } from '../../contract/plan-switch.js';
import type { Sql } from '../../infra/db/sql.js';
import { uuidv7 } from '../../infra/ids.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { DealNews } from './deal-news.service.js';
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
    private readonly news: DealNews,
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

  /** Plans are for new deals only: those that are there lack one from now on, and whoever watches that hears of it. */
  async leaveOut(tx: Sql, accountId: string, pipelineId: string): Promise<void> {
    const rows = await tx.query<{ deal_id: string }>(
      `SELECT deal_id FROM deal d WHERE account_id = $1::uuid AND pipeline_id = $2 AND stage_kind = 'open'
         AND deleted_at IS NULL AND NOT EXISTS (SELECT FROM plan p WHERE p.account_id = d.account_id
           AND p.deal_id = d.deal_id AND p.state <> 'closed')`,
      [accountId, pipelineId],
    );
    await this.news.tell(
      accountId,
      rows.map((row) => row.deal_id),
      tx,
    );
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
    const stages = await tx.query<{ stage_id: string; name: string }>(
      `SELECT stage_id, name FROM stage s
       WHERE account_id = $1::uuid AND pipeline_id = $2 AND kind = 'open' AND deleted_at IS NULL
         AND NOT EXISTS (SELECT FROM pipeline_plan p WHERE p.account_id = s.account_id AND p.pipeline_id = s.pipeline_id)`,
      [accountId, pipelineId],
    );
    // Not the database's own small letters: under many a locale it knows those of the Latin alphabet only.
    const waiting = stages.filter(({ name }) => INTAKE_NAMES.includes(name.trim().toLowerCase()));
    await tx.query(
      `INSERT INTO intake_stage (account_id, pipeline_id, stage_id)
       SELECT $1::uuid, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`,
      [accountId, pipelineId, waiting.map((stage) => stage.stage_id)],
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

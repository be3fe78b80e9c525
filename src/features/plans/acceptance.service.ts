import { Injectable } from '@nestjs/common';
import { audit } from '../../infra/audit.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import { ApiError, notFound } from '../../infra/http/api-error.js';
import { CompanyStructures } from '../../mirror/index.js';
import { automaticOrder } from './deal-changes.service.js';
import { DealNews } from './deal-news.service.js';
import { Intakes } from './intakes.service.js';
import { PlanLaunches, type Ordering } from './plan-launches.service.js';
import { PlanningContexts } from './planning-context.service.js';
import { disconnected } from './step-commands.service.js';
import type { DealFacts } from './stored-plan.js';

export interface IntakeView {
  readonly stageIds: readonly string[];
}

/** New leads are accepted by a person; that is when their plan begins. Administrators say where leads wait. */
@Injectable()
export class Acceptance {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly intakes: Intakes,
    private readonly launches: PlanLaunches,
    private readonly structures: CompanyStructures,
    private readonly news: DealNews,
  ) {}

  /** Rights to the deal were checked. Throws 409 for a deal that waits for nobody. */
  async accept({ accountId, userId }: SessionClaims, { deal }: DealFacts): Promise<void> {
    const context = await this.contexts.of(accountId);
    if (!context) throw disconnected();
    if (deal.stageKind !== 'open' || !context.isIntake(deal)) throw notWaiting();
    await this.database.transaction(async (tx) => {
      const fresh = await this.intakes.accept(tx, accountId, deal.id, context.now, userId);
      if (!fresh) return;
      await audit(tx, { accountId, actor: userId, action: 'deal.accepted', detail: { dealId: deal.id } });
      const ordering: Ordering = (facts, acceptances) => automaticOrder(context, facts, acceptances);
      await this.launches.planDeals(tx, context, [deal.id], ordering, {
        trigger: 'acceptance',
        actor: userId,
      });
      await this.news.tell(accountId, [deal.id], tx);
    });
  }

  async stages(accountId: string, pipelineId: string): Promise<IntakeView> {
    await this.known(accountId, pipelineId, []);
    return { stageIds: await this.intakes.stages(accountId, pipelineId) };
  }

  async save(
    { accountId, userId }: SessionClaims,
    pipelineId: string,
    stageIds: readonly string[],
  ): Promise<IntakeView> {
    const wanted = [...new Set(stageIds)];
    await this.known(accountId, pipelineId, wanted);
    const before = await this.intakes.stages(accountId, pipelineId);
    await this.database.transaction(async (tx) => {
      await this.intakes.save(tx, accountId, pipelineId, wanted);
      const detail = { pipelineId, stageIds: wanted };
      await audit(tx, { accountId, actor: userId, action: 'plans.intakeSaved', detail });
      const rows = await tx.query<{ deal_id: string }>(
        `SELECT deal_id FROM deal WHERE account_id = $1::uuid AND pipeline_id = $2 AND stage_id = ANY($3::text[])
           AND deleted_at IS NULL`,
        [accountId, pipelineId, [...new Set([...before, ...wanted])]],
      );
      await this.news.tell(
        accountId,
        rows.map((row) => row.deal_id),
        tx,
      );
    });
    return { stageIds: wanted.toSorted() };
  }

  private async known(accountId: string, pipelineId: string, stageIds: readonly string[]): Promise<void> {
    const { pipelines, stages } = await this.structures.now(accountId);
    if (!pipelines.some((pipeline) => pipeline.id === pipelineId)) {
      throw notFound({ ru: 'Такой воронки нет.', en: 'There is no such pipeline.' });
    }
    const open = stages.filter((stage) => stage.pipelineId === pipelineId && stage.kind === 'open');
    if (stageIds.some((id) => !open.some((stage) => stage.id === id))) throw unknownStage();
  }
}

function notWaiting(): ApiError {
  return new ApiError(409, 'not-waiting', {
    ru: 'Эту сделку принимать не нужно: она уже в работе или закрыта.',
    en: 'This deal need not be accepted: it is at work already, or closed.',
  });
}

function unknownStage(): ApiError {
  return new ApiError(400, 'unknown-stage', {
    ru: 'В этой воронке нет такого открытого этапа. Обновите страницу: этапы могли измениться.',
    en: 'The pipeline has no such open stage. Refresh the page: the stages may have changed.',
  });
}

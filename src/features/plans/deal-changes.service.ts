import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import type { DealsChanged } from '../../mirror/index.js';
import { DealNews } from './deal-news.service.js';
import type { Acceptances } from './intakes.service.js';
import { PlanLaunches, type LaunchOrder, type Ordering } from './plan-launches.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import type { DealFacts } from './stored-plan.js';

/** Plans follow their deals: new deals get theirs, moved deals move on, closed and deleted ones come to an end. */
@Injectable()
export class DealChanges {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly launches: PlanLaunches,
    private readonly plans: PlanRepository,
    private readonly news: DealNews,
  ) {}

  /** At least once, any order: decided from what the mirror holds now, never from what the job says. */
  async changed({ accountId, dealIds }: Pick<DealsChanged, 'accountId' | 'dealIds'>): Promise<void> {
    await this.news.tell(accountId, dealIds);
    const context = await this.contexts.of(accountId);
    if (!context || !(await this.concernsPlans(context, dealIds))) return;
    const ordering: Ordering = (facts, acceptances) => automaticOrder(context, facts, acceptances);
    await this.database.transaction((tx) =>
      this.launches.planDeals(tx, context, dealIds, ordering, { trigger: 'event', actor: 'host' }),
    );
  }

  /** Plans whose time has come: a waiting step may start now, a pause is over. Returns how many. */
  async timePassed(accountId: string, limit: number): Promise<number> {
    const context = await this.contexts.of(accountId);
    if (!context) return 0;
    const dealIds = await this.plans.due(accountId, context.now, limit);
    await this.decideAgain(context, dealIds);
    return dealIds.length;
  }

  /** Every open plan once: people are dismissed, heads change, calendars of a new year become known. */
  async refresh(accountId: string, chunk: number): Promise<void> {
    // Often set off by a change of people: they are looked up, not remembered.
    const context = await this.contexts.of(accountId, 'asStored');
    if (!context) return;
    for (let after = ''; ;) {
      const dealIds = await this.plans.openPage(accountId, { after, limit: chunk, pipelineId: null });
      if (dealIds.length === 0) return;
      await this.decideAgain(context, dealIds);
      after = dealIds.at(-1) ?? after;
    }
  }

  private async decideAgain(context: PlanningContext, dealIds: readonly string[]): Promise<void> {
    if (dealIds.length === 0) return;
    await this.database.transaction((tx) =>
      this.launches.planDeals(tx, context, dealIds, () => null, { trigger: 'time', actor: 'system' }),
    );
  }

  /** The first copy brings deals by the hundred thousand while nothing is switched on. */
  private async concernsPlans(context: PlanningContext, dealIds: readonly string[]): Promise<boolean> {
    return context.anythingSwitchedOn || (await this.plans.anyOf(context.accountId, dealIds));
  }
}

/**
 * What the pipeline's triggers order for a deal without a plan. Nothing that happened before the switch-on counts, and a
 * lead that waits to be accepted gets none.
 */
export function automaticOrder(
  context: PlanningContext,
  { deal }: DealFacts,
  acceptances: Acceptances,
): LaunchOrder | null {
  const plan = context.pipelinePlan(deal.pipelineId);
  if (!plan || deal.stageKind !== 'open') return null;
  const { triggers, since } = plan;
  const { templateId, version } = context.funnelFor(deal, plan);
  const acceptedAt = acceptances.get(deal.id);
  if (acceptedAt !== undefined && triggers.includes('creation') && acceptedAt >= since) {
    return { templateId, version, trigger: 'acceptance', startedAt: acceptedAt };
  }
  if (acceptedAt === undefined && context.isIntake(deal)) return null;
  if (triggers.includes('creation') && deal.createdAt >= since) {
    return { templateId, version, trigger: 'creation', startedAt: deal.createdAt };
  }
  const entered = deal.stageSince ?? deal.createdAt;
  if (triggers.includes('stageEntry') && entered >= since) {
    return { templateId, version, trigger: 'stageEntry', startedAt: entered };
  }
  return null;
}

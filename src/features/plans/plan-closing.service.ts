import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import { ActionOutbox } from '../../outbox/index.js';
import { LAUNCH_CHUNK } from './bulk-launch.service.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanDecisions } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts } from './planning-context.service.js';

/** Ends the open plans of a pipeline: their tasks are withdrawn in the host, what was done stays on record. */
@Injectable()
export class PlanClosing {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly plans: PlanRepository,
    private readonly deals: DealFactsRepository,
    private readonly decisions: PlanDecisions,
    private readonly actions: ActionOutbox,
  ) {}

  /** Idempotent; stops when the pipeline was switched on again meanwhile. */
  async close(accountId: string, pipelineId: string, actor: string): Promise<void> {
    for (let after = ''; ;) {
      const context = await this.contexts.of(accountId);
      if (!context || context.pipelinePlan(pipelineId)) return;
      const dealIds = await this.plans.openPage(accountId, { after, limit: LAUNCH_CHUNK, pipelineId });
      if (dealIds.length === 0) return;
      await this.database.transaction(async (tx) => {
        const plans = await this.plans.lockByDeals(tx, accountId, dealIds);
        const facts = await this.deals.load(tx, accountId, dealIds);
        await this.decisions.retire(tx, context, plans, facts, { trigger: 'command', actor });
        // Nobody is to answer for a plan that is no more.
        await this.actions.closeAsks(tx, accountId, { dealIds }, '');
      });
      after = dealIds.at(-1) ?? after;
    }
  }
}

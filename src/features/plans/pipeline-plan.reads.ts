import { Injectable } from '@nestjs/common';
import type { PipelinePlanFacts } from '../../contract/plan-switch.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import { Database } from '../../infra/db/database.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { TemplateBodies, completeMap } from './template-bodies.service.js';
import {
  stageMapKey,
  TemplateRepository,
  type AccountPlans,
  type PipelinePlan,
} from './template.repository.js';

/** Pipelines with what is planned in them, for the installer's page. */
@Injectable()
export class PipelinePlanReads {
  constructor(
    private readonly database: Database,
    private readonly structure: CompanyStructures,
    private readonly templates: TemplateRepository,
    private readonly bodies: TemplateBodies,
    private readonly deals: DealFactsRepository,
  ) {}

  async of(accountId: string): Promise<readonly PipelinePlanFacts[]> {
    const structure = await this.structure.now(accountId);
    const plans = await this.templates.accountPlans(accountId);
    const open = await this.deals.openCounts(this.database, accountId);
    const active = await this.templates.activeCounts(accountId);
    return Promise.all(
      structure.pipelines.map(async ({ id, name }) => {
        const plan = plans.byPipeline.get(id);
        return {
          id,
          name,
          openDeals: open.get(id) ?? 0,
          stages: structure.stages
            .filter((stage) => stage.pipelineId === id)
            .map((stage) => ({ id: stage.id, name: stage.name, kind: stage.kind })),
          plan: plan ? await this.planFacts(accountId, plan, structure, plans, active.get(id) ?? 0) : null,
        };
      }),
    );
  }

  private async planFacts(
    accountId: string,
    plan: PipelinePlan,
    structure: CompanyStructure,
    plans: AccountPlans,
    activePlans: number,
  ): Promise<PipelinePlanFacts['plan']> {
    const body = await this.bodies.of(accountId, plan.templateId, plan.version);
    return {
      templateId: plan.templateId,
      templateName: body.name,
      version: plan.version,
      activePlans,
      stageNames: stageNamesOf(plan, body, structure, plans),
    };
  }
}

/** Pipeline stage id → names of the template stages that it covers. */
function stageNamesOf(
  plan: PipelinePlan,
  body: TemplateBody,
  structure: CompanyStructure,
  plans: AccountPlans,
): Readonly<Record<string, string>> {
  const names = new Map(body.stages.map((stage) => [stage.key, stage.name]));
  const own = structure.stages.filter((stage) => stage.pipelineId === plan.pipelineId);
  const stored = plans.maps.get(stageMapKey(plan.pipelineId, plan.templateId, plan.version)) ?? null;
  const map = completeMap(stored, body, own);
  return Object.fromEntries(
    map.entries.map((entry) => [
      entry.pipelineStageId,
      entry.stageKeys.map((key) => names.get(key) ?? key).join(' · '),
    ]),
  );
}

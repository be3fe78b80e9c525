import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { OutboxReads } from '../../outbox/index.js';
import { CompanyStructures, type CompanyStructure } from '../../mirror/index.js';
import { LaunchViews } from './launch-views.service.js';
import type { DealAccess } from './plan-access.service.js';
import { PlanStandings, type Standing } from './plan-standings.service.js';
import { buildPlanView, type AfterSaleParts } from './plan-view.builder.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';
import { StepLooks } from './step-looks.service.js';
import { TemplateBodies } from './template-bodies.service.js';

/** What a view is read from. */
@Injectable()
export class PlanViewSources {
  constructor(
    readonly plans: PlanRepository,
    readonly bodies: TemplateBodies,
    readonly structures: CompanyStructures,
    readonly outbox: OutboxReads,
  ) {}
}

/** Reads what the widget shows of a deal's plans. The deal's facts come from `PlanAccess`, so rights are checked. */
@Injectable()
export class PlanViews {
  constructor(
    private readonly sources: PlanViewSources,
    private readonly launches: LaunchViews,
    private readonly looks: StepLooks,
    private readonly standings: PlanStandings,
  ) {}

  async of(person: SessionClaims, access: DealAccess): Promise<PlanView> {
    const { accountId } = person;
    const { facts } = access;
    const { plans, bodies, structures, outbox } = this.sources;
    const structure = await structures.of(accountId);
    const plan = await plans.ofDeal(accountId, facts.deal.id);
    const template = plan ? await bodies.of(accountId, plan.templateId, plan.version) : null;
    const planned = plan && template ? { plan, template } : null;
    const standing = await this.standings.of(person, access);
    return buildPlanView({
      facts,
      stages: structure.stages,
      planned,
      afterSale: await this.afterSale(person, facts.deal.id, structure, standing),
      waits: facts.deal.stageKind === 'open' && (await this.standings.waits(accountId, facts.deal)),
      tasks: plan ? await outbox.byPlan(accountId, plan.planId) : new Map(),
      launch: access.scope === 'deal' ? await this.launches.of(person, facts, plan) : null,
      sync: await this.launches.sync(person),
      look: this.looks.of(person, structure, template, standing),
    });
  }

  private async afterSale(
    person: SessionClaims,
    dealId: string,
    structure: CompanyStructure,
    standing: Standing,
  ): Promise<readonly AfterSaleParts[]> {
    const { accountId } = person;
    const { plans, bodies, outbox } = this.sources;
    const stored = await plans.afterSaleOf(accountId, dealId);
    return Promise.all(
      stored.map(async (plan) => {
        const template = await bodies.of(accountId, plan.templateId, plan.version);
        const tasks = await outbox.byPlan(accountId, plan.planId);
        return { plan, template, tasks, look: this.looks.of(person, structure, template, standing) };
      }),
    );
  }
}

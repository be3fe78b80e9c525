import { Injectable } from '@nestjs/common';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { OutboxReads } from '../../outbox/index.js';
import { CompanyStructures } from './company-structures.service.js';
import { LaunchViews } from './launch-views.service.js';
import { buildPlanView } from './plan-view.builder.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';
import { StepLooks } from './step-looks.service.js';
import type { DealFacts } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';

/** Reads what the widget shows of a deal's plan. The deal's facts come from `PlanAccess`, so rights are checked. */
@Injectable()
export class PlanViews {
  constructor(
    private readonly plans: PlanRepository,
    private readonly bodies: TemplateBodies,
    private readonly structures: CompanyStructures,
    private readonly outbox: OutboxReads,
    private readonly launches: LaunchViews,
    private readonly looks: StepLooks,
  ) {}

  async of(person: SessionClaims, facts: DealFacts): Promise<PlanView> {
    const { accountId } = person;
    const structure = await this.structures.of(accountId);
    const plan = await this.plans.ofDeal(accountId, facts.deal.id);
    const template = plan ? await this.bodies.of(accountId, plan.templateId, plan.version) : null;
    const planned = plan && template ? { plan, template } : null;
    return buildPlanView({
      facts,
      stages: structure.stages,
      planned,
      tasks: plan ? await this.outbox.byPlan(accountId, plan.planId) : new Map(),
      launch: await this.launches.of(person, facts, plan),
      sync: await this.launches.sync(person),
      look: this.looks.of(person, structure, template),
    });
  }
}

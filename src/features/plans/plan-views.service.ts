import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { OutboxReads } from '../../outbox/index.js';
import { CompanyStructures, type CompanyStructure } from './company-structures.service.js';
import { LaunchViews } from './launch-views.service.js';
import { buildPlanView } from './plan-view.builder.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanView } from './plan.view.js';
import type { StepLook } from './step-view.js';
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
    @Inject(HOSTS) private readonly hosts: Hosts,
    @Inject(CLOCK) private readonly clock: Clock,
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
      look: this.look(person, structure, template),
    });
  }

  private look(
    person: SessionClaims,
    structure: CompanyStructure,
    template: {
      readonly stages: readonly {
        key: string;
        name: string;
        steps: readonly { key: string; title: string }[];
      }[];
    } | null,
  ): StepLook {
    const names = new Map(structure.users.map((user) => [user.id, user.name]));
    const stages = new Map(template?.stages.map((stage) => [stage.key, stage.name]));
    const steps = new Map(
      template?.stages.flatMap((stage) => stage.steps.map((step) => [step.key, step.title] as const)),
    );
    const host = this.hosts.get(person.host);
    return {
      reader: {
        language: person.language,
        timeZone: person.timeZone,
        stageName: (key) => stages.get(key) ?? key,
        stepTitle: (key) => steps.get(key) ?? key,
      },
      userId: person.userId,
      now: this.clock.now(),
      userName: (id) => names.get(id) ?? (id === person.userId ? person.userName : null),
      taskPath: (taskId, ownerId) => host?.taskPath?.(taskId, ownerId) ?? null,
    };
  }
}

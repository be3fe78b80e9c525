import { Injectable } from '@nestjs/common';
import {
  factsOf,
  migratePlan,
  undoMigration,
  type PlanMigration,
  type StepFacts,
} from '../../domain/plans/migration.js';
import type { TemplateBody } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { GroupTurns } from './group-turns.repository.js';
import { versionChange, type PlanChange } from './plan-change.js';
import { inputOf } from './plan-deciding.service.js';
import type { Occasion } from './plan-decisions.service.js';
import { PlanSaving } from './plan-saving.service.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';

/** A version of a template, or a draft that may become it. */
export interface Target {
  readonly version: number;
  readonly body: TemplateBody;
}

/** A plan as it was before it was brought onto another version. */
export interface FormerPlan {
  readonly planId: string;
  readonly dealId: string;
  readonly version: number;
  readonly facts: readonly StepFacts[];
}

type Deals = ReadonlyMap<string, DealFacts>;

/** Brings plans onto other versions of their template, and back. */
@Injectable()
export class PlanVersions {
  constructor(
    private readonly bodies: TemplateBodies,
    private readonly saving: PlanSaving,
    private readonly turns: GroupTurns,
  ) {}

  /** What the version would make of a plan; saves nothing. */
  async preview(
    sql: Sql,
    context: PlanningContext,
    plan: StoredPlan,
    facts: DealFacts,
    target: Target,
    turns?: ReadonlyMap<string, number>,
  ): Promise<PlanMigration> {
    const { templateId } = plan;
    const present = await this.bodies.of(context.accountId, templateId, plan.version, sql);
    const { pipelineId } = facts.deal;
    return migratePlan(inputOf(context, plan, facts, present, turns), {
      template: target.body,
      stageMap: context.stageMap(target.body, templateId, target.version, pipelineId),
    });
  }

  /** Of locked plans; returns what they were. A plan whose deal is gone stays as it is. */
  async migrate(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: Deals,
    target: Target,
    occasion: Occasion,
  ): Promise<readonly FormerPlan[]> {
    const changes: PlanChange[] = [];
    const groups = groupsInTurn(target.body);
    await occasion.after;
    const turns = groups.length > 0 ? await this.turns.lock(tx, context.accountId, groups) : undefined;
    for (const plan of plans) {
      const facts = deals.get(plan.dealId);
      if (!facts || facts.deleted) continue;
      const { after } = await this.preview(tx, context, plan, facts, target, turns);
      for (const effect of after.effects)
        if (effect.kind === 'turnTaken')
          turns?.set(effect.group, (turns.get(effect.group) ?? 0) + effect.advance);
      changes.push(versionChange(plan, target.version, after, context.now));
    }
    if (turns) await this.turns.save(tx, context.accountId, turns);
    await this.saving.save(tx, context, changes, deals, occasion);
    return changes.map(({ before }) => ({
      planId: before.planId,
      dealId: before.dealId,
      version: before.version,
      facts: factsOf(before.steps),
    }));
  }

  /** Of locked plans with what they were; what people did since stays. */
  async undo(
    tx: Sql,
    context: PlanningContext,
    plans: readonly { readonly plan: StoredPlan; readonly former: FormerPlan }[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<void> {
    const changes: PlanChange[] = [];
    for (const { plan, former } of plans) {
      const facts = deals.get(plan.dealId);
      if (!facts || facts.deleted) continue;
      const { version } = former;
      const body = await this.bodies.of(context.accountId, plan.templateId, version, tx);
      const decision = undoMigration(inputOf(context, { ...plan, version }, facts, body), former.facts);
      changes.push(versionChange(plan, version, decision, context.now));
    }
    await this.saving.save(tx, context, changes, deals, occasion);
  }
}

/** Groups whose turns steps or hand-overs of the template may take. */
function groupsInTurn({ stages }: TemplateBody): readonly string[] {
  const rules = stages.flatMap((stage) => stage.steps.flatMap((step) => [step.owner, step.handOver?.to]));
  return rules.flatMap((rule) => (rule?.kind === 'roundRobin' ? [rule.group] : []));
}

import { Injectable } from '@nestjs/common';
import { decidePlan } from '../../domain/plans/planner.js';
import type { PlanInput, PlanStep, PlanTrigger, TemplateBody } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { Metrics } from '../../infra/metrics.js';
import { changeOf, retire, type PlanChange } from './plan-change.js';
import { PlanSaving } from './plan-saving.service.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';

/** Why a decision is made, and by whom. */
export interface Occasion {
  readonly trigger: PlanTrigger;
  /** A host user's id, or `system` / `host`. */
  readonly actor: string;
  /** Writing waits for this: of two batches under way the later one must not hold locks that the earlier one wants. */
  readonly after?: Promise<void>;
}

/**
 * Decides locked plans again and saves what changes, all in the caller's transaction: steps, history, the wishes for
 * the host's tasks and the news for open widgets.
 */
@Injectable()
export class PlanDecisions {
  constructor(
    private readonly bodies: TemplateBodies,
    private readonly saving: PlanSaving,
    private readonly metrics: Metrics,
  ) {}

  /** Returns the plans as they are now. A plan whose deal the mirror does not hold stays as it is. */
  async decide(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: ReadonlyMap<string, DealFacts>,
    occasion: Occasion,
  ): Promise<readonly StoredPlan[]> {
    const done = this.metrics.planSeconds.startTimer();
    const changes: PlanChange[] = [];
    const result: StoredPlan[] = [];
    for (const plan of plans) {
      const facts = deals.get(plan.dealId);
      const change = facts ? await this.decideOne(tx, context, plan, facts) : null;
      if (change) changes.push(change);
      result.push(change?.after ?? plan);
    }
    await this.saving.save(tx, context, changes, deals, occasion);
    this.metrics.planDecisions.inc({ cause: occasion.trigger }, plans.length);
    done();
    return result;
  }

  /**
   * Plans that do not exist yet, decided and then written once. Returns those that were made, and the deals that another
   * process planned in the same moment.
   */
  async begin(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: ReadonlyMap<string, DealFacts>,
    occasion: Occasion,
  ): Promise<{ readonly begun: readonly StoredPlan[]; readonly taken: readonly string[] }> {
    const done = this.metrics.planSeconds.startTimer();
    const changes: PlanChange[] = [];
    for (const plan of plans) {
      const facts = deals.get(plan.dealId);
      const change = facts ? await this.decideOne(tx, context, plan, facts) : null;
      if (change) changes.push(change);
    }
    const taken = await this.saving.saveNew(tx, context, changes, deals, occasion);
    this.metrics.planDecisions.inc({ cause: occasion.trigger }, plans.length);
    done();
    const late = new Set(taken);
    const begun = changes.map((change) => change.after).filter((plan) => !late.has(plan.dealId));
    return { begun, taken };
  }

  /** A step's facts were changed by the caller: the plan is decided anew from them, and saved whatever comes out. */
  async decideEdited(
    tx: Sql,
    context: PlanningContext,
    stored: StoredPlan,
    steps: readonly PlanStep[],
    facts: DealFacts,
    occasion: Occasion,
  ): Promise<StoredPlan> {
    const edited = { ...stored, steps };
    const decided = await this.decideOne(tx, context, edited, facts);
    const after = decided?.after ?? { ...edited, revision: stored.revision + 1 };
    const change = against(stored, after);
    await this.saving.save(tx, context, [change], new Map([[stored.dealId, facts]]), occasion);
    return change.after;
  }

  async retire(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: ReadonlyMap<string, DealFacts>,
    occasion: Occasion,
  ): Promise<void> {
    const changes = plans
      .map((plan) => retire(plan, 'switchedOff', context.now))
      .filter((change) => change !== null);
    await this.saving.save(tx, context, changes, deals, occasion);
  }

  private async decideOne(
    tx: Sql,
    context: PlanningContext,
    plan: StoredPlan,
    facts: DealFacts,
  ): Promise<PlanChange | null> {
    if (facts.deleted) return retire(plan, 'dealDeleted', context.now);
    const template = await this.bodies.of(context.accountId, plan.templateId, plan.version, tx);
    return changeOf(plan, decidePlan(inputOf(context, plan, facts, template)), context.now);
  }
}

/** What the planner is asked about a plan; `template` is the body of the plan's version. */
export function inputOf(
  context: PlanningContext,
  plan: Pick<StoredPlan, 'templateId' | 'version' | 'startedAt' | 'steps' | 'pause'>,
  facts: DealFacts,
  template: TemplateBody,
): PlanInput {
  const { deal } = facts;
  return {
    template,
    stageMap: context.stageMap(template, plan.templateId, plan.version, deal.pipelineId),
    deal,
    visits: facts.visits,
    startedAt: plan.startedAt,
    steps: plan.steps,
    pause: plan.pause,
    people: context.people.of(deal),
    now: context.now,
    fieldMap: context.company.fieldMap,
  };
}

/** The change from what is stored, not from what the caller edited in between. */
function against(stored: StoredPlan, after: StoredPlan): PlanChange {
  const old = new Map(stored.steps.map((step) => [`${step.stepKey}~${step.visitSeq}`, step]));
  const steps = after.steps.map((step, position) => ({
    position,
    before: old.get(`${step.stepKey}~${step.visitSeq}`),
    step,
  }));
  return { before: stored, after: { ...after, revision: stored.revision + 1 }, steps };
}

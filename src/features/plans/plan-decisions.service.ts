import { Injectable } from '@nestjs/common';
import { decidePlan } from '../../domain/plans/planner.js';
import type { PlanStep, PlanTrigger } from '../../domain/plans/types.js';
import { Changes } from '../../infra/changes.js';
import type { Sql } from '../../infra/db/sql.js';
import { Metrics } from '../../infra/metrics.js';
import { Outbox } from '../../outbox/index.js';
import { DealNews } from './deal-news.service.js';
import { changeOf, eventsOf, retire, type PlanChange } from './plan-change.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';
import { wishOf } from './task-wish.js';
import { TemplateBodies } from './template-bodies.service.js';
import { rulesOf } from './template-rules.js';

/** Why a decision is made, and by whom. */
export interface Occasion {
  readonly trigger: PlanTrigger;
  /** A host user's id, or `system` / `host`. */
  readonly actor: string;
}

/**
 * Decides locked plans again and saves what changes, all in the caller's transaction: steps, history, the wishes for
 * the host's tasks and the news for open widgets.
 */
@Injectable()
export class PlanDecisions {
  constructor(
    private readonly plans: PlanRepository,
    private readonly bodies: TemplateBodies,
    private readonly outbox: Outbox,
    private readonly changes: Changes,
    private readonly metrics: Metrics,
    private readonly news: DealNews,
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
    await this.save(tx, context, changes, deals, occasion);
    this.metrics.planDecisions.inc({ cause: occasion.trigger }, plans.length);
    done();
    return result;
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
    await this.save(tx, context, [change], new Map([[stored.dealId, facts]]), occasion);
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
    await this.save(tx, context, changes, deals, occasion);
  }

  private async decideOne(
    tx: Sql,
    context: PlanningContext,
    plan: StoredPlan,
    facts: DealFacts,
  ): Promise<PlanChange | null> {
    if (facts.deleted) return retire(plan, 'dealDeleted', context.now);
    const { deal } = facts;
    const template = await this.bodies.of(context.accountId, plan.templateId, plan.version, tx);
    const decision = decidePlan({
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
    });
    return changeOf(plan, decision, context.now);
  }

  private async save(
    tx: Sql,
    context: PlanningContext,
    changes: readonly PlanChange[],
    deals: ReadonlyMap<string, DealFacts>,
    occasion: Occasion,
  ): Promise<void> {
    if (changes.length === 0) return;
    const { accountId, now } = context;
    await this.plans.saveHeads(
      tx,
      accountId,
      changes.map((change) => change.after),
    );
    await this.plans.saveSteps(
      tx,
      accountId,
      changes.flatMap(({ after, steps }) =>
        steps.map(({ position, step }) => ({ planId: after.planId, dealId: after.dealId, position, step })),
      ),
    );
    await this.plans.addEvents(
      tx,
      accountId,
      changes.flatMap((change) => eventsOf(change, occasion.actor, now)),
    );
    await this.wish(tx, context, changes, deals);
    await this.news.tell(
      accountId,
      changes.map((change) => change.after.dealId),
      tx,
    );
    await this.changes.publish(
      tx,
      changes.map(({ after }) => ({ accountId, dealId: after.dealId, revision: after.revision })),
    );
  }

  private async wish(
    tx: Sql,
    context: PlanningContext,
    changes: readonly PlanChange[],
    deals: ReadonlyMap<string, DealFacts>,
  ): Promise<void> {
    const wishes = [];
    for (const change of changes) {
      const { planId, dealId, templateId, version } = change.after;
      const template = await this.bodies.of(context.accountId, templateId, version, tx);
      const rules = rulesOf(template);
      const dealTitle = deals.get(dealId)?.deal.title ?? '';
      for (const { before, step } of change.steps) {
        const rule = rules.get(step.stepKey);
        const wish = wishOf({ planId, dealId, dealTitle, template, rule, before, after: step });
        if (wish) wishes.push(wish);
      }
    }
    if (wishes.length > 0) await this.outbox.want(tx, context.accountId, wishes);
  }
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

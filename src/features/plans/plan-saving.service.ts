import { Injectable } from '@nestjs/common';
import { Changes } from '../../infra/changes.js';
import type { Sql } from '../../infra/db/sql.js';
import { Outbox, type TaskWish } from '../../outbox/index.js';
import { DealNews } from './deal-news.service.js';
import { eventsOf, withdrawn, type PlanChange } from './plan-change.js';
import type { Occasion } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts } from './stored-plan.js';
import { wishOf } from './task-wish.js';
import { TemplateBodies } from './template-bodies.service.js';
import { rulesOf } from './template-rules.js';

type Deals = ReadonlyMap<string, DealFacts>;

/** Writes down what decisions change, all in their transaction: steps, history, wishes for tasks, news for widgets. */
@Injectable()
export class PlanSaving {
  constructor(
    private readonly plans: PlanRepository,
    private readonly bodies: TemplateBodies,
    private readonly outbox: Outbox,
    private readonly changes: Changes,
    private readonly news: DealNews,
  ) {}

  /** Changes of locked plans. */
  async save(
    tx: Sql,
    context: PlanningContext,
    changes: readonly PlanChange[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<void> {
    if (changes.length === 0) return;
    await occasion.after;
    const { accountId } = context;
    await this.plans.saveHeads(
      tx,
      accountId,
      changes.map((change) => change.after),
    );
    await this.plans.saveSteps(tx, accountId, stepsOf(changes));
    await this.plans.removeSteps(
      tx,
      accountId,
      changes.flatMap(({ before, gone }) => (gone ?? []).map((step) => ({ planId: before.planId, step }))),
    );
    await this.tell(tx, context, changes, deals, occasion);
  }

  /**
   * Plans that nobody had before, written once as they were decided. Returns the deals for which another process made
   * the plan in the same moment: of those nothing is saved, and they are to be decided over what that one saved.
   */
  async saveNew(
    tx: Sql,
    context: PlanningContext,
    changes: readonly PlanChange[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<readonly string[]> {
    if (changes.length === 0) return [];
    await occasion.after;
    const { accountId } = context;
    const made = await this.plans.insert(
      tx,
      accountId,
      changes.map((change) => change.after),
    );
    const own = changes.filter((change) => made.has(change.after.planId));
    await this.plans.insertSteps(tx, accountId, stepsOf(own));
    await this.tell(tx, context, own, deals, occasion);
    return changes.filter((change) => !made.has(change.after.planId)).map((change) => change.after.dealId);
  }

  private async tell(
    tx: Sql,
    context: PlanningContext,
    changes: readonly PlanChange[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<void> {
    const { accountId, now } = context;
    if (changes.length === 0) return;
    const dealIds = changes.map((change) => change.after.dealId);
    await this.plans.addEvents(
      tx,
      accountId,
      changes.flatMap((change) => eventsOf(change, occasion.actor, now)),
    );
    const wishes = await this.wishesOf(tx, context, changes, deals);
    if (wishes.length > 0) await this.outbox.want(tx, accountId, wishes);
    await this.news.tell(accountId, dealIds, tx);
    await this.changes.publish(
      tx,
      changes.map(({ after }) => ({ accountId, dealId: after.dealId, revision: after.revision })),
    );
  }

  private async wishesOf(
    tx: Sql,
    context: PlanningContext,
    changes: readonly PlanChange[],
    deals: Deals,
  ): Promise<readonly TaskWish[]> {
    const wishes: TaskWish[] = [];
    for (const change of changes) {
      const { planId, dealId, templateId, version } = change.after;
      const template = await this.bodies.of(context.accountId, templateId, version, tx);
      const rules = rulesOf(template);
      const dealTitle = deals.get(dealId)?.deal.title ?? '';
      const gone = (change.gone ?? []).map((step) => ({ before: step, step: withdrawn(step, context.now) }));
      const reworded = change.before.version !== version;
      for (const { before, step } of [...(reworded ? everyStep(change) : change.steps), ...gone]) {
        const rule = rules.get(step.stepKey);
        const input = { planId, dealId, dealTitle, template, rule, before, after: step, reworded };
        const wish = wishOf(input);
        if (wish) wishes.push(wish);
      }
    }
    return wishes;
  }
}

function stepsOf(changes: readonly PlanChange[]): Parameters<PlanRepository['saveSteps']>[2] {
  return changes.flatMap(({ after, steps }) =>
    steps.map(({ position, step }) => ({ planId: after.planId, dealId: after.dealId, position, step })),
  );
}

/** Another version may word a task anew although the step itself is as it was. */
function everyStep({ before, after }: PlanChange): Pick<PlanChange['steps'][number], 'before' | 'step'>[] {
  const old = new Map(before.steps.map((step) => [`${step.stepKey}~${step.visitSeq}`, step]));
  return after.steps.map((step) => ({ before: old.get(`${step.stepKey}~${step.visitSeq}`), step }));
}

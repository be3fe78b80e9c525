import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { PlanTrigger } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { derivedId } from '../../infra/ids.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { Intakes, type Acceptances } from './intakes.service.js';
import { PlanDecisions, type Occasion } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import { UNDECIDED, type DealFacts, type StoredPlan } from './stored-plan.js';

/** Which template a deal without a plan gets, from when on, and why. */
export interface LaunchOrder {
  readonly templateId: string;
  readonly version: number;
  readonly trigger: PlanTrigger;
  readonly startedAt: Instant;
}

/** The order for a deal that has no plan yet; null: none is due. */
export type Ordering = (facts: DealFacts, acceptances: Acceptances) => LaunchOrder | null;

/**
 * Starts plans and decides plans, a batch of deals at a time, in the caller's transaction. A deal never gets a second
 * living plan of its sale: its id follows from the deal and how many plans it had before, so two processes make the same.
 */
@Injectable()
export class PlanLaunches {
  constructor(
    private readonly plans: PlanRepository,
    private readonly deals: DealFactsRepository,
    private readonly decisions: PlanDecisions,
    private readonly intakes: Intakes,
  ) {}

  /** Plans of these deals, new ones included, decided anew from what the mirror holds now. */
  async planDeals(
    tx: Sql,
    context: PlanningContext,
    dealIds: readonly string[],
    ordering: Ordering,
    occasion: Occasion,
  ): Promise<readonly StoredPlan[]> {
    const { accountId } = context;
    const locked = await this.plans.lockByDeals(tx, accountId, dealIds);
    const facts = await this.deals.load(tx, accountId, dealIds);
    const planned = new Set(locked.filter(isOfSale).map((plan) => plan.dealId));
    const candidates = [...facts.values()].filter(({ deal, deleted }) => !deleted && !planned.has(deal.id));
    const fresh = await this.newPlans(tx, context, candidates, ordering, occasion);
    const { begun, taken } = await this.decisions.begin(tx, context, fresh, facts, occasion);
    const decided = await this.decisions.decide(tx, context, locked, facts, occasion);
    if (taken.length === 0) return [...decided, ...begun];
    // Another process made these in the same moment, perhaps from what the mirror held before: decided once more.
    const theirs = await this.plans.lockByDeals(tx, accountId, taken);
    const news = await this.deals.load(tx, accountId, taken);
    return [...decided, ...begun, ...(await this.decisions.decide(tx, context, theirs, news, occasion))];
  }

  /** Null: the deal is not won. False: it has, or had, a plan after its sale by this template. */
  async startAfterSale(
    tx: Sql,
    context: PlanningContext,
    dealId: string,
    template: Pick<LaunchOrder, 'templateId' | 'version'>,
    occasion: Occasion,
  ): Promise<boolean | null> {
    const { accountId, now } = context;
    const locked = await this.plans.lockByDeals(tx, accountId, [dealId]);
    const facts = await this.deals.load(tx, accountId, [dealId]);
    const known = facts.get(dealId);
    if (!known || known.deleted || known.deal.stageKind !== 'won') return null;
    const { templateId, version } = template;
    if (locked.some((plan) => plan.purpose === 'afterSale' && plan.templateId === templateId)) return false;
    const planId = derivedId('afterSale', accountId, dealId, templateId);
    const fresh: StoredPlan = {
      ...UNDECIDED,
      ...{ dealId, planId, templateId, version, startedAt: now },
      trigger: occasion.trigger,
      purpose: 'afterSale',
    };
    const { begun } = await this.decisions.begin(tx, context, [fresh], facts, occasion);
    return begun.length > 0;
  }

  private async newPlans(
    tx: Sql,
    context: PlanningContext,
    candidates: readonly DealFacts[],
    ordering: Ordering,
    { after, actor }: Occasion,
  ): Promise<readonly StoredPlan[]> {
    if (candidates.length === 0) return [];
    if (context.hasIntake) await after;
    const known = candidates.map(({ deal }) => deal.id);
    const acceptances = await this.intakes.acceptances(tx, context, known);
    const orders = candidates.flatMap((facts) => {
      const order = ordering(facts, acceptances);
      return order ? [{ deal: facts.deal, order }] : [];
    });
    if (orders.length === 0) return [];
    for (const { deal, order } of orders) {
      // Who plans a waiting lead by hand has accepted it.
      if (order.trigger !== 'manual' || acceptances.has(deal.id) || !context.isIntake(deal)) continue;
      await this.intakes.accept(tx, context.accountId, deal.id, context.now, actor);
    }
    const dealIds = orders.map(({ deal }) => deal.id);
    const past = await this.plans.countFormer(tx, context.accountId, dealIds);
    return orders.map(({ deal, order }) => ({
      ...UNDECIDED,
      ...order,
      purpose: 'sale',
      dealId: deal.id,
      planId: derivedId('plan', context.accountId, deal.id, past.get(deal.id) ?? 0),
    }));
  }
}

function isOfSale({ purpose }: StoredPlan): boolean {
  return purpose === 'sale';
}

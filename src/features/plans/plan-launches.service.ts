import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { PlanTrigger } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { derivedId } from '../../infra/ids.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanDecisions, type Occasion } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, NewPlan, StoredPlan } from './stored-plan.js';

/** Which template a deal without a plan gets, from when on, and why. */
export interface LaunchOrder {
  readonly templateId: string;
  readonly version: number;
  readonly trigger: PlanTrigger;
  readonly startedAt: Instant;
}

/** The order for a deal that has no plan yet; null: none is due. */
export type Ordering = (facts: DealFacts) => LaunchOrder | null;

/**
 * Starts plans and decides plans, a batch of deals at a time, in the caller's transaction. A deal never gets a second
 * living plan: its id follows from the deal and how many plans it had, so two processes make the same one.
 */
@Injectable()
export class PlanLaunches {
  constructor(
    private readonly plans: PlanRepository,
    private readonly deals: DealFactsRepository,
    private readonly decisions: PlanDecisions,
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
    const planned = new Set(locked.map((plan) => plan.dealId));
    const fresh = await this.start(
      tx,
      context,
      [...facts.values()].filter(({ deal, deleted }) => !deleted && !planned.has(deal.id)),
      ordering,
    );
    return this.decisions.decide(tx, context, [...locked, ...fresh], facts, occasion);
  }

  private async start(
    tx: Sql,
    context: PlanningContext,
    candidates: readonly DealFacts[],
    ordering: Ordering,
  ): Promise<readonly StoredPlan[]> {
    const orders = candidates.flatMap((facts) => {
      const order = ordering(facts);
      return order ? [{ dealId: facts.deal.id, order }] : [];
    });
    if (orders.length === 0) return [];
    const dealIds = orders.map(({ dealId }) => dealId);
    const past = await this.plans.countByDeals(tx, context.accountId, dealIds);
    const rows: readonly NewPlan[] = orders.map(({ dealId, order }) => ({
      ...order,
      dealId,
      planId: derivedId('plan', context.accountId, dealId, past.get(dealId) ?? 0),
    }));
    await this.plans.insert(tx, context.accountId, rows);
    return this.plans.lockByDeals(tx, context.accountId, dealIds);
  }
}

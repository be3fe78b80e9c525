import { Injectable } from '@nestjs/common';
import type { PlanStep, PlanTrigger } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { Metrics } from '../../infra/metrics.js';
import { retire, type PlanChange } from './plan-change.js';
import { PlanDeciding, type DecidedPlan, type PlanToDecide } from './plan-deciding.service.js';
import { PlanEffects } from './plan-effects.service.js';
import { PlanSaving } from './plan-saving.service.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';

/** Why a decision is made, and by whom. */
export interface Occasion {
  readonly trigger: PlanTrigger;
  /** A host user's id, or `system` / `host`. */
  readonly actor: string;
  /** Writing waits for this: of two batches under way the later one must not hold locks that the earlier one wants. */
  readonly after?: Promise<void>;
}

/** A locked plan, and its steps with what the caller changed about them. */
export interface PlanEdit {
  readonly stored: StoredPlan;
  readonly steps: readonly PlanStep[];
  readonly facts: DealFacts;
}

type Deals = ReadonlyMap<string, DealFacts>;

/**
 * Decides locked plans again and saves what changes, all in the caller's transaction: steps, history, the wishes for
 * the host's tasks, what else a plan asks for, and the news for open widgets.
 */
@Injectable()
export class PlanDecisions {
  constructor(
    private readonly deciding: PlanDeciding,
    private readonly saving: PlanSaving,
    private readonly effects: PlanEffects,
    private readonly metrics: Metrics,
  ) {}

  /** Returns the plans as they are now. A plan whose deal the mirror does not hold stays as it is. */
  async decide(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<readonly StoredPlan[]> {
    const done = this.metrics.planSeconds.startTimer();
    const { living, gone } = this.sorted(context, plans, deals);
    const decided = await this.deciding.decide(tx, context, living, occasion.after);
    const changes = [...changesOf(decided), ...gone];
    await this.saving.save(tx, context, changes, deals, occasion);
    await this.effects.callOff(
      tx,
      context,
      gone.map(({ before }) => before),
    );
    const begun = await this.effectsOf(tx, context, decided, deals, occasion);
    this.metrics.planDecisions.inc({ cause: occasion.trigger }, plans.length);
    done();
    const after = new Map(changes.map((change) => [change.after.planId, change.after]));
    return [...plans.map((plan) => after.get(plan.planId) ?? plan), ...begun];
  }

  /**
   * Plans that do not exist yet, decided and then written once. Returns those that were made, and the deals that another
   * process planned in the same moment.
   */
  async begin(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<{ readonly begun: readonly StoredPlan[]; readonly taken: readonly string[] }> {
    if (plans.length === 0) return { begun: [], taken: [] };
    const done = this.metrics.planSeconds.startTimer();
    const { living } = this.sorted(context, plans, deals);
    const decided = await this.deciding.decide(tx, context, living, occasion.after);
    const changes = changesOf(decided);
    const taken = new Set(await this.saving.saveNew(tx, context, changes, deals, occasion));
    const own = decided.filter(({ plan }) => !taken.has(plan.dealId));
    const further = await this.effectsOf(tx, context, own, deals, occasion);
    this.metrics.planDecisions.inc({ cause: occasion.trigger }, plans.length);
    done();
    const begun = changesOf(own).map((change) => change.after);
    return { begun: [...begun, ...further], taken: [...taken] };
  }

  /** Facts of these plans were changed by the caller: decided anew from them, and saved whatever comes out. */
  async decideEdited(
    tx: Sql,
    context: PlanningContext,
    edits: readonly PlanEdit[],
    occasion: Occasion,
  ): Promise<readonly StoredPlan[]> {
    const deals = new Map(edits.map(({ facts }) => [facts.deal.id, facts]));
    const living = edits
      .filter(({ facts }) => !facts.deleted)
      .map(({ stored, steps, facts }) => ({ plan: { ...stored, steps }, facts }));
    const decided = await this.deciding.decide(tx, context, living, occasion.after);
    const after = new Map(decided.map(({ plan, change }) => [plan.planId, change?.after]));
    const changes = edits.map(({ stored, steps, facts }) => {
      const edited = { ...stored, steps };
      const gone = facts.deleted ? retire(edited, 'dealDeleted', context.now)?.after : undefined;
      return against(stored, gone ?? after.get(stored.planId) ?? edited);
    });
    await this.saving.save(tx, context, changes, deals, occasion);
    await this.effectsOf(tx, context, decided, deals, occasion);
    return changes.map((change) => change.after);
  }

  async retire(
    tx: Sql,
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<void> {
    const changes = plans
      .map((plan) => retire(plan, 'switchedOff', context.now))
      .filter((change) => change !== null);
    await this.saving.save(tx, context, changes, deals, occasion);
    await this.effects.callOff(tx, context, plans);
  }

  /** Returns the plans that begin with it. */
  private async effectsOf(
    tx: Sql,
    context: PlanningContext,
    decided: readonly DecidedPlan[],
    deals: Deals,
    occasion: Occasion,
  ): Promise<readonly StoredPlan[]> {
    const fresh = await this.effects.apply(tx, context, decided);
    if (fresh.length === 0) return [];
    const order = { ...occasion, trigger: 'afterWon' } as const;
    return (await this.begin(tx, context, fresh, deals, order)).begun;
  }

  private sorted(
    context: PlanningContext,
    plans: readonly StoredPlan[],
    deals: Deals,
  ): { readonly living: readonly PlanToDecide[]; readonly gone: readonly PlanChange[] } {
    const known = plans.flatMap((plan) => {
      const facts = deals.get(plan.dealId);
      return facts ? [{ plan, facts }] : [];
    });
    return {
      living: known.filter(({ facts }) => !facts.deleted),
      gone: known
        .filter(({ facts }) => facts.deleted)
        .flatMap(({ plan }) => retire(plan, 'dealDeleted', context.now) ?? []),
    };
  }
}

function changesOf(decided: readonly DecidedPlan[]): readonly PlanChange[] {
  return decided.flatMap(({ change }) => change ?? []);
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

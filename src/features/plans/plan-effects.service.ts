import { Injectable } from '@nestjs/common';
import type { PlanEffect } from '../../domain/plans/types.js';
import { Changes } from '../../infra/changes.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox, type ActionWish } from '../../outbox/index.js';
import { AfterSaleStarts } from './after-sale-starts.service.js';
import type { DecidedPlan } from './plan-deciding.service.js';
import { claimOf, PlanEffectClaims } from './plan-effect.repository.js';
import { GuardKeeping } from './guard-keeping.service.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import type { PlanEvent, StoredPlan } from './stored-plan.js';

/** Every effect but turns, which the decision itself takes. */
type Wanted = Exclude<PlanEffect, { kind: 'turnTaken' }>;

interface Asked {
  readonly one: DecidedPlan;
  readonly effect: Wanted;
  readonly key: string;
}

/**
 * Carries out what decisions ask for besides steps: once each, whatever is decided again, all in the decision's
 * transaction. Where plans are switched off an effect is only remembered: nothing of it is made up for later.
 */
@Injectable()
export class PlanEffects {
  constructor(
    private readonly claims: PlanEffectClaims,
    private readonly guards: GuardKeeping,
    private readonly starts: AfterSaleStarts,
    private readonly plans: PlanRepository,
    private readonly actions: ActionOutbox,
    private readonly changes: Changes,
  ) {}

  /** Of plans that are saved. Returns plans for the time after the sale, to be decided and saved. */
  async apply(
    tx: Sql,
    context: PlanningContext,
    decided: readonly DecidedPlan[],
  ): Promise<readonly StoredPlan[]> {
    const guarded = await this.guards.keep(tx, context, decided);
    const claimed = await this.claimed(tx, context, decided, guarded.heldBack);
    const wanted = claimed.filter(({ one }) => isOn(one, context));
    const events = [...guarded.events, ...wanted.flatMap((asked) => eventsOf(asked, context))];
    await this.plans.addEvents(tx, context.accountId, events);
    const wishes = wanted.flatMap((asked) => wishesOf(asked, context));
    if (wishes.length > 0) await this.actions.want(tx, context.accountId, wishes);
    await this.tell(tx, context, events);
    return this.starts.plansFor(
      tx,
      context,
      wanted.flatMap(({ one, effect }) =>
        effect.kind === 'startPlan' ? [{ one, templateKey: effect.templateKey }] : [],
      ),
    );
  }

  /** Plans that end by our own hand: nothing that a guard wanted is done any more. */
  async callOff(tx: Sql, context: PlanningContext, plans: readonly StoredPlan[]): Promise<void> {
    await this.guards.callOff(tx, context, plans);
  }

  private async claimed(
    tx: Sql,
    context: PlanningContext,
    decided: readonly DecidedPlan[],
    heldBack: ReadonlySet<string>,
  ): Promise<readonly Asked[]> {
    const asked = decided.flatMap((one) =>
      one.decision.effects.flatMap((effect): Asked[] => {
        if (effect.kind === 'turnTaken') return [];
        // While the deal is being taken back from its success, that success starts nothing.
        if (effect.kind === 'startPlan' && heldBack.has(one.plan.planId)) return [];
        return [{ one, effect, key: keyOf(effect) }];
      }),
    );
    if (asked.length === 0) return [];
    const keys = asked.map(({ one, key }) => ({ planId: one.plan.planId, key }));
    const fresh = await this.claims.claim(tx, context.accountId, keys, context.now);
    return asked.filter(({ one, key }) => fresh.has(claimOf(one.plan.planId, key)));
  }

  /** Open widgets read again though no step changed. */
  private async tell(tx: Sql, { accountId }: PlanningContext, events: readonly PlanEvent[]): Promise<void> {
    const dealIds = new Set(events.map((event) => event.dealId));
    await this.changes.publish(
      tx,
      [...dealIds].map((dealId) => ({ accountId, dealId, revision: 0 })),
    );
  }
}

/** The same for the same effect for ever. */
function keyOf(effect: Wanted): string {
  switch (effect.kind) {
    case 'startPlan':
      return `start|${effect.templateKey}`;
    case 'joinDeal':
      return `join|${effect.stepKey}~${effect.visitSeq}|${effect.userId}`;
    case 'assignDeal':
      return `assign|${effect.stepKey}~${effect.visitSeq}|${effect.at}`;
    case 'proposeClose':
      return `close|${effect.stepKey}~${effect.visitSeq}|${effect.at}`;
  }
}

function isOn({ facts }: DecidedPlan, context: PlanningContext): boolean {
  return context.pipelinePlan(facts.deal.pipelineId) !== null;
}

function wishesOf({ one, effect, key }: Asked, { accountId }: PlanningContext): readonly ActionWish[] {
  const { planId, dealId } = one.plan;
  if (effect.kind !== 'assignDeal' && effect.kind !== 'joinDeal') return [];
  const kind = effect.kind === 'assignDeal' ? 'assign' : 'join';
  return [
    {
      key: actionKey(accountId, 'plan', planId, key),
      action: { kind, dealId, userId: effect.userId },
    },
  ];
}

function eventsOf({ one, effect }: Asked, { now }: PlanningContext): readonly PlanEvent[] {
  const { planId, dealId } = one.plan;
  const base = { planId, dealId, at: now, actor: 'system' };
  if (effect.kind === 'startPlan')
    return [{ ...base, kind: 'afterSale.asked', detail: { templateKey: effect.templateKey } }];
  const step = `${effect.stepKey}~${effect.visitSeq}`;
  if (effect.kind === 'proposeClose')
    return [{ ...base, kind: 'close.proposed', detail: { step, reason: effect.reason } }];
  const kind = effect.kind === 'assignDeal' ? 'deal.handedOver' : 'deal.joined';
  return [{ ...base, kind, detail: { step, userId: effect.userId } }];
}

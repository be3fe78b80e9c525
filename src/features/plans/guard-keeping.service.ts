import { Injectable } from '@nestjs/common';
import type { TemplateBody } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { actionKey, ActionOutbox, type ActionWish } from '../../outbox/index.js';
import type { DecidedPlan } from './plan-deciding.service.js';
import { guardChange, type GuardChange } from './plan-guards.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import type { PlanEvent, StandingGuard, StoredPlan } from './stored-plan.js';
import { rulesOf } from './template-rules.js';

/**
 * How long a return waits: who finishes the last step in the host and moves the deal in the same minute is heard in any
 * order, and a person who moves it back alone needs no help.
 */
export const RETURN_AFTER_MS = 20_000;

export interface KeptGuards {
  readonly events: readonly PlanEvent[];
  /** Plans whose deal is on its way back. */
  readonly heldBack: ReadonlySet<string>;
}

/** Guarded stages: what they say of a move is noted once, and the deal is taken back at most once for each move. */
@Injectable()
export class GuardKeeping {
  constructor(
    private readonly plans: PlanRepository,
    private readonly actions: ActionOutbox,
  ) {}

  async keep(tx: Sql, context: PlanningContext, decided: readonly DecidedPlan[]): Promise<KeptGuards> {
    const changes = decided.flatMap((one) => {
      const change = guardChange(one, context);
      return change ? [{ one, change }] : [];
    });
    if (changes.length > 0) await this.save(tx, context, changes);
    const now = new Map(changes.map(({ one, change }) => [one.plan.planId, change.guards]));
    const held = decided.filter(({ plan }) =>
      (now.get(plan.planId) ?? plan.guards).some((guard) => guard.kind === 'return' && !guard.returned),
    );
    return {
      events: changes.flatMap(({ one, change }) =>
        change.fresh.map((guard) => eventOf(one.plan, guard, context)),
      ),
      heldBack: new Set(held.map(({ plan }) => plan.planId)),
    };
  }

  /** What guards of these plans want and nobody carried out yet. */
  async callOff(tx: Sql, context: PlanningContext, plans: readonly StoredPlan[]): Promise<void> {
    const keys = plans.flatMap(({ planId, guards }) =>
      guards.flatMap((guard) => returnKeys(context.accountId, planId, guard)),
    );
    if (keys.length > 0) await this.actions.cancel(tx, context.accountId, keys);
  }

  private async save(
    tx: Sql,
    context: PlanningContext,
    changes: readonly { readonly one: DecidedPlan; readonly change: GuardChange }[],
  ): Promise<void> {
    const { accountId } = context;
    await this.plans.saveMarks(
      tx,
      accountId,
      changes.map(({ one, change }) => ({ ...one.plan, guards: change.guards })),
    );
    await this.callOff(
      tx,
      context,
      changes.map(({ one, change }) => ({ ...one.plan, guards: change.calledOff })),
    );
    const wishes = changes.flatMap(({ one, change }) =>
      change.fresh.flatMap((guard) => returnWishes(one, guard, context)),
    );
    if (wishes.length > 0) await this.actions.want(tx, accountId, wishes);
  }
}

function returnWishes(
  { plan, template }: DecidedPlan,
  guard: StandingGuard,
  { accountId, now }: PlanningContext,
): readonly ActionWish[] {
  if (guard.kind !== 'return') return [];
  const { planId, dealId } = plan;
  const { pipelineId, pipelineStageId: stageId } = guard;
  const [move = '', comment = ''] = returnKeys(accountId, planId, guard);
  const notBefore = now + RETURN_AFTER_MS;
  return [
    { key: move, action: { kind: 'moveStage', dealId, pipelineId, stageId }, notBefore },
    { key: comment, action: { kind: 'comment', dealId, text: commentOf(guard, template) }, notBefore },
  ];
}

/** Of the move back and of the comment that says why. */
export function returnKeys(
  accountId: string,
  planId: string,
  { stageKey, leftAt }: StandingGuard,
): readonly string[] {
  return ['return', 'returnComment'].map((what) => actionKey(accountId, what, planId, stageKey, leftAt));
}

function commentOf({ stageKey, missing }: StandingGuard, template: TemplateBody): string {
  const rules = rulesOf(template);
  const stage = template.stages.find((each) => each.key === stageKey)?.name ?? stageKey;
  const steps = missing.map((key) => `— ${rules.get(key)?.title ?? key}`);
  return [...WORDS[template.language](stage), ...steps, LAST[template.language]].join('\n');
}

const WORDS = {
  ru: (stage: string) => [`Сделка возвращена на этап «${stage}»: на нём остались обязательные шаги.`],
  en: (stage: string) => [`The deal is back at “${stage}”: required steps are still to be done there.`],
} as const;

const LAST = {
  ru: 'Закройте их результатом или пропустите сделку дальше с объяснением: это можно сделать в плане сделки.',
  en: 'Finish them with a result, or let the deal pass with a reason: both can be done in the deal’s plan.',
} as const;

function eventOf(plan: StoredPlan, guard: StandingGuard, { now }: PlanningContext): PlanEvent {
  const { stageKey, leftAt, missing, kind } = guard;
  const detail = { stageKey, leftAt, missing };
  return {
    planId: plan.planId,
    dealId: plan.dealId,
    at: now,
    actor: 'system',
    kind: `guard.${kind}`,
    detail,
  };
}

import { Injectable } from '@nestjs/common';
import { audit } from '../../infra/audit.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { ApiError } from '../../infra/http/api-error.js';
import { actionKey, ActionOutbox } from '../../outbox/index.js';
import { returnKeys } from './guard-keeping.service.js';
import { PlanDecisions } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import { PlanningContexts, type PlanningContext } from './planning-context.service.js';
import { disconnected } from './step-commands.service.js';
import type { DealFacts, MoveOverride, StandingGuard, StoredPlan } from './stored-plan.js';

/** As many as anybody looks back on; older ones are in the plan's history. */
const KEPT = 20;

/** People let a deal past a guarded stage, with a reason. */
@Injectable()
export class MoveOverrides {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly plans: PlanRepository,
    private readonly decisions: PlanDecisions,
    private readonly actions: ActionOutbox,
  ) {}

  /**
   * The move stands, and where the deal was taken back already it goes on to where the person had moved it. Rights to
   * the deal were checked; the reason is kept in the plan's history. Throws 409 when no guard holds the deal up.
   */
  async let(person: SessionClaims, facts: DealFacts, stageKey: string, reason: string): Promise<void> {
    const { accountId, userId } = person;
    const context = await this.contexts.of(accountId);
    if (!context) throw disconnected();
    await this.database.transaction(async (tx) => {
      const locked = await this.plans.lockByDeals(tx, accountId, [facts.deal.id]);
      const plan = locked.find((each) => each.guards.some((guard) => guard.stageKey === stageKey));
      const guard = plan?.guards.find((each) => each.stageKey === stageKey);
      if (!plan || !guard) throw notHeldUp();
      const nextMove = await this.takeBack(tx, context, plan, guard);
      const { leftAt, pipelineStageId } = guard;
      const override: MoveOverride = {
        ...{ stageKey, leftAt, pipelineStageId, nextMove, reason },
        by: userId,
        at: context.now,
      };
      const stored: StoredPlan = {
        ...plan,
        guards: plan.guards.filter((each) => each !== guard),
        overrides: [...plan.overrides, override].slice(-KEPT),
      };
      await this.plans.saveMarks(tx, accountId, [stored]);
      const base = { planId: plan.planId, dealId: plan.dealId, at: context.now, actor: userId };
      const detail = { stageKey, leftAt, reason, missing: guard.missing };
      await this.plans.addEvents(tx, accountId, [{ ...base, kind: 'guard.overridden', detail }]);
      const noted = { dealId: plan.dealId, stageKey, missing: guard.missing.length };
      await audit(tx, { accountId, actor: userId, action: 'guard.overridden', detail: noted });
      const occasion = { trigger: 'command', actor: userId } as const;
      await this.decisions.decideEdited(tx, context, [{ stored, steps: plan.steps, facts }], occasion);
    });
  }

  /** Whether the deal was taken back, or is on the way: then it is sent on again, after that. */
  private async takeBack(
    tx: Sql,
    { accountId }: PlanningContext,
    { planId, dealId }: StoredPlan,
    guard: StandingGuard,
  ): Promise<boolean> {
    if (guard.kind !== 'return') return false;
    const keys = returnKeys(accountId, planId, guard);
    const cancelled = await this.actions.cancel(tx, accountId, keys);
    if (cancelled.has(keys[0] ?? '')) return false;
    const key = actionKey(accountId, 'letPass', planId, guard.stageKey, guard.leftAt);
    const action = { kind: 'moveStage', dealId, ...guard.movedTo } as const;
    await this.actions.want(tx, accountId, [{ key, action }]);
    return true;
  }
}

function notHeldUp(): ApiError {
  return new ApiError(409, 'not-held-up', {
    ru: 'Сделку уже ничто не держит. Обновите план.',
    en: 'Nothing holds the deal up any more. Refresh the plan.',
  });
}

import { Inject, Injectable } from '@nestjs/common';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { finish } from '../../domain/plans/step-commands.js';
import { applyTaskFact } from '../../domain/plans/task-facts.js';
import type { PlanStep, TemplateStep } from '../../domain/plans/types.js';
import { CLOCK } from '../../infra/clock.js';
import type { Sql } from '../../infra/db/sql.js';
import type { TaskFact, TaskObservation } from '../../outbox/index.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { PlanDecisions, type PlanEdit } from './plan-decisions.service.js';
import { PlanRepository } from './plan.repository.js';
import type { PlanningContext } from './planning-context.service.js';
import { stepIdOf, type StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';
import { rulesOf } from './template-rules.js';

/** Facts about one step's task. */
export type Seen = Pick<TaskObservation, 'planId' | 'stepKey' | 'visitSeq' | 'dealId' | 'facts'>;

/** Turns facts into finished, reopened or edited steps, and decides their plans anew. */
@Injectable()
export class TaskFactsApplying {
  constructor(
    private readonly plans: PlanRepository,
    private readonly deals: DealFactsRepository,
    private readonly bodies: TemplateBodies,
    private readonly decisions: PlanDecisions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async apply(tx: Sql, context: PlanningContext, seen: readonly Seen[]): Promise<void> {
    if (seen.length === 0) return;
    const dealIds = [...new Set(seen.map((one) => one.dealId))];
    const plans = await this.plans.lockByDeals(tx, context.accountId, dealIds);
    const facts = await this.deals.load(tx, context.accountId, dealIds);
    const byPlan = Map.groupBy(seen, (one) => one.planId);
    const edits: PlanEdit[] = [];
    for (const plan of plans) {
      const deal = facts.get(plan.dealId);
      const steps = await this.edit(tx, context, plan, byPlan.get(plan.planId) ?? []);
      if (deal && steps !== null) edits.push({ stored: plan, steps, facts: deal });
    }
    if (edits.length === 0) return;
    await this.decisions.decideEdited(tx, context, edits, { trigger: 'event', actor: 'host' });
  }

  /** Null when nothing was news to the plan. */
  private async edit(
    tx: Sql,
    context: PlanningContext,
    plan: StoredPlan,
    seen: readonly Seen[],
  ): Promise<readonly PlanStep[] | null> {
    if (seen.length === 0) return null;
    const rules = rulesOf(await this.bodies.of(context.accountId, plan.templateId, plan.version, tx));
    const bySteps = Map.groupBy(seen, stepIdOf);
    let news = false;
    const steps = plan.steps.map((step) => {
      const rule = rules.get(step.stepKey);
      const own = (bySteps.get(stepIdOf(step)) ?? []).flatMap((one) => one.facts);
      const edited = rule ? own.reduce((so, fact) => this.applyFact(so, rule, fact), step) : step;
      news ||= edited !== step;
      return edited;
    });
    return news ? steps : null;
  }

  private applyFact(step: PlanStep, rule: TemplateStep, fact: TaskFact): PlanStep {
    const now = this.clock.now();
    switch (fact.kind) {
      case 'titleChanged':
        return step;
      case 'declined':
        return declined(step, fact.at, fact.by);
      case 'deadlineChanged':
        return applied(step, rule, { kind: 'dueChanged', at: fact.at, dueAt: fact.dueAt });
      case 'reopened':
        return applied(step, rule, { kind: 'reopened', at: fact.at, by: null });
      case 'deleted':
        return applied(step, rule, { kind: 'deleted', at: now, by: null });
      case 'completed':
      case 'resultWritten':
      case 'ownerChanged':
        return applied(step, rule, fact);
    }
  }
}

function applied(step: PlanStep, rule: TemplateStep, fact: Parameters<typeof applyTaskFact>[2]): PlanStep {
  const result = applyTaskFact(step, rule, fact);
  return result.kind === 'ok' ? result.step : step;
}

/** Closed without success in the host, where nobody asks for a reason. */
function declined(step: PlanStep, at: Instant, by: string | null): PlanStep {
  if (step.outcome || step.state === 'cancelled') return step;
  return finish(step, { kind: 'skipped', at, by, source: 'host', reason: '' }, at);
}

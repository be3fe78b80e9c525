import { Injectable } from '@nestjs/common';
import { decidePlan } from '../../domain/plans/planner.js';
import type { PlanDecision, PlanEffect, PlanInput, TemplateBody } from '../../domain/plans/types.js';
import type { Sql } from '../../infra/db/sql.js';
import { GroupTurns } from './group-turns.repository.js';
import { changeOf, type PlanChange } from './plan-change.js';
import { overridesOf } from './plan-guards.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, StoredPlan } from './stored-plan.js';
import { TemplateBodies } from './template-bodies.service.js';

/** A plan with what was decided of it. */
export interface DecidedPlan {
  readonly plan: StoredPlan;
  readonly template: TemplateBody;
  readonly facts: DealFacts;
  readonly decision: PlanDecision;
  /** Null when nothing of the plan changes. */
  readonly change: PlanChange | null;
}

export interface PlanToDecide {
  readonly plan: StoredPlan;
  readonly facts: DealFacts;
}

type Turns = ReadonlyMap<string, number>;

/** Decides plans without saving anything but the turns of groups that the decisions take. */
@Injectable()
export class PlanDeciding {
  constructor(
    private readonly bodies: TemplateBodies,
    private readonly turns: GroupTurns,
  ) {}

  /**
   * In the order given. Turns are counted under a lock that lasts until the transaction ends: what is decided with a
   * turn is decided once more with the count as it is then, so that no two processes give out the same one. `after` is
   * awaited before the lock is taken.
   */
  async decide(
    tx: Sql,
    context: PlanningContext,
    plans: readonly PlanToDecide[],
    after?: Promise<void>,
  ): Promise<readonly DecidedPlan[]> {
    const decided: DecidedPlan[] = [];
    for (const { plan, facts } of plans) {
      const template = await this.bodies.of(context.accountId, plan.templateId, plan.version, tx);
      decided.push(decideOne(context, plan, facts, template));
    }
    const groups = decided.flatMap(({ decision }) => turnsOf(decision).map(({ group }) => group));
    if (groups.length === 0) return decided;
    await after;
    const turns = await this.turns.lock(tx, context.accountId, groups);
    const again = decided.map((one) => {
      if (turnsOf(one.decision).length === 0) return one;
      const fresh = decideOne(context, one.plan, one.facts, one.template, turns);
      for (const { group, advance } of turnsOf(fresh.decision))
        turns.set(group, (turns.get(group) ?? 0) + advance);
      return fresh;
    });
    await this.turns.save(tx, context.accountId, turns);
    return again;
  }
}

function decideOne(
  context: PlanningContext,
  plan: StoredPlan,
  facts: DealFacts,
  template: TemplateBody,
  turns?: Turns,
): DecidedPlan {
  const decision = decidePlan(inputOf(context, plan, facts, template, turns));
  return { plan, facts, template, decision, change: changeOf(plan, decision, context.now) };
}

function turnsOf({ effects }: PlanDecision): readonly Extract<PlanEffect, { kind: 'turnTaken' }>[] {
  return effects.filter((effect) => effect.kind === 'turnTaken');
}

/** What of a stored plan its decision depends on. A plan that is only tried out has no history. */
export type PlanBasis = Pick<StoredPlan, 'templateId' | 'version' | 'startedAt' | 'steps' | 'pause'> &
  Partial<Pick<StoredPlan, 'pauses' | 'overrides'>>;

/** What the planner is asked about a plan; `template` is the body of the plan's version. */
export function inputOf(
  context: PlanningContext,
  plan: PlanBasis,
  facts: DealFacts,
  template: TemplateBody,
  turns?: Turns,
): PlanInput {
  const { deal, visits } = facts;
  const { pauses = [], overrides = [] } = plan;
  const people = context.people.of(deal);
  return {
    template,
    stageMap: context.stageMap(template, plan.templateId, plan.version, deal.pipelineId),
    deal,
    visits,
    startedAt: plan.startedAt,
    steps: plan.steps,
    pause: plan.pause,
    people: turns ? { ...people, groups: withTurns(people.groups, turns) } : people,
    now: context.now,
    fieldMap: context.company.fieldMap,
    ...(pauses.length > 0 ? { pauses } : {}),
    ...(overrides.length > 0 ? { overrides: overridesOf(overrides, visits) } : {}),
  };
}

function withTurns(groups: PlanInput['people']['groups'] = new Map(), turns: Turns): typeof groups {
  return new Map(
    [...groups].map(([key, group]) => [key, { ...group, turns: turns.get(key) ?? group.turns }]),
  );
}

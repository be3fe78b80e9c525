import { SAME_MOVE_MS } from '../crm/visits.js';
import type { DealWay } from './deal-way.js';
import type { GuardVerdict } from './plan-decision.types.js';
import type { PlanInput, PlanStep } from './plan.types.js';
import { stepId } from './step-id.js';
import type { IndexedStage, TemplateIndex } from './template-index.js';

export interface GuardFacts {
  readonly index: TemplateIndex;
  readonly way: DealWay;
  readonly overrides: NonNullable<PlanInput['overrides']>;
  readonly decided: ReadonlyMap<string, PlanStep>;
  /** Keys of steps that their condition keeps out of the plan. */
  readonly out: ReadonlyMap<string, unknown>;
}

/**
 * What guarded stages say of the deal's last move: only when it went forward, and only of required steps of the visit
 * that just ended. Going back, to a stage aside or to the loss is never held up.
 */
export function guardVerdicts(facts: GuardFacts): readonly GuardVerdict[] {
  const { way, index } = facts;
  const { left, enteredAt } = way;
  if (left === null || enteredAt === null) return [];
  return left.stageKeys.flatMap((key) => {
    const stage = index.stageByKey.get(key);
    const guard = stage?.stage.guard ?? 'off';
    if (!stage || guard === 'off' || !wentForward(stage, facts) || isOverridden(key, facts)) return [];
    const missing = missingSteps(stage, facts);
    if (missing.length === 0) return [];
    const { pipelineStageId } = left;
    return [{ kind: guard, stageKey: key, pipelineStageId, leftAt: enteredAt, missing }];
  });
}

/** Still in the stage (neighbours of the pipeline may share it) is not forward. */
function wentForward(stage: IndexedStage, { way, index }: GuardFacts): boolean {
  if (way.current.includes(stage.stage.key)) return false;
  if (way.closed) return way.closed.as === 'won';
  const from = placeOf(stage, index);
  return way.current.some((key) => {
    const to = index.stageByKey.get(key);
    return to !== undefined && isOnward(to) && placeOf(to, index) > from;
  });
}

function isOnward({ stage }: IndexedStage): boolean {
  return stage.kind === 'open' || stage.kind === 'won' || stage.kind === 'afterSale';
}

function placeOf(stage: IndexedStage, index: TemplateIndex): number {
  return index.stages.indexOf(stage);
}

/** The host's history may still correct the moment of the move by a second or two. */
function isOverridden(stageKey: string, { way, overrides }: GuardFacts): boolean {
  return overrides.some(
    (override) =>
      override.stageKey === stageKey && Math.abs(override.leftAt - (way.enteredAt ?? 0)) <= SAME_MOVE_MS,
  );
}

/** Not demanded on this visit, or no part of the plan: nothing that anybody could be blamed for. */
const NOT_DEMANDED: ReadonlySet<string> = new Set(['reentryNothing', 'closingSkipped', 'notInPlan']);

function missingSteps(stage: IndexedStage, { way, decided, out }: GuardFacts): readonly string[] {
  const visits = way.runs.get(stage.stage.key)?.length ?? 1;
  return stage.stage.steps
    .filter((rule) => rule.required && !out.has(rule.key))
    .filter((rule) => {
      const step = decided.get(stepId(rule.key, rule.reentry === 'newPass' ? visits : 1));
      return step !== undefined && step.outcome === null && !NOT_DEMANDED.has(step.because.code);
    })
    .map((rule) => rule.key);
}

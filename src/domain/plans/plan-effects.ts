import type { Instant } from '../crm/time.js';
import type { PlanEffect } from './plan-decision.types.js';
import type { PlanStatus, PlanStep } from './plan.types.js';
import { receiverOf, type OwnerFacts } from './step-owner.js';
import type { TemplateIndex } from './template-index.js';
import type { TemplateBody, TemplateStep } from './template.types.js';

export interface EffectFacts {
  readonly template: TemplateBody;
  readonly index: TemplateIndex;
  readonly status: PlanStatus;
  readonly steps: readonly PlanStep[];
  readonly owners: OwnerFacts;
}

/** What the plan asks for besides its steps, in the order of the steps; turns are told by the steps that take them. */
export function effectsOf(facts: EffectFacts): readonly PlanEffect[] {
  return facts.index.hasEffects ? [...ofSteps(facts), ...startsOf(facts)] : startsOf(facts);
}

function startsOf({ template, status }: EffectFacts): readonly PlanEffect[] {
  if (status.kind !== 'closed' || status.as !== 'won' || template.purpose === 'afterSale') return [];
  return (template.afterWon ?? []).map((templateKey) => ({ kind: 'startPlan', templateKey }));
}

function ofSteps(facts: EffectFacts): readonly PlanEffect[] {
  const effects: (PlanEffect | null)[] = [];
  for (const step of facts.steps) {
    const rule = facts.index.stepByKey.get(step.stepKey)?.step;
    if (rule) effects.push(joinOf(step, rule, facts), closeOf(step, rule, facts.status));
  }
  return [...effects, lastHandOver(facts)].filter((effect) => effect !== null);
}

function joinOf(step: PlanStep, rule: TemplateStep, { owners }: EffectFacts): PlanEffect | null {
  if (rule.handOver?.mode !== 'gradual' || step.state !== 'actionable') return null;
  const userId = step.handTo;
  if (userId === undefined || userId === owners.deal.ownerId) return null;
  return { kind: 'joinDeal', stepKey: step.stepKey, visitSeq: step.visitSeq, userId };
}

function closeOf(step: PlanStep, rule: TemplateStep, status: PlanStatus): PlanEffect | null {
  const { outcome, stepKey, visitSeq } = step;
  if (status.kind === 'closed' || outcome?.kind !== 'failed' || outcome.exhausted !== true) return null;
  if (rule.repeat?.exhausted.closeDeal !== true) return null;
  return { kind: 'proposeClose', stepKey, visitSeq, reason: outcome.reason, at: outcome.at };
}

/** Of several hand-overs the last one counts: an older one must not take the deal back. */
function lastHandOver({ steps, index, owners }: EffectFacts): PlanEffect | null {
  let last: { readonly step: PlanStep; readonly rule: TemplateStep; readonly at: Instant } | null = null;
  for (const step of steps) {
    const rule = index.stepByKey.get(step.stepKey)?.step;
    if (!rule?.handOver || step.outcome?.kind !== 'done') continue;
    const { at } = step.outcome;
    if (last === null || at >= last.at) last = { step, rule, at };
  }
  if (!last?.rule.handOver) return null;
  const { stepKey, visitSeq, handTo } = last.step;
  const userId = handTo ?? receiverOf(last.rule.handOver.to, owners);
  if (userId === null || userId === owners.deal.ownerId) return null;
  return { kind: 'assignDeal', stepKey, visitSeq, userId, at: last.at };
}

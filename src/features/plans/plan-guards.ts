import type { StageVisit } from '../../domain/crm/records.js';
import { SAME_MOVE_MS } from '../../domain/crm/visits.js';
import type {
  GuardVerdict,
  PlanDecision,
  PlanInput,
  PlanStep,
  TemplateBody,
} from '../../domain/plans/types.js';
import type { PlanningContext } from './planning-context.service.js';
import type { DealFacts, MoveOverride, StandingGuard, StoredPlan } from './stored-plan.js';

/**
 * Moves that people let be. Where the deal had been taken back before somebody gave the reason, the next move out of the
 * stage is let be as well: it is the same wish, carried out a second time.
 */
export function overridesOf(
  overrides: readonly MoveOverride[],
  visits: readonly StageVisit[],
): NonNullable<PlanInput['overrides']> {
  return overrides.flatMap(({ stageKey, leftAt, pipelineStageId, nextMove }) => {
    const next = nextMove ? nextLeaving(visits, pipelineStageId, leftAt) : null;
    return [{ stageKey, leftAt }, ...(next === null ? [] : [{ stageKey, leftAt: next }])];
  });
}

function nextLeaving(visits: readonly StageVisit[], stageId: string, after: number): number | null {
  const times = visits
    .filter((visit) => visit.stageId === stageId && visit.enteredAt > after - SAME_MOVE_MS)
    .map((visit) => visit.leftAt)
    .filter((at) => at !== null && at > after + SAME_MOVE_MS);
  return times.length === 0 ? null : Math.min(...times.map(Number));
}

/** What becomes of a plan's guards with a decision. */
export interface GuardChange {
  readonly guards: readonly StandingGuard[];
  /** Verdicts on a move that this decision is the first to see. */
  readonly fresh: readonly StandingGuard[];
  /** No longer true before they were settled: what they asked for is called off. */
  readonly calledOff: readonly StandingGuard[];
}

interface JudgedPlan {
  readonly plan: StoredPlan;
  readonly decision: PlanDecision;
  readonly facts: DealFacts;
  readonly template: TemplateBody;
}

/**
 * Only the decision that sees a move judges it: a step that is opened again weeks later, or a guard that a new version
 * brings, says nothing of moves that were let pass. Null when nothing changes.
 */
export function guardChange(
  { plan, decision, facts, template }: JudgedPlan,
  context: PlanningContext,
): GuardChange | null {
  if (plan.guards.length === 0 && decision.guards.length === 0) return null;
  const seesMove = plan.revision > 0 && plan.stageKey !== decision.stageKey;
  const isOn = context.pipelinePlan(facts.deal.pipelineId) !== null;
  const known = plan.guards.map((guard) => ({ guard, now: standing(guard, decision, facts, template) }));
  const fresh = decision.guards
    .filter((verdict) => seesMove && isOn && !plan.guards.some((guard) => sameMove(guard, verdict)))
    .map((verdict) => standingGuard(verdict, facts, context));
  const kept = known.flatMap(({ now }) => (now === null ? [] : [now]));
  const calledOff = known
    .filter(({ guard, now }) => !guard.returned && (now === null || now.returned))
    .map(({ guard }) => guard);
  const changed = fresh.length > 0 || known.some(({ guard, now }) => guard !== now);
  return changed ? { guards: [...kept, ...fresh], fresh, calledOff } : null;
}

/** The guard as it is after the decision; null when it is settled. */
function standing(
  guard: StandingGuard,
  decision: PlanDecision,
  { deal }: DealFacts,
  template: TemplateBody,
): StandingGuard | null {
  if (decision.guards.some((verdict) => sameMove(guard, verdict))) return guard;
  if (guard.kind !== 'return') return null;
  if (deal.stageKind === 'open' && deal.stageId === guard.pipelineStageId) {
    if (missingOf(guard, decision).every((step) => step.state === 'cancelled')) return null;
    return guard.returned ? guard : { ...guard, returned: true };
  }
  // Moving on twice in a moment is no way past the guard.
  const goesOn = !guard.returned && isBehind(guard.stageKey, decision, deal, template);
  return goesOn && missingOf(guard, decision).length > 0 ? guard : null;
}

function missingOf({ missing }: StandingGuard, { steps }: PlanDecision): readonly PlanStep[] {
  return steps.filter((step) => missing.includes(step.stepKey) && step.outcome === null);
}

function isBehind(
  stageKey: string,
  decision: PlanDecision,
  deal: DealFacts['deal'],
  { stages }: TemplateBody,
): boolean {
  if (deal.stageKind !== 'open') return deal.stageKind === 'won';
  const place = (key: string | null): number => stages.findIndex((stage) => stage.key === key);
  const now = stages[place(decision.stageKey)];
  return now?.kind === 'open' && place(decision.stageKey) > place(stageKey);
}

function sameMove(guard: GuardVerdict, verdict: GuardVerdict): boolean {
  return guard.stageKey === verdict.stageKey && Math.abs(guard.leftAt - verdict.leftAt) <= SAME_MOVE_MS;
}

function standingGuard(
  verdict: GuardVerdict,
  { deal, visits }: DealFacts,
  { now }: PlanningContext,
): StandingGuard {
  const left = visits.findLast((visit) => visit.stageId === verdict.pipelineStageId);
  return {
    ...verdict,
    pipelineId: left?.pipelineId ?? deal.pipelineId,
    movedTo: { pipelineId: deal.pipelineId, stageId: deal.stageId },
    at: now,
    returned: false,
  };
}

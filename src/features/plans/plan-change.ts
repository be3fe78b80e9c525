import { isDeepStrictEqual } from 'node:util';
import type { Instant } from '../../domain/crm/time.js';
import type { PlanDecision, PlanStep } from '../../domain/plans/types.js';
import { stepIdOf, type CloseReason, type PlanEvent, type StoredPlan } from './stored-plan.js';

/** What a decision changes in a stored plan. */
export interface PlanChange {
  readonly before: StoredPlan;
  readonly after: StoredPlan;
  /** Changed or new steps with their place in the plan. */
  readonly steps: readonly {
    readonly position: number;
    readonly before: PlanStep | undefined;
    readonly step: PlanStep;
  }[];
  /** Steps that the plan has no more and need not remember: nobody ever did anything about them. Absent: none. */
  readonly gone?: readonly PlanStep[];
}

/** An unknown stage may be a new one that the mirror brings in a moment; asking more often than this helps nobody. */
const UNKNOWN_STAGE_RETRY_MS = 5 * 60_000;

/** The plan after a decision; null when nothing changes. A plan never decided before always changes. */
export function changeOf(before: StoredPlan, decision: PlanDecision, now: Instant): PlanChange | null {
  const { status, stageKey } = decision;
  const closed = status.kind === 'closed';
  const unknownStage = stageKey === null && !closed ? now + UNKNOWN_STAGE_RETRY_MS : null;
  const head = {
    state: status.kind,
    closedAt: closed ? status.at : null,
    closeReason: closed ? status.as : null,
    stageKey,
    nextDecisionAt: decision.wakeAt ?? unknownStage,
  } as const;
  return changed(before, head, decision.steps);
}

/**
 * The plan brought onto another version of its template: `steps` are what the decision was made from, and steps of the
 * stored plan that are not in its answer are gone.
 */
export function versionChange(
  stored: StoredPlan,
  version: number,
  decision: PlanDecision,
  now: Instant,
): PlanChange {
  const head = changeOf({ ...stored, revision: 0 }, decision, now)?.after ?? stored;
  const after = { ...head, version, revision: stored.revision + 1 };
  const old = new Map(stored.steps.map((step) => [stepIdOf(step), step]));
  const left = new Set(after.steps.map(stepIdOf));
  return {
    before: stored,
    after,
    // Places in the plan follow the template: every step is written again.
    steps: after.steps.map((step, position) => ({ position, before: old.get(stepIdOf(step)), step })),
    gone: stored.steps.filter((step) => !left.has(stepIdOf(step))),
  };
}

/** A step without a place in the plan: its task is closed with that reason. */
export function withdrawn(step: PlanStep, now: Instant): PlanStep {
  return cancelOpen(step, now);
}

/** Ends a plan whose deal is gone or whose pipeline was switched off: what was open is cancelled, facts stay. */
export function retire(
  before: StoredPlan,
  reason: Extract<CloseReason, 'dealDeleted' | 'switchedOff'>,
  now: Instant,
) {
  if (before.closeReason === reason) return null;
  const steps = before.steps.map((step) => cancelOpen(step, now));
  const head = {
    state: 'closed',
    closedAt: now,
    closeReason: reason,
    stageKey: before.stageKey,
    nextDecisionAt: null,
  } as const;
  return changed(before, head, steps);
}

/** Events for the plan's history. Steps that a new plan is born with are not events. */
export function eventsOf(change: PlanChange, actor: string, now: Instant): readonly PlanEvent[] {
  const { before, after } = change;
  const base = { planId: after.planId, dealId: after.dealId, at: now, actor };
  if (before.revision === 0) {
    return [
      { ...base, kind: 'planStarted', detail: { trigger: after.trigger, templateId: after.templateId } },
    ];
  }
  const events: PlanEvent[] = [];
  const migrated = before.version !== after.version;
  if (migrated) {
    events.push({ ...base, kind: 'planMigrated', detail: { from: before.version, to: after.version } });
  }
  if (before.state !== after.state || before.closeReason !== after.closeReason) {
    events.push({ ...base, kind: `plan.${after.state}`, detail: { reason: after.closeReason } });
  }
  for (const { before: old, step } of change.steps) {
    // What a version brings with it is no event, as with a new plan.
    if (old?.state === step.state || (migrated && !old)) continue;
    const detail = { step: stepIdOf(step), from: old?.state ?? null, because: step.because.code };
    events.push({ ...base, kind: `step.${step.state}`, detail });
  }
  return events;
}

type Head = Pick<StoredPlan, 'state' | 'closedAt' | 'closeReason' | 'stageKey' | 'nextDecisionAt'>;

function changed(before: StoredPlan, head: Head, decided: readonly PlanStep[]): PlanChange | null {
  const old = new Map(before.steps.map((step) => [stepIdOf(step), step]));
  const steps = decided
    .map((step, position) => ({ position, before: old.get(stepIdOf(step)), step }))
    .filter((each) => each.before === undefined || !sameStep(each.before, each.step));
  const sameHead =
    before.state === head.state &&
    before.closedAt === head.closedAt &&
    before.closeReason === head.closeReason &&
    before.stageKey === head.stageKey &&
    before.nextDecisionAt === head.nextDecisionAt;
  if (steps.length === 0 && sameHead && before.revision > 0) return null;
  return { before, after: { ...before, ...head, steps: decided, revision: before.revision + 1 }, steps };
}

/** The database hands JSON back with its keys in another order, so texts would differ where values do not. */
function sameStep(a: PlanStep, b: PlanStep): boolean {
  return isDeepStrictEqual(a, b);
}

function cancelOpen(step: PlanStep, now: Instant): PlanStep {
  const open = step.state === 'future' || step.state === 'waiting' || step.state === 'actionable';
  if (!open) return step;
  const because = { code: 'notInPlan', params: { stageKey: step.stageKey, at: now } } as const;
  return { ...step, state: 'cancelled', because, startAt: null, notes: [] };
}

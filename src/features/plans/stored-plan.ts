import type { Deal, StageVisit } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import type { PlanStep, PlanTrigger } from '../../domain/plans/types.js';

/** Why a plan is closed: its deal's end, or ours. A plan closed by `switchedOff` never comes back. */
export type CloseReason = 'won' | 'lost' | 'reopened' | 'dealDeleted' | 'switchedOff';

export interface PlanPause {
  readonly since: Instant;
  readonly until: Instant | null;
  readonly reason: string;
}

/** A plan as stored, with all its steps in the template's order. */
export interface StoredPlan {
  readonly planId: string;
  readonly dealId: string;
  readonly templateId: string;
  readonly version: number;
  readonly state: 'active' | 'paused' | 'closed';
  readonly trigger: PlanTrigger;
  readonly startedAt: Instant;
  readonly closedAt: Instant | null;
  readonly closeReason: CloseReason | null;
  readonly revision: number;
  readonly stageKey: string | null;
  readonly nextDecisionAt: Instant | null;
  readonly pause: PlanPause | null;
  readonly steps: readonly PlanStep[];
}

/** What the mirror knows of a deal that a plan depends on. */
export interface DealFacts {
  readonly deal: Deal;
  readonly visits: readonly StageVisit[];
  /** A tombstone: the deal is gone in the host. */
  readonly deleted: boolean;
}

/** One thing that happened to a plan, for its history. */
export interface PlanEvent {
  readonly planId: string;
  readonly dealId: string;
  readonly at: Instant;
  /** A host user's id, or `system` / `host`. */
  readonly actor: string;
  readonly kind: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Identity of a step in its plan, as the interface names it. */
export function stepIdOf(step: Pick<PlanStep, 'stepKey' | 'visitSeq'>): string {
  return `${step.stepKey}~${step.visitSeq}`;
}

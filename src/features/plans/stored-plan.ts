import type { Deal, StageVisit } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import type { GuardVerdict, PastPause, PausePlan, PlanStep, PlanTrigger } from '../../domain/plans/types.js';

/** Why a plan is closed: its deal's end, or ours. A plan closed by `switchedOff` never comes back. */
export type CloseReason = 'won' | 'lost' | 'reopened' | 'dealDeleted' | 'switchedOff';

/** A move past a guard that a person let be, with a reason. */
export interface MoveOverride {
  /** The template stage that was left. */
  readonly stageKey: string;
  readonly leftAt: Instant;
  readonly pipelineStageId: string;
  /** The deal had been taken back by then: the next move out of that stage is let be, too. */
  readonly nextMove: boolean;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/** What a guard said of the deal's last move, until that is settled one way or another. */
export interface StandingGuard extends GuardVerdict {
  readonly pipelineId: string;
  /** Where the move had taken the deal. */
  readonly movedTo: { readonly pipelineId: string; readonly stageId: string };
  readonly at: Instant;
  /** The deal stands where it was taken back to, or a person took it there. */
  readonly returned: boolean;
}

/** A plan as stored, with all its steps in the template's order. */
export interface StoredPlan {
  readonly planId: string;
  readonly dealId: string;
  readonly templateId: string;
  readonly version: number;
  readonly state: 'active' | 'paused' | 'closed';
  readonly trigger: PlanTrigger;
  /** A deal has one living plan of its sale, and may have several after it. */
  readonly purpose: 'sale' | 'afterSale';
  readonly startedAt: Instant;
  readonly closedAt: Instant | null;
  readonly closeReason: CloseReason | null;
  readonly revision: number;
  readonly stageKey: string | null;
  readonly nextDecisionAt: Instant | null;
  /** Set last by a person; also when it is over by itself. */
  readonly pause: PausePlan | null;
  /** Those that are over. */
  readonly pauses: readonly PastPause[];
  readonly overrides: readonly MoveOverride[];
  readonly guards: readonly StandingGuard[];
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

/** The same for the interface: a step of a plan after the sale names its plan, for the sale's may have one like it. */
export function stepPlaceOf(
  { planId, purpose }: Pick<StoredPlan, 'planId' | 'purpose'>,
  step: Pick<PlanStep, 'stepKey' | 'visitSeq'>,
): string {
  return purpose === 'sale' ? stepIdOf(step) : `${stepIdOf(step)}~${planId}`;
}

/** What `stepPlaceOf` made; `planId` null: not named. */
export function readStepPlace(text: string): { readonly stepId: string; readonly planId: string | null } {
  const [key = '', seq = '', planId] = text.split('~');
  return { stepId: `${key}~${seq}`, planId: planId ?? null };
}

/** A plan that was never decided nor saved, besides what tells it apart. */
export const UNDECIDED = {
  state: 'active',
  closedAt: null,
  closeReason: null,
  revision: 0,
  stageKey: null,
  nextDecisionAt: null,
  pause: null,
  pauses: [],
  overrides: [],
  guards: [],
  steps: [],
} as const;

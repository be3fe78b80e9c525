import type { PastPause, PausePlan, PlanStep, PlanTrigger } from '../../domain/plans/types.js';
import type { CloseReason, MoveOverride, StandingGuard, StoredPlan } from './stored-plan.js';

/** The head of a plan as SQL gives it. */
export interface PlanRow {
  readonly plan_id: string;
  readonly deal_id: string;
  readonly template_id: string;
  readonly version: number;
  readonly state: string;
  readonly trigger: string;
  readonly started_at: Date;
  readonly closed_at: Date | null;
  readonly close_reason: string | null;
  readonly revision: number;
  readonly stage_key: string | null;
  readonly next_decision_at: Date | null;
  readonly purpose: string;
  readonly pause: PausePlan | null;
  readonly pauses: readonly PastPause[] | null;
  readonly overrides: readonly MoveOverride[] | null;
  readonly guards: readonly StandingGuard[] | null;
}

export const PLAN_COLUMNS = `plan_id, deal_id, template_id, version, state, trigger, started_at, closed_at, close_reason, revision,
  stage_key, next_decision_at, purpose, pause, pauses, overrides, guards`;

export function toPlan(row: PlanRow, steps: readonly PlanStep[]): StoredPlan {
  return {
    planId: row.plan_id,
    dealId: row.deal_id,
    templateId: row.template_id,
    version: row.version,
    state: row.state as StoredPlan['state'],
    trigger: row.trigger as PlanTrigger,
    startedAt: row.started_at.getTime(),
    closedAt: row.closed_at?.getTime() ?? null,
    closeReason: row.close_reason as CloseReason | null,
    revision: row.revision,
    stageKey: row.stage_key,
    nextDecisionAt: row.next_decision_at?.getTime() ?? null,
    purpose: row.purpose === 'afterSale' ? 'afterSale' : 'sale',
    pause: row.pause,
    pauses: row.pauses ?? [],
    overrides: row.overrides ?? [],
    guards: row.guards ?? [],
    steps,
  };
}

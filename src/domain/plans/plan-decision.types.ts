import type { Instant } from '../crm/time.js';
import type { PlanStatus, PlanStep } from './plan.types.js';

/** What a guarded stage says of the deal's last move. */
export interface GuardVerdict {
  readonly kind: 'alert' | 'return';
  /** The template stage that was left. */
  readonly stageKey: string;
  /** The stage of the pipeline to which `return` takes the deal. */
  readonly pipelineStageId: string;
  readonly leftAt: Instant;
  /** Keys of the required steps of that visit which are not finished. */
  readonly missing: readonly string[];
}

/**
 * What a decision asks for besides the steps. The same facts ask for the same effects, decision after decision: who
 * carries them out keeps keys (`stepKey`, `visitSeq` and, where there is one, `at`). Only `turnTaken` is told once, by
 * the decision that takes the turn, together with the fact `turnOf` or `handTo` that has to be saved with it.
 */
export type PlanEffect =
  /** The deal's responsible becomes the user. Of several hand-overs only the last one done. */
  | {
      readonly kind: 'assignDeal';
      readonly stepKey: string;
      readonly visitSeq: number;
      readonly userId: string;
      /** When the step was done. */
      readonly at: Instant;
    }
  | {
      readonly kind: 'joinDeal';
      readonly stepKey: string;
      readonly visitSeq: number;
      readonly userId: string;
    }
  | { readonly kind: 'startPlan'; readonly templateKey: string }
  | {
      readonly kind: 'proposeClose';
      readonly stepKey: string;
      readonly visitSeq: number;
      readonly reason: string;
      /** When the last try came to nothing. */
      readonly at: Instant;
    }
  | {
      readonly kind: 'turnTaken';
      readonly group: string;
      readonly stepKey: string;
      readonly visitSeq: number;
      readonly userId: string;
      /** By how much the group's `turns` grow: one, and one for each who was skipped. */
      readonly advance: number;
    };

/** The whole desired plan. Saving it and deciding again with the same facts gives the same value. */
export interface PlanDecision {
  readonly status: PlanStatus;
  /** Template stage where the work is now; null when the deal's stage is unknown to the map. */
  readonly stageKey: string | null;
  /** In the template's order, then by pass. */
  readonly steps: readonly PlanStep[];
  /** When to decide again without an event (a step's time comes, a pause ends); null when never. */
  readonly wakeAt: Instant | null;
  /** Empty unless the last move left a guarded stage with required steps undone. */
  readonly guards: readonly GuardVerdict[];
  readonly effects: readonly PlanEffect[];
}

import type { Instant } from '../domain/crm/time.js';
import type { FailureCause } from '../domain/plans/plan.types.js';

/** Nest token under which the plans' module provides `PlanCommands` to the other features. */
export const PLAN_COMMANDS = Symbol('PlanCommands');

/** What a head, a seller's answer or the evening closing does with a plan's step. `by` is a host user id. */
export type StepOrder =
  | { readonly kind: 'done'; readonly result?: string }
  | {
      readonly kind: 'fail';
      readonly cause: FailureCause;
      readonly reason: string;
      readonly reasonKey?: string;
    }
  | { readonly kind: 'reschedule'; readonly dueAt: Instant; readonly reason: string }
  | { readonly kind: 'reassign'; readonly userId: string };

export type OrderOutcome =
  | { readonly kind: 'ok' }
  /** `code` is one of the plans' refusals; `text` says it in the asked language. */
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

/** Of one plan: what deadlines rested on before they were counted anew. Plain data, kept by whoever may undo it. */
export interface FormerDeadlines {
  readonly planId: string;
  readonly dealId: string;
  readonly pauses: readonly { readonly since: Instant; readonly until: Instant }[];
  /** Deadlines that were set by hand, by `stepKey~visitSeq`. */
  readonly dues: Readonly<Record<string, { readonly dueAt: Instant; readonly reason?: string }>>;
}

/**
 * Changes of plans by other features. Every method decides the plan anew, writes its history and the wishes for the
 * host; rights are the caller's to check. Ids of deals without an open plan are passed over.
 */
export interface PlanCommands {
  /** `stepId` is `stepKey~visitSeq`. */
  step(
    accountId: string,
    place: { readonly dealId: string; readonly stepId: string },
    order: StepOrder,
    by: string,
    language: 'ru' | 'en',
  ): Promise<OrderOutcome>;
  /** Open steps of these deals become this person's, wherever they were the former owner's. Returns the deals touched. */
  reassign(
    accountId: string,
    dealIds: readonly string[],
    userId: string,
    by: string,
  ): Promise<readonly string[]>;
  /** Deadlines of open steps are counted anew from now, keeping their distances; edits by hand are let go. */
  replan(accountId: string, dealIds: readonly string[], by: string): Promise<readonly FormerDeadlines[]>;
  /** As it was before `replan`; what was set by hand or paused since then stays. Returns the deals touched. */
  undoReplan(accountId: string, former: readonly FormerDeadlines[], by: string): Promise<readonly string[]>;
  /** Pauses the plans until `until` (null: until resumed); `pause` null resumes. */
  pause(
    accountId: string,
    dealIds: readonly string[],
    pause: { readonly until: Instant | null; readonly reason: string } | null,
    by: string,
  ): Promise<readonly string[]>;
}

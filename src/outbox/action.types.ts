import type { DealAction } from '../contract/actions.js';
import type { Instant } from '../domain/crm/time.js';

export type ActionState = 'planned' | 'sending' | 'unknown' | 'done' | 'refused';

/** What somebody wants to be done in the host, saved in the transaction of the decision that it comes from. */
export interface ActionWish {
  /** At most 64 characters of `[0-9a-z-]`, the same for the same thing for ever: see `actionKey`. */
  readonly key: string;
  readonly action: DealAction;
  /** Not carried out before; absent: at once. */
  readonly notBefore?: Instant;
}

/** A row as the worker sees it. */
export interface OutboxAction {
  readonly key: string;
  readonly action: DealAction;
  readonly state: ActionState;
  readonly firstSentAt: Instant | null;
  readonly sendingAt: Instant | null;
  readonly attempts: number;
}

/** Where an action stands, for whoever wanted it. */
export interface ActionStanding {
  readonly key: string;
  readonly kind: DealAction['kind'];
  readonly dealId: string | null;
  /** `pending`: on its way, however long that takes. */
  readonly state: 'pending' | 'done' | 'refused';
  readonly hostId: string | null;
  /** Why it was refused for good; null unless `refused`. */
  readonly fault: string | null;
  readonly doneAt: Instant | null;
  /** A question that the person answered in the host, or that was taken away. */
  readonly closed: boolean;
}

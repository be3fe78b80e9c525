import type { DealAction } from '../contract/actions.js';
import { defineJob } from '../infra/jobs/job.js';

/** What became of tasks that the host let go or refused for good. */
export interface TaskFates {
  readonly accountId: string;
  readonly fates: readonly TaskFate[];
}

export interface TaskFate {
  readonly planId: string;
  readonly stepKey: string;
  readonly visitSeq: number;
  readonly dealId: string;
  /** `gone`: deleted in the host, never created again. `refused`: shown on the step until somebody acts. */
  readonly fate: 'gone' | 'refused';
}

/**
 * The plans hear of a task's end here when no read of the host tells it: enqueued in the transaction that records it.
 * At least once; the handler takes it as a fact like any other.
 */
export const taskFates = defineJob<TaskFates>({
  name: 'outbox.taskFates',
  ordered: (payload) => payload.accountId,
});

/** What came of actions; each is told once, and refused ones again after a redrive. */
export interface ActionsSettled {
  readonly accountId: string;
  readonly actions: readonly ActionSettled[];
}

export interface ActionSettled {
  readonly key: string;
  readonly kind: DealAction['kind'];
  readonly dealId: string | null;
  readonly outcome: 'done' | 'refused';
  readonly hostId: string | null;
  /** Why it was refused for good; null when it is done. */
  readonly fault: string | null;
}

/**
 * Whoever wanted actions hears here what came of them: enqueued in the transaction that records it. At least once.
 */
export const actionsSettled = defineJob<ActionsSettled>({
  name: 'outbox.actions-settled',
  ordered: (payload) => payload.accountId,
});

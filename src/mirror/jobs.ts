import { defineJob } from '../infra/jobs/job.js';

/** Why the mirror changed. A backfill says "here they all are", once their history is here too. */
export type MirrorCause = 'event' | 'sweep' | 'backfill';

export interface DealsChanged {
  readonly accountId: string;
  /** At most `IDS_PER_JOB`. */
  readonly dealIds: readonly string[];
  readonly cause: MirrorCause;
}

export interface TasksChanged {
  readonly accountId: string;
  /** At most `IDS_PER_JOB`. */
  readonly taskIds: readonly string[];
}

export const IDS_PER_JOB = 500;

/**
 * Deals of the mirror that really changed, were deleted or whose visits changed; enqueued in the transaction of the
 * write. At least once, in order per account; the handler reads the mirror again.
 */
export const dealsChanged = defineJob<DealsChanged>({
  name: 'mirror.dealsChanged',
  ordered: (payload) => payload.accountId,
});

/** The same for the host's tasks. */
export const tasksChanged = defineJob<TasksChanged>({
  name: 'mirror.tasksChanged',
  ordered: (payload) => payload.accountId,
});

/** An account's whole history is here and its visits are computed: roll-ups and norms can be learned from it. */
export const historyCopied = defineJob<{ readonly accountId: string }>({
  name: 'mirror.historyCopied',
  singleton: (payload) => payload.accountId,
  expireInSeconds: 1_800,
});

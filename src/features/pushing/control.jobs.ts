import { defineJob } from '../../infra/jobs/job.js';

export interface ControlJob {
  readonly accountId: string;
}

/** Every minute: finds the accounts that have something due. */
export const controlTick = defineJob<object>({ name: 'pushing.tick' });

/** What is due in one account: alerts, deliveries, escalations, pushes, the day's letters. */
export const controlRound = defineJob<ControlJob>({
  name: 'pushing.round',
  singleton: (job) => job.accountId,
  expireInSeconds: 900,
});

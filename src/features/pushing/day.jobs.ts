import { defineJob } from '../../infra/jobs/job.js';
import type { ControlJob } from './control.jobs.js';

/** Every minute: finds the accounts where something of somebody's day is due. */
export const dayTick = defineJob<object>({ name: 'pushing.day-tick' });

/** What is due in one account: lists, reminders, closings, exceptions, reviews; days that ended become a record. */
export const dayRound = defineJob<ControlJob>({
  name: 'pushing.day-round',
  singleton: (job) => job.accountId,
  expireInSeconds: 900,
});

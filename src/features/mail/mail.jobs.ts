import { defineJob } from '../../infra/jobs/job.js';

/** Letters of an account that are due. */
export const mailRound = defineJob<{ readonly accountId: string }>({
  name: 'mail.round',
  singleton: (job) => job.accountId,
  expireInSeconds: 900,
});

/** Every minute: finds accounts whose letters are due again. */
export const mailTick = defineJob<object>({ name: 'mail.tick' });

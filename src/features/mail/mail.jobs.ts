import { defineJob } from '../../infra/jobs/job.js';

/** Letters of an account that are due. */
export const mailRound = defineJob<{ readonly accountId: string }>({
  name: 'mail.round',
  singleton: (job) => job.accountId,
  expireInSeconds: 900,
});

/** Every night: forgets what was delivered or given up long ago. */
export const mailNightly = defineJob<object>({ name: 'mail.nightly' });

/** Every minute: finds accounts whose letters are due again. */
export const mailTick = defineJob<object>({ name: 'mail.tick' });

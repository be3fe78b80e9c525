import { defineJob } from '../../infra/jobs/job.js';

/** The last ninety days as if a rule had been on. */
export const ruleDryRun = defineJob<{ readonly accountId: string; readonly progressId: string }>({
  name: 'pushing.rule-dry-run',
  singleton: (job) => job.progressId,
  expireInSeconds: 1_800,
});

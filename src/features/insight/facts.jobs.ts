import { defineJob } from '../../infra/jobs/job.js';

/** Counts one kept fact of insight anew. */
export const refreshFact = defineJob<{ readonly accountId: string; readonly key: string }>({
  name: 'insight.refreshFact',
  singleton: ({ accountId, key }) => `${accountId} ${key}`,
  retryLimit: 1,
  expireInSeconds: 300,
});

/** Looks for kept facts that people use and that became old. */
export const refreshDueFacts = defineJob<Record<string, never>>({
  name: 'insight.refreshDue',
  singleton: () => 'all',
  expireInSeconds: 300,
});

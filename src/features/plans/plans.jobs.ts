import { defineJob } from '../../infra/jobs/job.js';

interface AccountJob {
  readonly accountId: string;
}

export const LAUNCH_RETRIES = 5;

/** Starts plans for a pipeline's open deals, chunk by chunk; people watch its progress and may stop it. */
export const bulkLaunch = defineJob<AccountJob & { readonly progressId: string }>({
  name: 'plans.bulk-launch',
  singleton: (job) => `${job.accountId}|${job.progressId}`,
  retryLimit: LAUNCH_RETRIES,
  expireInSeconds: 3600,
});

/** Ends the open plans of a pipeline that was switched off with "close them". */
export const closePlans = defineJob<AccountJob & { readonly pipelineId: string; readonly actor: string }>({
  name: 'plans.close',
  singleton: (job) => `${job.accountId}|${job.pipelineId}`,
  expireInSeconds: 3600,
});

export const MIGRATION_RETRIES = 3;

/** Brings running plans onto another version of their template, or takes that back, chunk by chunk. */
export const planMigration = defineJob<AccountJob & { readonly migrationId: string }>({
  name: 'plans.migrate',
  singleton: (job) => `${job.accountId}|${job.migrationId}`,
  retryLimit: MIGRATION_RETRIES,
  expireInSeconds: 3600,
});

export interface HeadTold extends AccountJob {
  readonly key: string;
  readonly userId: string;
  readonly dealId: string;
  readonly title: string;
  readonly text: string;
  /** Within the head's working time. */
  readonly at: number;
}

/** The head hears of a step that is put off again and again, as the host can tell it. */
export const tellHead = defineJob<HeadTold>({
  name: 'plans.tell-head',
  singleton: (job) => `${job.accountId}|${job.key}`,
});

/** Every minute: finds accounts whose plans want a decision because time passed. */
export const timeTick = defineJob<object>({ name: 'plans.tick' });

/** Every night: all open plans, for what no event tells (dismissals, heads, new calendars). */
export const nightlyRefresh = defineJob<object>({ name: 'plans.refresh-all' });
export const refreshPlans = defineJob<AccountJob>({
  name: 'plans.refresh',
  singleton: (job) => job.accountId,
  expireInSeconds: 3600,
});

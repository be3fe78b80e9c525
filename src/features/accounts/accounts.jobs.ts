import { defineJob } from '../../infra/jobs/job.js';

interface AccountJob {
  readonly accountId: string;
}

/** Embed again and start the copy, after an installation without a person or an application update. */
export const installAccount = defineJob<AccountJob & { readonly actor: string }>({
  name: 'accounts.install',
  ordered: (job) => job.accountId,
});

/** Deletes every row of an uninstalled account whose time is over. */
export const purgeAccount = defineJob<AccountJob>({
  name: 'accounts.purge',
  singleton: (job) => job.accountId,
  expireInSeconds: 3600,
});

/** Hourly: finds accounts to purge. */
export const purgeDue = defineJob<object>({ name: 'accounts.purge-due' });

/** Daily: renews chains that nobody used for weeks, before the host lets them die. */
export const keepChainsAlive = defineJob<object>({ name: 'accounts.keep-alive', expireInSeconds: 3600 });

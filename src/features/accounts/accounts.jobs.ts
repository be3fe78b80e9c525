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

/** Every few hours: hosts switch hooks off by themselves, and plans change. */
export const checkEmbeddings = defineJob<object>({ name: 'accounts.check-embeddings' });

export const checkEmbedding = defineJob<AccountJob>({
  name: 'accounts.check-embedding',
  singleton: (job) => job.accountId,
  retryLimit: 1,
});

/** A code that came back from a host's consent page or installation: kept before anything is done with it. */
export interface CodeExchange {
  readonly hostId: string;
  /** The call's parameters as JSON, sealed. */
  readonly sealed: string;
}

export const exchangeCode = defineJob<CodeExchange>({ name: 'accounts.exchange', retryLimit: 3 });

import type { HostFailure } from './failure.js';
import type { CrmHost } from './host.js';
import type { HostClient } from './client.js';

/** Nest token under which the composition root provides `HostConnections`. */
export const HOST_CONNECTIONS = Symbol('HostConnections');
/** Nest token of the hosts that are switched on, by id. */
export const HOSTS = Symbol('Hosts');

export type Hosts = ReadonlyMap<string, CrmHost>;

/** Mirror and outbox reach an account's CRM through this and know nothing of tokens. */
export interface HostConnections {
  /** Throws `HostError` `reauthorise` or `paymentRequired` when the account may not be called. */
  client(accountId: string): Promise<HostClient>;
  /** Records what a failure means for the account's health, so that its people see it. Idempotent. */
  report(accountId: string, failure: HostFailure): Promise<void>;
  /** What clients hold of the account is out of date: every process makes new ones, this one at once. */
  forget(accountId: string): Promise<void>;
  /** A call went well: clears what `report` showed. Cheap when nothing was shown. */
  recovered(accountId: string): Promise<void>;
}

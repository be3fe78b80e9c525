import type { HostLog, HostSession, SharedLimits } from '../../contract/host.js';
import type { Clock } from '../../domain/crm/time.js';
import type { TokenKeeper } from './token-keeper.service.js';

export interface SessionParts {
  readonly accountId: string;
  readonly accountKey: string;
  readonly hostId: string;
  readonly endpoint: string;
  readonly oauthEndpoint: string;
  readonly keeper: TokenKeeper;
  readonly limits: SharedLimits;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly watchedFields: readonly string[];
  readonly moved: (endpoint: string) => Promise<void>;
}

/** What a host's client holds of an account. The token is kept in memory until the host says that it is over. */
export class AccountSession implements HostSession {
  readonly accountKey: string;
  readonly limits: SharedLimits;
  readonly clock: Clock;
  readonly log: HostLog;
  readonly watchedFields: readonly string[];
  private base: string;
  private token: string | null = null;

  constructor(private readonly parts: SessionParts) {
    this.accountKey = parts.accountKey;
    this.limits = parts.limits;
    this.clock = parts.clock;
    this.log = parts.log;
    this.watchedFields = parts.watchedFields;
    this.base = parts.endpoint;
  }

  endpoint(): string {
    return this.base;
  }

  oauthEndpoint(): string {
    return this.parts.oauthEndpoint;
  }

  async accessToken(): Promise<string> {
    this.token ??= await this.parts.keeper.current(this.parts.accountId);
    return this.token;
  }

  async renewToken(stale: string): Promise<string> {
    // Whoever lost the race against a neighbour in this process finds the new token here.
    if (this.token !== null && this.token !== stale) return this.token;
    this.token = null;
    const renewed = await this.parts.keeper.renew(this.parts.accountId, this.parts.hostId, stale);
    this.token = renewed.accessToken;
    this.base = renewed.endpoint;
    return renewed.accessToken;
  }

  async moved(endpoint: string): Promise<void> {
    this.base = endpoint;
    await this.parts.moved(endpoint);
  }
}

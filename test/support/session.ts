import type { HostLog, HostSession } from '../../src/contract/host.js';
import type { Clock } from '../../src/domain/crm/time.js';
import { MemoryLimits } from './shared-limits.js';

export const silentLog: HostLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
};

export const realClock: Clock = { now: () => Date.now() };

export interface TestSessionFacts {
  readonly accountKey?: string;
  readonly endpoint?: string;
  readonly oauthEndpoint?: string;
  readonly accessToken?: string;
  /** Makes the next token of the chain; absent: counts `token-2`, `token-3`, … */
  readonly renew?: () => Promise<string>;
  readonly clock?: Clock;
  readonly limiting?: boolean;
}

/** A session whose tokens and limits live in memory and tell what was asked of them. */
export class TestSession implements HostSession {
  readonly accountKey: string;
  readonly clock: Clock;
  readonly limits: MemoryLimits;
  readonly log = silentLog;
  readonly moves: string[] = [];
  renewals = 0;
  #endpoint: string;
  #token: string;
  #renewing: Promise<string> | null = null;

  constructor(private readonly facts: TestSessionFacts = {}) {
    this.accountKey = facts.accountKey ?? 'member1';
    this.clock = facts.clock ?? realClock;
    this.limits = new MemoryLimits(this.clock, facts.limiting ?? false);
    this.#endpoint = facts.endpoint ?? 'https://portal.example.com/rest/';
    this.#token = facts.accessToken ?? 'token-1';
  }

  endpoint(): string {
    return this.#endpoint;
  }

  oauthEndpoint(): string {
    return this.facts.oauthEndpoint ?? 'https://oauth.bitrix.info/rest/';
  }

  /** The same account, watching these fields. */
  watching(watchedFields: readonly string[]): HostSession {
    const { accountKey, clock, limits, log } = this;
    return {
      accountKey,
      clock,
      limits,
      log,
      watchedFields,
      endpoint: () => this.endpoint(),
      oauthEndpoint: () => this.oauthEndpoint(),
      accessToken: () => this.accessToken(),
      renewToken: (stale) => this.renewToken(stale),
      moved: (endpoint) => this.moved(endpoint),
    };
  }

  accessToken(): Promise<string> {
    return Promise.resolve(this.#token);
  }

  async renewToken(stale: string): Promise<string> {
    if (stale !== this.#token) return this.#token;
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  moved(endpoint: string): Promise<void> {
    this.moves.push(endpoint);
    this.#endpoint = endpoint;
    return Promise.resolve();
  }

  async #renew(): Promise<string> {
    this.renewals += 1;
    this.#token = this.facts.renew ? await this.facts.renew() : `token-${this.renewals + 1}`;
    return this.#token;
  }
}

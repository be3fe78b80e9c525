import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { HostError, type HostFailure } from '../../contract/failure.js';
import type { TokenPair } from '../../contract/host.js';
import { Log } from '../../infra/log.js';
import { Metrics } from '../../infra/metrics.js';
import { CredentialRepository, type Chain } from './credential.repository.js';
import { HealthService } from './health.service.js';

/** Short, so that a crashed process holds the others up only that long; prolonged while the call is on its way. */
const LEASE_SECONDS = 15;
const PROLONG_EVERY_MS = 5_000;
/** A refresh may take the host's whole request limit of 60 s, and one crash before it. */
const WAIT_LIMIT_MS = 90_000;
const POLL_MS = 60;

/** A token and where it works. */
export type Access = Pick<TokenPair, 'accessToken' | 'endpoint'>;

/**
 * Tokens of an account with one refresh in flight per chain over all processes. Expiry is never judged by our clock:
 * the host says that a token is over, and only then it is renewed.
 */
@Injectable()
export class TokenKeeper {
  private readonly owner = randomUUID();
  private readonly inFlight = new Map<string, Promise<Access>>();
  private readonly log: Log;

  constructor(
    private readonly credentials: CredentialRepository,
    @Inject(HOSTS) private readonly hosts: Hosts,
    private readonly health: HealthService,
    private readonly metrics: Metrics,
    log: Log,
  ) {
    this.log = log.child('tokens');
  }

  /** The access token as stored. Throws `reauthorise` when no chain lives. */
  async current(accountId: string): Promise<string> {
    return (await this.best(accountId)).tokens.accessToken;
  }

  /** Another token than `stale`. Calls of one process share one flight. */
  renew(accountId: string, hostId: string, stale: string): Promise<Access> {
    const key = `${accountId}|${stale}`;
    const running = this.inFlight.get(key);
    if (running) return running;
    const flight = this.renewOnce(accountId, hostId, stale).finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, flight);
    return flight;
  }

  /** Renews a chain that would die of idleness. Nothing happens when another process is at it. */
  async keepAlive(chain: Chain, hostId: string): Promise<void> {
    if (!(await this.credentials.claim(chain, this.owner, LEASE_SECONDS))) return;
    await this.refresh(chain, hostId);
  }

  private async renewOnce(accountId: string, hostId: string, stale: string): Promise<Access> {
    const deadline = performance.now() + WAIT_LIMIT_MS;
    for (;;) {
      const chain = await this.best(accountId);
      if (chain.tokens.accessToken !== stale) return chain.tokens;
      if (await this.credentials.claim(chain, this.owner, LEASE_SECONDS)) {
        const renewed = await this.refresh(chain, hostId);
        if (renewed !== null) return renewed;
        continue;
      }
      if (performance.now() > deadline) {
        throw new HostError({
          kind: 'unavailable',
          detail: 'another process renews the tokens for too long',
        });
      }
      await sleep(POLL_MS + Math.random() * POLL_MS);
    }
  }

  private async best(accountId: string): Promise<Chain> {
    const [chain] = await this.credentials.living(accountId);
    if (!chain) throw new HostError({ kind: 'reauthorise', detail: 'no living token chain' });
    return chain;
  }

  /** The claimed chain's new pair, stored before it is used; null when the chain turned out dead. */
  private async refresh(chain: Chain, hostId: string): Promise<Access | null> {
    const prolonging = setInterval(() => {
      this.credentials.prolong(chain, this.owner, LEASE_SECONDS).catch(() => undefined);
    }, PROLONG_EVERY_MS);
    try {
      const pair = await this.ask(chain, hostId);
      const stored = await this.credentials.store(chain, pair);
      this.metrics.tokenRefreshes.inc({ outcome: stored ? 'stored' : 'overtaken' });
      if (!stored) return null;
      // The host may have answered for an account that was renamed meanwhile.
      await this.health.moved(chain.accountId, chain.tokens.endpoint, pair.endpoint);
      return pair;
    } catch (error) {
      return await this.refused(chain, error);
    } finally {
      clearInterval(prolonging);
    }
  }

  private ask(chain: Chain, hostId: string): Promise<TokenPair> {
    const host = this.hosts.get(hostId);
    if (!host) throw new HostError({ kind: 'unavailable', detail: 'this host is switched off' });
    return host.refresh(chain.tokens);
  }

  /** Another chain may live on, so only this one is buried; every other failure is the caller's to judge. */
  private async refused(chain: Chain, error: unknown): Promise<null> {
    const failure = failureOf(error);
    if (failure?.kind !== 'reauthorise') {
      await this.credentials.release(chain, this.owner);
      this.metrics.tokenRefreshes.inc({ outcome: 'failed' });
      throw error;
    }
    const buried = await this.credentials.bury(chain, this.owner);
    this.metrics.tokenRefreshes.inc({ outcome: buried ? 'dead' : 'overtaken' });
    this.log.warn('a token chain is dead', { accountId: chain.accountId, buried });
    return null;
  }
}

function failureOf(error: unknown): HostFailure | null {
  return error instanceof HostError ? error.failure : null;
}

import { Inject, Injectable } from '@nestjs/common';
import type { AccountHealth } from '../../contract/accounts.js';
import type { AccountCapabilities, HostClient } from '../../contract/client.js';
import { HOSTS, type HostConnections, type Hosts } from '../../contract/connections.js';
import { HostError, type HostFailure } from '../../contract/failure.js';
import type { CrmHost } from '../../contract/host.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { AccountCache } from './account.cache.js';
import type { AccountRecord } from './account.repository.js';
import type { AccountSession } from './account-session.js';
import { AccountSessions } from './account-sessions.service.js';
import { HealthService } from './health.service.js';

/** An unpaid account is asked again now and then: nobody tells us that it was paid. */
const PAYMENT_PROBE_MS = 10 * 60_000;

const NOTHING_DETECTED: AccountCapabilities = {
  offlineQueue: false,
  robots: false,
  idempotentTaskWrites: false,
  departments: false,
  stageHistory: false,
};

/** Clients of accounts, kept in memory until the account changes. */
@Injectable()
export class Connections implements HostConnections {
  private readonly clients = new Map<string, HostClient>();
  private readonly probedAt = new Map<string, number>();

  constructor(
    @Inject(HOSTS) private readonly hosts: Hosts,
    private readonly cache: AccountCache,
    private readonly sessions: AccountSessions,
    private readonly health: HealthService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    cache.onDrop((accountId) => this.clients.delete(accountId));
  }

  async client(accountId: string): Promise<HostClient> {
    const record = await this.callable(accountId);
    const kept = this.clients.get(accountId);
    if (kept && isCurrent(kept, record)) return kept;
    const session = this.sessions.of(record);
    const client = this.host(record.host).connect(session, record.capabilities ?? NOTHING_DETECTED);
    this.clients.set(accountId, client);
    return client;
  }

  /** A session of the account, e.g. to detect what it may do before there is a client. */
  async session(accountId: string): Promise<{ host: CrmHost; session: AccountSession }> {
    const record = await this.callable(accountId);
    return { host: this.host(record.host), session: this.sessions.of(record) };
  }

  async report(accountId: string, failure: HostFailure): Promise<void> {
    const health = healthOf(failure);
    if (health !== null) await this.health.set(accountId, health, detailOf(failure));
  }

  async forget(accountId: string): Promise<void> {
    await this.cache.forget(accountId);
  }

  async recovered(accountId: string): Promise<void> {
    const known = await this.cache.find(accountId);
    if (!known || known.record.health === 'ok') return;
    await this.health.set(accountId, 'ok', null);
  }

  private async callable(accountId: string): Promise<AccountRecord> {
    const known = await this.cache.find(accountId);
    const record = known?.record;
    if (!record || record.state === 'frozen' || record.state === 'purging') {
      throw new HostError({ kind: 'reauthorise', detail: 'the account is not connected' });
    }
    if (record.health === 'paymentRequired' && !this.mayProbe(accountId)) {
      throw new HostError({ kind: 'paymentRequired' });
    }
    return record;
  }

  private mayProbe(accountId: string): boolean {
    const now = this.clock.now();
    if (now - (this.probedAt.get(accountId) ?? 0) < PAYMENT_PROBE_MS) return false;
    this.probedAt.set(accountId, now);
    return true;
  }

  private host(id: string): CrmHost {
    const host = this.hosts.get(id);
    if (!host) throw new HostError({ kind: 'unavailable', detail: 'this host is switched off' });
    return host;
  }
}

/** A change of the watched fields is announced too; this finds it when the announcement was lost. */
function isCurrent({ watchedFields }: HostClient, record: AccountRecord): boolean {
  if (watchedFields === undefined) return true;
  return (
    watchedFields.length === record.watchedFields.length &&
    record.watchedFields.every((key) => watchedFields.includes(key))
  );
}

/** Only what a person should know of or do something about becomes the account's health. */
function healthOf(failure: HostFailure): Exclude<AccountHealth, 'ok'> | null {
  switch (failure.kind) {
    case 'reauthorise':
    case 'paymentRequired':
    case 'forbidden':
    case 'unavailable':
      return failure.kind;
    default:
      return null;
  }
}

function detailOf(failure: HostFailure): string | null {
  if ('detail' in failure) return failure.detail.slice(0, 300);
  return failure.kind === 'forbidden' ? failure.scope.slice(0, 300) : null;
}

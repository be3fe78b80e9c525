import { Inject, Injectable } from '@nestjs/common';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import type { HostRequest } from '../../contract/host.js';
import { sameSecret } from '../../infra/crypto/compare.js';
import { accountIdOf } from '../../infra/ids.js';
import { Metrics } from '../../infra/metrics.js';
import { AccountCache, type KnownAccount } from './account.cache.js';
import { AccountsService, isAlive } from './accounts.service.js';
import { HookSinks, type Signed } from './hook-sinks.service.js';
import type { Lifecycle } from './lifecycle.service.js';

/** What the route answers; a refused call leaves nothing but a counter. */
export type HookAnswer = 'accepted' | 'forged' | 'unreadable';

/** Compared with when there is no account, so that an unknown one takes as long as a wrong secret. */
const NO_SECRET = 'no account, no secret';

/** Every call that a host makes to us outside a frame: verified, stored, answered; the work comes later. */
@Injectable()
export class HooksService {
  constructor(
    @Inject(HOSTS) private readonly hosts: Hosts,
    private readonly cache: AccountCache,
    private readonly accounts: AccountsService,
    private readonly sinks: HookSinks,
    private readonly metrics: Metrics,
  ) {}

  /** Resolves when the hint is safe; throws when neither the database nor the spool took it. */
  async receive(hostId: string, request: HostRequest): Promise<HookAnswer> {
    const host = this.hosts.get(hostId);
    if (!host) return this.refuse('unknown', 'unreadable', 'unknown host');
    const reading = host.readHook(request);
    if (reading.kind === 'refused') return this.refuse(hostId, 'unreadable', 'unreadable');
    if (reading.kind === 'ignored') return this.accept(hostId, 'ignored');
    const known = await this.verified(hostId, reading);
    if (!known) return this.unverified(hostId, reading, request);
    if (reading.kind === 'lifecycle') await this.lifecycleOf(hostId, known, reading, request);
    else await this.sinks.take(known.record.accountId, reading);
    return this.accept(hostId, reading.kind);
  }

  private async verified(hostId: string, reading: Signed): Promise<KnownAccount | null> {
    const known = await this.cache.find(accountIdOf(hostId, reading.accountKey));
    if (!known || !isAlive(known.record)) {
      sameSecret(reading.secret ?? '', NO_SECRET);
      return null;
    }
    // Null: the host's own code has proven the call by a signature.
    const proven =
      reading.secret === null || (known.secret !== null && sameSecret(reading.secret, known.secret));
    return proven ? known : null;
  }

  /** Installation and update come with a secret that we do not know yet; the host's OAuth server can prove them. */
  private async unverified(hostId: string, reading: Signed, request: HostRequest): Promise<HookAnswer> {
    const provable =
      reading.kind === 'lifecycle' && (reading.event === 'installed' || reading.event === 'updated');
    if (!provable) return this.refuse(hostId, 'forged', reading.kind);
    const opening = await this.accounts.open(hostId, request);
    if (opening.kind === 'refused') return this.refuse(hostId, 'forged', reading.kind);
    const known = await this.cache.find(opening.account.accountId);
    if (known) await this.sinks.happened(known.record.accountId, reading);
    return this.accept(hostId, reading.kind);
  }

  /** An update may bring a new secret with proof; without one the old stays. */
  private async lifecycleOf(
    hostId: string,
    known: KnownAccount,
    reading: Lifecycle,
    request: HostRequest,
  ): Promise<void> {
    if (reading.event === 'updated') await this.accounts.open(hostId, request);
    await this.sinks.happened(known.record.accountId, reading);
  }

  private accept(host: string, outcome: string): HookAnswer {
    this.metrics.hooks.inc({ host, outcome });
    return 'accepted';
  }

  private refuse(host: string, answer: 'forged' | 'unreadable', reason: string): HookAnswer {
    this.metrics.refusals.inc({ host, kind: 'hook', reason });
    return answer;
  }
}

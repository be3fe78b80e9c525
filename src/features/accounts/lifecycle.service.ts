import { Inject, Injectable } from '@nestjs/common';
import type { HookReading } from '../../contract/host.js';
import type { Clock, Instant } from '../../domain/crm/time.js';
import { audit } from '../../infra/audit.js';
import { CLOCK } from '../../infra/clock.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Mirror } from '../../mirror/index.js';
import { AccountBook } from './account-book.service.js';
import type { KnownAccount } from './account.cache.js';
import { installAccount, purgeAccount } from './accounts.jobs.js';
import { CredentialRepository } from './credential.repository.js';
import { HealthService } from './health.service.js';

export type Lifecycle = Extract<HookReading, { kind: 'lifecycle' }>;

const DAY_MS = 86_400_000;

/** What a host tells of our installation, after the call was proven. */
@Injectable()
export class LifecycleService {
  constructor(
    private readonly book: AccountBook,
    private readonly credentials: CredentialRepository,
    private readonly health: HealthService,
    private readonly jobs: Jobs,
    private readonly mirror: Mirror,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Idempotent: hosts repeat themselves. `toldAt`: of what is heard late, when it was told; an account that was installed
   * again since then is not touched by its farewell.
   */
  async happened(
    accountId: string,
    reading: Pick<Lifecycle, 'event' | 'purge'>,
    toldAt: Instant | null = null,
  ): Promise<void> {
    const known = await this.book.find(accountId);
    if (!known) return;
    switch (reading.event) {
      case 'uninstalled':
        return this.freeze(known, reading.purge, toldAt);
      case 'installed':
      case 'updated':
        // An update drops our handlers in the host, so we embed again.
        return this.jobs.enqueue(installAccount, { accountId, actor: 'host' });
      case 'paymentChanged':
        if (known.record.health !== 'paymentRequired') return;
        await this.health.set(accountId, 'ok', null);
        return this.mirror.sweepNow(accountId);
    }
  }

  /** Nothing is sent from now on, sessions and hooks die with the state; the data waits for its time or a return. */
  private async freeze(known: KnownAccount, purge: boolean, toldAt: Instant | null): Promise<void> {
    const { accountId, settings } = known.record;
    const purgeAfter = this.clock.now() + (purge ? 0 : settings.purgeAfterDays * DAY_MS);
    await this.book.change(accountId, async (tx, accounts) => {
      if (!(await accounts.freeze(tx, accountId, purgeAfter, toldAt))) return;
      await this.credentials.dropAll(tx, accountId);
      await audit(tx, { accountId, actor: 'host', action: 'account.uninstalled', detail: { purge } });
      if (purge) await this.jobs.enqueue(purgeAccount, { accountId }, { tx });
    });
  }
}

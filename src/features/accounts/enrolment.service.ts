import { Injectable } from '@nestjs/common';
import type { FrameReading } from '../../contract/host.js';
import { audit } from '../../infra/audit.js';
import { Vault } from '../../infra/crypto/vault.js';
import type { Sql } from '../../infra/db/sql.js';
import { accountIdOf } from '../../infra/ids.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Mirror } from '../../mirror/index.js';
import { Outbox } from '../../outbox/index.js';
import { AccountBook } from './account-book.service.js';
import type { KnownAccount } from './account.cache.js';
import { firstSettings, knownZone } from './account-settings.js';
import type { AccountRepository } from './account.repository.js';
import { installAccount } from './accounts.jobs.js';
import { CredentialRepository } from './credential.repository.js';

type Proven = Extract<FrameReading, { kind: 'open' }>;

/** Chain that works for us from the first day; further administrators' chains are named after their users. */
const SERVICE_CHAIN = 'service';

/** Stores what a proven call of an administrator brought: the account itself, its addresses, a chain of tokens. */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly book: AccountBook,
    private readonly credentials: CredentialRepository,
    private readonly vault: Vault,
    private readonly mirror: Mirror,
    private readonly outbox: Outbox,
    private readonly jobs: Jobs,
  ) {}

  /** Idempotent: the same call again changes nothing. */
  async enrol(
    hostId: string,
    accountId: string,
    reading: Proven,
    before: KnownAccount | null,
  ): Promise<void> {
    if (before && !bringsNews(reading, before) && !reading.tokens) return;
    const reconnected = await this.book.change(accountId, async (tx, accounts) => {
      if (!before || bringsNews(reading, before)) await this.record(tx, accounts, hostId, reading);
      const chain = before ? reading.user.id : SERVICE_CHAIN;
      const taken =
        reading.tokens !== null && (await this.credentials.offer(tx, accountId, chain, reading.tokens));
      if (taken) await audit(tx, { accountId, actor: reading.user.id, action: 'credential.stored' });
      if (!taken || before?.record.health !== 'reauthorise') return false;
      await accounts.setHealth(tx, accountId, 'ok', null);
      await this.outbox.resume(tx, accountId);
      await audit(tx, { accountId, actor: reading.user.id, action: 'connection.restored' });
      return true;
    });
    // What happened while we were away is caught up with at once.
    if (reconnected) await this.mirror.sweepNow(accountId);
  }

  private async record(tx: Sql, accounts: AccountRepository, hostId: string, reading: Proven): Promise<void> {
    const { endpoint, oauthEndpoint, secret, scopes } = reading.installation;
    const accountId = accountIdOf(hostId, reading.accountKey);
    const outcome = await accounts.install(tx, {
      accountId,
      host: hostId,
      hostKey: reading.accountKey,
      endpoint,
      oauthEndpoint,
      sealedSecret: secret === null ? null : this.vault.seal(secret, { accountId, field: 'hookSecret' }),
      scopes,
      settings: firstSettings(reading.place.language, knownZone(reading.user.timeZone)),
    });
    await audit(tx, { accountId, actor: reading.user.id, action: `account.${outcome}` });
    // Without a page in between nobody will press a button: the installation runs by itself.
    if (outcome !== 'known' && !reading.installing) {
      await this.jobs.enqueue(installAccount, { accountId, actor: reading.user.id }, { tx });
    }
  }
}

function bringsNews(reading: Proven, before: KnownAccount): boolean {
  const { endpoint, secret } = reading.installation;
  return endpoint !== before.record.endpoint || (secret !== null && secret !== before.secret);
}

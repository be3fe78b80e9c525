import { Injectable } from '@nestjs/common';
import type { AccountHealth } from '../../contract/accounts.js';
import { audit } from '../../infra/audit.js';
import { Database } from '../../infra/db/database.js';
import { Log } from '../../infra/log.js';
import { AccountCache } from './account.cache.js';
import { AccountRepository } from './account.repository.js';

/** A worse state is not covered by a milder one that another call meets meanwhile. */
const SEVERITY: Record<AccountHealth, number> = {
  ok: 0,
  forbidden: 1,
  unavailable: 2,
  paymentRequired: 3,
  reauthorise: 4,
};

/** The account's connection as its people see it: what is wrong, and since when. */
@Injectable()
export class HealthService {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly cache: AccountCache,
    log: Log,
  ) {
    this.log = log.child('health');
  }

  /** Idempotent and cheap when nothing changes. */
  async set(accountId: string, health: AccountHealth, detail: string | null): Promise<void> {
    const known = await this.cache.find(accountId);
    if (!known || known.record.health === health) return;
    if (health !== 'ok' && SEVERITY[known.record.health] > SEVERITY[health]) return;
    const changed = await this.database.transaction(async (tx) => {
      if (!(await this.accounts.setHealth(tx, accountId, health, detail))) return false;
      await audit(tx, { accountId, actor: 'system', action: 'connection.health', detail: { health } });
      return true;
    });
    this.cache.drop(accountId);
    if (changed) this.log.info('the health of a connection changed', { accountId, health });
  }

  /** The portal was renamed and proved to be the same account. */
  async moved(accountId: string, from: string, to: string): Promise<void> {
    if (from === to) return;
    await this.database.transaction(async (tx) => {
      await this.accounts.setEndpoint(tx, accountId, to);
      await audit(tx, { accountId, actor: 'host', action: 'account.moved', detail: { from, to } });
    });
    this.cache.drop(accountId);
  }
}

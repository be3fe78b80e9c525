import { Injectable } from '@nestjs/common';
import type { AccountHealth } from '../../contract/accounts.js';
import { audit } from '../../infra/audit.js';
import { Log } from '../../infra/log.js';
import { AccountBook } from './account-book.service.js';

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
    private readonly book: AccountBook,
    log: Log,
  ) {
    this.log = log.child('health');
  }

  /** Idempotent and cheap when nothing changes. */
  async set(accountId: string, health: AccountHealth, detail: string | null): Promise<void> {
    const known = await this.book.find(accountId);
    if (!known || known.record.health === health) return;
    if (health !== 'ok' && SEVERITY[known.record.health] > SEVERITY[health]) return;
    const changed = await this.book.change(accountId, async (tx, accounts) => {
      if (!(await accounts.setHealth(tx, accountId, health, detail))) return false;
      await audit(tx, { accountId, actor: 'system', action: 'connection.health', detail: { health } });
      return true;
    });
    if (changed) this.log.info('the health of a connection changed', { accountId, health });
  }

  /** The portal was renamed and proved to be the same account. */
  async moved(accountId: string, from: string, to: string): Promise<void> {
    if (from === to) return;
    await this.book.change(accountId, async (tx, accounts) => {
      await accounts.setEndpoint(tx, accountId, to);
      await audit(tx, { accountId, actor: 'host', action: 'account.moved', detail: { from, to } });
    });
  }
}

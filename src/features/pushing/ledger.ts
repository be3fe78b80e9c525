import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import type { Sql } from '../../infra/db/sql.js';

/** What control adds to the Sales Book. `sourceKey` is the same for the same event for ever. */
export interface LedgerEntry {
  readonly sourceKey: string;
  readonly at: Instant;
  readonly kind: 'pushed' | 'answered' | 'escalated' | 'alerted' | 'snoozed';
  readonly dealId: string | null;
  readonly by: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The one place where control writes into the Sales Book. */
@Injectable()
export class Ledger {
  async record(_tx: Sql, _accountId: string, _entries: readonly LedgerEntry[]): Promise<void> {
    // The ledger's own job takes these as soon as it exists.
  }
}

import { Injectable } from '@nestjs/common';
import type { LinkedScreen } from '../../contract/links.js';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';

export interface KeptView {
  readonly screen: LinkedScreen;
  readonly state: Readonly<Record<string, unknown>>;
  readonly expiresAt: Instant;
}

/** A hundred a week for a quarter: a guard against a script, not a limit to feel. */
const MOST_VIEWS = 1_200;

/** Views that an address shows. Everybody of the account may read one: it holds what was asked for, no answer. */
@Injectable()
export class KeptViewRepository {
  constructor(private readonly database: Database) {}

  async find(accountId: string, viewKey: string): Promise<KeptView | null> {
    const [row] = await this.database.query<Omit<KeptView, 'expiresAt'> & { readonly expires_at: Date }>(
      'SELECT screen, state, expires_at FROM kept_view WHERE account_id = $1::uuid AND view_key = $2',
      [accountId, viewKey],
    );
    return row ? { screen: row.screen, state: row.state, expiresAt: row.expires_at.getTime() } : null;
  }

  /**
   * The same view under the same key lives on until the later of both ends. Idempotent. False: the person has kept so many
   * others that it is no person.
   */
  async keep(accountId: string, viewKey: string, view: KeptView, userId: string): Promise<boolean> {
    const rows = await this.database.query(
      `INSERT INTO kept_view AS v (account_id, view_key, screen, state, kept_by, expires_at)
       SELECT $1::uuid, $2, $3, $4::jsonb, $5, $6 WHERE (SELECT count(*) FROM kept_view
         WHERE account_id = $1::uuid AND kept_by = $5 AND view_key <> $2) < ${MOST_VIEWS}
       ON CONFLICT (account_id, view_key) DO UPDATE SET expires_at = greatest(v.expires_at, excluded.expires_at)
       RETURNING view_key`,
      [accountId, viewKey, view.screen, JSON.stringify(view.state), userId, new Date(view.expiresAt)],
    );
    return rows.length > 0;
  }

  /** Views whose address has not worked since then. */
  async forget(before: Instant): Promise<void> {
    await this.database.query(
      `DELETE FROM kept_view v USING account a WHERE v.account_id = a.account_id AND v.expires_at < $1`,
      [new Date(before)],
    );
  }
}

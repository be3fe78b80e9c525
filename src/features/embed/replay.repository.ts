import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';

export interface ReplayKey {
  readonly accountId: string;
  readonly userId: string;
  readonly key: string;
}

export type Claim =
  /** Nobody did it yet: do it, then `store` or `release`. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly status: number; readonly answer: unknown }
  /** The key was used for another request. */
  | { readonly kind: 'reused' };

/** Longer than any of our requests may take: an entry without an answer then belongs to a process that died. */
const ABANDONED_AFTER = `interval '60 seconds'`;
/** The widget repeats within minutes; a day covers a laptop that slept. */
const KEPT = `interval '1 day'`;

/** Answers of writes by their idempotency key. */
@Injectable()
export class ReplayRepository {
  constructor(private readonly database: Database) {}

  async claim({ accountId, userId, key }: ReplayKey, bodyHash: string): Promise<Claim> {
    const taken = await this.database.query(
      `INSERT INTO api_replay AS r (account_id, user_id, key, body_hash) VALUES ($1::uuid, $2, $3, $4)
       ON CONFLICT (account_id, user_id, key) DO UPDATE SET at = now()
       WHERE r.status IS NULL AND r.body_hash = excluded.body_hash AND r.at < now() - ${ABANDONED_AFTER}
       RETURNING key`,
      [accountId, userId, key, bodyHash],
    );
    if (taken.length > 0) return { kind: 'ours' };
    const [row] = await this.database.query<{ body_hash: string; status: number | null; answer: unknown }>(
      'SELECT body_hash, status, answer FROM api_replay WHERE account_id = $1::uuid AND user_id = $2 AND key = $3',
      [accountId, userId, key],
    );
    if (!row) return { kind: 'running' };
    if (row.body_hash !== bodyHash) return { kind: 'reused' };
    return row.status === null
      ? { kind: 'running' }
      : { kind: 'done', status: row.status, answer: row.answer };
  }

  async store({ accountId, userId, key }: ReplayKey, status: number, answer: unknown): Promise<void> {
    await this.database.query(
      `UPDATE api_replay SET status = $4, answer = $5::jsonb
       WHERE account_id = $1::uuid AND user_id = $2 AND key = $3`,
      [accountId, userId, key, status, JSON.stringify(answer ?? null)],
    );
  }

  /** The request was refused: the same key may be tried again. */
  async release({ accountId, userId, key }: ReplayKey): Promise<void> {
    await this.database.query(
      'DELETE FROM api_replay WHERE account_id = $1::uuid AND user_id = $2 AND key = $3 AND status IS NULL',
      [accountId, userId, key],
    );
  }

  async forgetOld(): Promise<void> {
    await this.database.query(`DELETE FROM api_replay WHERE at < now() - ${KEPT}`);
  }
}

import { Injectable } from '@nestjs/common';
import type { MailKind } from '../../contract/mail.js';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';

export interface WrittenLetter {
  readonly key: string;
  readonly userId: string;
  readonly kind: MailKind;
  readonly address: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** A letter that is marked as being sent: nobody else takes it until the mark is old. */
export interface ClaimedLetter extends WrittenLetter {
  /** This one counted. */
  readonly attempts: number;
}

interface LetterRow {
  readonly key: string;
  readonly user_id: string;
  readonly kind: MailKind;
  readonly address: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly attempts: number;
}

/** A mark older than this is that of a process which died: no attempt takes so long. */
const CLAIM_MS = 5 * 60_000;

@Injectable()
export class MailRepository {
  constructor(private readonly database: Database) {}

  /** The letters that are there now, whether from this call or an earlier one. */
  async write(
    tx: Sql,
    accountId: string,
    letters: readonly WrittenLetter[],
    at: Instant,
  ): Promise<ReadonlySet<string>> {
    if (letters.length === 0) return new Set();
    await tx.query(
      `INSERT INTO mail (account_id, key, user_id, kind, address, subject, html, text, next_at, created_at)
       SELECT $1::uuid, l ->> 'key', l ->> 'userId', l ->> 'kind', l ->> 'address', l ->> 'subject', l ->> 'html',
         l ->> 'text', $3, $3 FROM jsonb_array_elements($2::jsonb) l ON CONFLICT DO NOTHING`,
      [accountId, JSON.stringify(letters), new Date(at)],
    );
    const rows = await tx.query<{ key: string }>(
      `SELECT key FROM mail WHERE account_id = $1::uuid AND key = ANY($2::text[]) AND state <> 'failed'`,
      [accountId, letters.map((letter) => letter.key)],
    );
    return new Set(rows.map((row) => row.key));
  }

  async dueAccounts(now: Instant): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account a WHERE state = 'active' AND EXISTS (
         SELECT 1 FROM mail m WHERE m.account_id = a.account_id AND m.next_at <= $1) ORDER BY account_id`,
      [new Date(now)],
    );
    return rows.map((row) => row.account_id);
  }

  /** Marks and takes the letters that are due, oldest first. Before anything is sent, so that a crash cannot forget it. */
  async claim(accountId: string, now: Instant, limit: number): Promise<readonly ClaimedLetter[]> {
    const rows = await this.database.query<LetterRow>(
      `UPDATE mail m SET state = 'sending', attempts = attempts + 1, next_at = $4
       WHERE m.account_id = $1::uuid AND m.key IN (SELECT key FROM mail WHERE account_id = $1::uuid AND next_at <= $2
         ORDER BY next_at, key LIMIT $3 FOR UPDATE SKIP LOCKED)
       RETURNING key, user_id, kind, address, subject, html, text, attempts`,
      [accountId, new Date(now), limit, new Date(now + CLAIM_MS)],
    );
    return rows.map(({ user_id: userId, ...row }) => ({ ...row, userId }));
  }

  /** `nextAt` null: nothing more is done with it. The words of a letter that is done with are not kept. */
  async settle(
    accountId: string,
    key: string,
    to: {
      readonly state: 'planned' | 'sent' | 'failed';
      readonly nextAt: Instant | null;
      readonly at: Instant;
      readonly fault: string | null;
    },
  ): Promise<void> {
    await this.database.query(
      `UPDATE mail SET state = $3, next_at = $4, fault = $5, sent_at = CASE WHEN $3 = 'sent' THEN $6::timestamptz END,
         html = CASE WHEN $4::timestamptz IS NULL THEN '' ELSE html END,
         text = CASE WHEN $4::timestamptz IS NULL THEN '' ELSE text END
       WHERE account_id = $1::uuid AND key = $2`,
      [accountId, key, to.state, to.nextAt === null ? null : new Date(to.nextAt), to.fault, new Date(to.at)],
    );
  }

  /** Letters since then that could not be delivered, and what the server said of the newest. */
  async failures(
    accountId: string,
    since: Instant,
  ): Promise<{ readonly count: number; readonly last: string | null }> {
    const [row] = await this.database.query<{ n: number; last: string | null }>(
      `SELECT count(*)::int AS n, (array_agg(fault ORDER BY created_at DESC))[1] AS last FROM mail
       WHERE account_id = $1::uuid AND created_at > $2 AND fault IS NOT NULL AND state <> 'sent'`,
      [accountId, new Date(since)],
    );
    return { count: row?.n ?? 0, last: row?.last ?? null };
  }

  /** Letters that were done with before then. */
  async forget(before: Instant): Promise<void> {
    await this.database.query(
      `DELETE FROM mail m USING account a WHERE m.account_id = a.account_id AND m.created_at < $1 AND m.next_at IS NULL`,
      [new Date(before)],
    );
  }

  async refused(accountId: string, userId: string, kind: MailKind): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT 1 FROM mail_refusal WHERE account_id = $1::uuid AND user_id = $2 AND kind = $3`,
      [accountId, userId, kind],
    );
    return rows.length > 0;
  }

  async refuse(accountId: string, userId: string, kind: MailKind, at: Instant): Promise<void> {
    await this.database.query(
      `INSERT INTO mail_refusal (account_id, user_id, kind, at)
       SELECT account_id, $2, $3, $4 FROM account WHERE account_id = $1::uuid ON CONFLICT DO NOTHING`,
      [accountId, userId, kind, new Date(at)],
    );
  }

  async admit(accountId: string, userId: string, kind: MailKind): Promise<void> {
    await this.database.query(
      `DELETE FROM mail_refusal WHERE account_id = $1::uuid AND user_id = $2 AND kind = $3`,
      [accountId, userId, kind],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { entryOf, type BookRow } from './book.repository.js';
import type { DueNotice, PastMessage } from './book-messages.js';
import type { BookEntry } from './book.types.js';

export interface Due extends DueNotice {
  readonly entry: BookEntry;
  readonly dealTitle: string | null;
  readonly channels: readonly string[];
}

interface DueRow extends BookRow {
  readonly user_id: string;
  readonly why: DueNotice['why'];
  readonly channels: readonly string[];
  readonly title: string | null;
}

const AT_ONCE = 1_000;

/** Who is to be told of what, and when it was done. */
@Injectable()
export class BookToldRepository {
  constructor(private readonly database: Database) {}

  /** Living accounts where somebody is to be told or reminded by now. */
  async accounts(now: Instant): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT a.account_id FROM account a WHERE a.state = 'active' AND (
         EXISTS (SELECT FROM book_told t WHERE t.account_id = a.account_id AND t.due_at <= $1) OR
         EXISTS (SELECT FROM book_plan p WHERE p.account_id = a.account_id AND p.remind_at <= $1))
       ORDER BY a.account_id`,
      [new Date(now)],
    );
    return rows.map((row) => row.account_id);
  }

  /** One teller an account at a time, until the transaction ends. */
  async lock(tx: Sql, accountId: string): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('salesbook.tell|' || $1, 0))`, [accountId]);
  }

  /** Reminders whose time has come: the writer, whom he named, and whoever follows the deal. Each once. */
  async remind(tx: Sql, accountId: string, now: Instant): Promise<void> {
    await tx.query(
      `WITH ripe AS (
         UPDATE book_plan SET remind_at = NULL WHERE account_id = $1::uuid AND remind_at <= $2
         RETURNING entry_id, state
       ), entries AS (
         SELECT e.entry_id, e.deal_id, e.by_user, e.body FROM ripe r JOIN book_entry e
           ON e.account_id = $1::uuid AND e.entry_id = r.entry_id WHERE r.state = 'open'
       ), people AS (
         SELECT entry_id, deal_id, by_user AS user_id FROM entries WHERE by_user IS NOT NULL
         UNION SELECT entry_id, deal_id, jsonb_array_elements_text(body -> 'userIds') FROM entries
           WHERE jsonb_typeof(body -> 'userIds') = 'array'
         UNION SELECT t.entry_id, t.deal_id, t.user_id FROM entries e JOIN book_told t
           ON t.account_id = $1::uuid AND t.entry_id = e.entry_id AND t.why = 'subscribed'
       )
       INSERT INTO book_told (account_id, entry_id, user_id, why, channels, deal_id, due_at)
       SELECT $1::uuid, entry_id, user_id, 'reminder', ARRAY['host', 'mail'], deal_id, $2 FROM people
       ON CONFLICT DO NOTHING`,
      [accountId, new Date(now)],
    );
  }

  async due(tx: Sql, accountId: string, now: Instant): Promise<readonly Due[]> {
    const rows = await tx.query<DueRow>(
      `SELECT t.user_id, t.why, t.channels, d.title, e.entry_id::text AS entry_id, e.at, e.recorded_at, e.kind, e.deal_id,
         e.by_user, e.by_hand, e.body, e.source_key, e.prev_hash, e.hash
       FROM book_told t JOIN book_entry e ON e.account_id = t.account_id AND e.entry_id = t.entry_id
       LEFT JOIN deal d ON d.account_id = t.account_id AND d.deal_id = t.deal_id
       WHERE t.account_id = $1::uuid AND t.due_at <= $2 ORDER BY t.user_id, e.at, e.entry_id LIMIT ${AT_ONCE}`,
      [accountId, new Date(now)],
    );
    return rows.map((row) => ({
      entryId: row.entry_id,
      userId: row.user_id,
      why: row.why,
      dealId: row.deal_id,
      channels: row.channels,
      dealTitle: row.title ?? row.body.dealTitle ?? null,
      entry: entryOf(row),
    }));
  }

  /** What subscribers were sent since then: the rows of one message carry one instant. */
  async past(tx: Sql, accountId: string, since: Instant): Promise<readonly PastMessage[]> {
    const rows = await tx.query<{ user_id: string; told_at: Date; deal_ids: readonly string[] }>(
      `SELECT user_id, told_at, array_agg(DISTINCT coalesce(deal_id, '')) AS deal_ids FROM book_told
       WHERE account_id = $1::uuid AND told_at > $2 AND why = 'subscribed' GROUP BY user_id, told_at`,
      [accountId, new Date(since)],
    );
    return rows.map((row) => ({ userId: row.user_id, at: row.told_at.getTime(), dealIds: row.deal_ids }));
  }

  /** `told`: when it happened; null: nobody could be told. */
  async settle(
    tx: Sql,
    accountId: string,
    notices: readonly DueNotice[],
    times: { readonly told: Instant | null; readonly due: readonly (Instant | null)[] },
  ): Promise<void> {
    if (notices.length === 0) return;
    await tx.query(
      `UPDATE book_told SET told_at = $6, due_at = to_timestamp(r.due / 1000)
       FROM unnest($2::int8[], $3::text[], $4::text[], $5::float8[]) AS r(entry, person, why, due)
       WHERE account_id = $1::uuid AND entry_id = r.entry AND user_id = r.person AND book_told.why = r.why`,
      [
        accountId,
        notices.map((notice) => notice.entryId),
        notices.map((notice) => notice.userId),
        notices.map((notice) => notice.why),
        times.due,
        times.told === null ? null : new Date(times.told),
      ],
    );
  }
}

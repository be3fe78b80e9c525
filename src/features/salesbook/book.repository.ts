import { Injectable } from '@nestjs/common';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { chained, type ChainEnd } from './book-chain.js';
import { searchText } from './book.texts.js';
import type { BookBody, BookEntry, NewEntry } from './book.types.js';
import type { BookKind } from './salesbook.view.js';

export interface BookRow {
  readonly entry_id: string;
  readonly at: Date;
  readonly recorded_at: Date;
  readonly kind: BookKind;
  readonly deal_id: string | null;
  readonly by_user: string | null;
  readonly by_hand: boolean;
  readonly body: BookBody;
  readonly source_key: string;
  readonly prev_hash: string;
  readonly hash: string;
}

const COLUMNS = `entry_id::text AS entry_id, at, recorded_at, kind, deal_id, by_user, by_hand, body, source_key,
  prev_hash, hash`;

/** The only code that writes the ledger. */
@Injectable()
export class BookRepository {
  constructor(private readonly database: Database) {}

  /** Before this instant nothing of the account is written down by itself; null: there is no such account. */
  async since(accountId: string): Promise<Instant | null> {
    await openHead(this.database, accountId);
    const [row] = await this.database.query<{ since: Date }>(
      'SELECT since FROM book_head WHERE account_id = $1::uuid',
      [accountId],
    );
    return row?.since.getTime() ?? null;
  }

  /**
   * Writes what is not written yet at the end of the chain, under the account's lock, and returns it. Idempotent by
   * `sourceKey`. Nothing for an account that is not there.
   */
  async append(
    tx: Sql,
    accountId: string,
    entries: readonly NewEntry[],
    now: Instant,
  ): Promise<readonly BookEntry[]> {
    if (entries.length === 0) return [];
    await openHead(tx, accountId);
    const [head] = await tx.query<{ entries: string; hash: string }>(
      `SELECT entries::text AS entries, hash FROM book_head WHERE account_id = $1::uuid
         AND EXISTS (SELECT FROM account WHERE account_id = $1::uuid AND state <> 'purging') FOR UPDATE`,
      [accountId],
    );
    if (!head) return [];
    const fresh = await this.unwritten(tx, accountId, entries);
    const written = chained(accountId, { entries: Number(head.entries), hash: head.hash }, fresh, now);
    const last = written.at(-1);
    if (!last) return [];
    await insert(tx, accountId, written);
    await tx.query('UPDATE book_head SET entries = $2, hash = $3 WHERE account_id = $1::uuid', [
      accountId,
      last.entryId,
      last.hash,
    ]);
    return written;
  }

  async find(accountId: string, entryId: string, sql: Sql = this.database): Promise<BookEntry | null> {
    const [row] = await sql.query<BookRow>(
      `SELECT ${COLUMNS} FROM book_entry WHERE account_id = $1::uuid AND entry_id = $2`,
      [accountId, entryId],
    );
    return row ? entryOf(row) : null;
  }

  /** What the chain's end says of itself; null: nothing was ever written. */
  async end(accountId: string): Promise<ChainEnd | null> {
    const [head] = await this.database.query<{ entries: string; hash: string }>(
      'SELECT entries::text AS entries, hash FROM book_head WHERE account_id = $1::uuid',
      [accountId],
    );
    return head ? { entries: Number(head.entries), hash: head.hash } : null;
  }

  /** The chain in its own order, after the entry of that place. */
  async chain(accountId: string, after: string, limit: number): Promise<readonly BookEntry[]> {
    const rows = await this.database.query<BookRow>(
      `SELECT ${COLUMNS} FROM book_entry WHERE account_id = $1::uuid AND book_entry.entry_id > $2
       ORDER BY book_entry.entry_id LIMIT $3`,
      [accountId, after, limit],
    );
    return rows.map(entryOf);
  }

  private async unwritten(
    tx: Sql,
    accountId: string,
    entries: readonly NewEntry[],
  ): Promise<readonly NewEntry[]> {
    const byKey = new Map(entries.map((entry) => [entry.sourceKey, entry]));
    const known = await tx.query<{ source_key: string }>(
      'SELECT source_key FROM book_entry WHERE account_id = $1::uuid AND source_key = ANY($2::text[])',
      [accountId, [...byKey.keys()]],
    );
    for (const { source_key: key } of known) byKey.delete(key);
    return [...byKey.values()];
  }
}

export function entryOf(row: BookRow): BookEntry {
  return {
    entryId: row.entry_id,
    at: row.at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    kind: row.kind,
    dealId: row.deal_id,
    by: row.by_user,
    byHand: row.by_hand,
    body: row.body,
    sourceKey: row.source_key,
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}

/** Hosts give whole seconds: a move in the second of the installation must not count as older than the installation. */
async function openHead(sql: Sql, accountId: string): Promise<void> {
  await sql.query(
    `INSERT INTO book_head (account_id, since, entries, hash)
     SELECT account_id, date_trunc('second', installed_at), 0, '' FROM account WHERE account_id = $1::uuid AND state <> 'purging'
     ON CONFLICT (account_id) DO NOTHING`,
    [accountId],
  );
}

async function insert(tx: Sql, accountId: string, entries: readonly BookEntry[]): Promise<void> {
  await tx.query(
    `INSERT INTO book_entry (account_id, entry_id, at, recorded_at, kind, deal_id, by_user, by_hand, body, source_key,
       refers_to, search, prev_hash, hash)
     SELECT $1::uuid, r.id, to_timestamp(r.at / 1000), to_timestamp(r.recorded / 1000), r.kind, r.deal, r.by_user,
       r.hand, r.body::jsonb, r.key, r.refers, r.search, r.prev, r.hash
     FROM unnest($2::int8[], $3::float8[], $4::float8[], $5::text[], $6::text[], $7::text[], $8::bool[], $9::text[],
       $10::text[], $11::int8[], $12::text[], $13::text[], $14::text[])
       AS r(id, at, recorded, kind, deal, by_user, hand, body, key, refers, search, prev, hash)`,
    [
      accountId,
      entries.map((entry) => entry.entryId),
      entries.map((entry) => entry.at),
      entries.map((entry) => entry.recordedAt),
      entries.map((entry) => entry.kind),
      entries.map((entry) => entry.dealId),
      entries.map((entry) => entry.by),
      entries.map((entry) => entry.byHand),
      entries.map((entry) => JSON.stringify(entry.body)),
      entries.map((entry) => entry.sourceKey),
      entries.map((entry) => entry.body.entryId ?? null),
      entries.map((entry) => searchText(entry.body)),
      entries.map((entry) => entry.prevHash),
      entries.map((entry) => entry.hash),
    ],
  );
}

import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import { Log } from '../../infra/log.js';
import { AccountCache } from './account.cache.js';
import { AccountRepository } from './account.repository.js';

/** Small enough that other accounts' writes never wait long behind one statement. */
const CHUNK_ROWS = 10_000;
/** Nobody writes for long into an account that is frozen. */
const MOST_PASSES = 10;

/** Deletes uninstalled accounts when their time is over: every row of every table, the account's own row last. */
@Injectable()
export class PurgeService {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly cache: AccountCache,
    @Inject(CLOCK) private readonly clock: Clock,
    log: Log,
  ) {
    this.log = log.child('purge');
  }

  due(): Promise<readonly string[]> {
    return this.accounts.purgeable(this.clock.now());
  }

  /** Goes on where a crash left it; ends early when the account was installed again meanwhile. */
  async purge(accountId: string): Promise<void> {
    await this.accounts.setState(this.database, accountId, 'frozen', 'purging');
    this.cache.drop(accountId);
    let rows = 0;
    // What was under way when the account was frozen may have written into tables that were empty already.
    for (let pass = 0, found = 1; found > 0 && pass < MOST_PASSES; pass += 1, rows += found) {
      const deleted = await this.deleteAll(accountId);
      if (deleted === null) return;
      found = deleted;
    }
    await this.database.query(`DELETE FROM account WHERE account_id = $1::uuid AND state = 'purging'`, [
      accountId,
    ]);
    this.cache.drop(accountId);
    this.log.info('an uninstalled account was purged', { accountId, rows });
  }

  /** Returns how many rows there were; null: the account was installed again. */
  private async deleteAll(accountId: string): Promise<number | null> {
    let rows = 0;
    for (const table of await this.tables()) {
      for (let deleted = CHUNK_ROWS; deleted === CHUNK_ROWS; rows += deleted) {
        const chunk = await this.deleteChunk(table, accountId);
        if (chunk === null) return null;
        deleted = chunk;
      }
    }
    return rows;
  }

  /** Read from the catalogue, so that a table added later is not forgotten. */
  private async tables(): Promise<readonly string[]> {
    const rows = await this.database.query<{ table_name: string }>(
      `SELECT c.table_name::text FROM information_schema.columns c
       JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
       WHERE c.column_name = 'account_id' AND c.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
         AND c.table_name <> 'account' ORDER BY c.table_name`,
    );
    return rows.map((row) => row.table_name);
  }

  /** Null: nothing is to be deleted any more. An installation waits for the chunk under way, and loses nothing to the next. */
  private async deleteChunk(table: string, accountId: string): Promise<number | null> {
    const name = `"${table.replaceAll('"', '""')}"`;
    return this.database.transaction(async (tx) => {
      const purging = await tx.query(
        `SELECT 1 FROM account WHERE account_id = $1::uuid AND state = 'purging' FOR SHARE`,
        [accountId],
      );
      if (purging.length === 0) return null;
      const [row] = await tx.query<{ n: number }>(
        `WITH gone AS (DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM ${name} WHERE account_id = $1::uuid LIMIT ${CHUNK_ROWS})) RETURNING 1)
         SELECT count(*)::int AS n FROM gone`,
        [accountId],
      );
      return row?.n ?? 0;
    });
  }
}

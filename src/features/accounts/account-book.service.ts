import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { AccountCache, type KnownAccount } from './account.cache.js';
import { AccountRepository, type AccountRecord } from './account.repository.js';

/** Reads accounts from memory and changes them in transactions, after which nobody sees the old state any more. */
@Injectable()
export class AccountBook {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly cache: AccountCache,
  ) {}

  find(accountId: string): Promise<KnownAccount | null> {
    return this.cache.find(accountId);
  }

  /** As it is in the database now. Throws when there is no such account. */
  async current(accountId: string): Promise<AccountRecord> {
    this.cache.drop(accountId);
    const known = await this.cache.find(accountId);
    if (!known) throw new Error('the account is not there any more');
    return known.record;
  }

  /** Other processes hear of it through the announcement that the repository sends with each change. */
  async change<T>(accountId: string, work: (tx: Sql, accounts: AccountRepository) => Promise<T>): Promise<T> {
    const result = await this.database.transaction((tx) => work(tx, this.accounts));
    this.cache.drop(accountId);
    return result;
  }
}

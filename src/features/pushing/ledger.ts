import { Injectable } from '@nestjs/common';
import { bookRecorded, type BookRecord, type BookRecords } from '../../contract/jobs.js';
import type { Sql } from '../../infra/db/sql.js';
import { Jobs } from '../../infra/jobs/jobs.js';

const AT_ONCE = 500;

/** The one place where control writes into the Sales Book: in the transaction of what happened. */
@Injectable()
export class Ledger {
  constructor(private readonly jobs: Jobs) {}

  async record(tx: Sql, accountId: string, entries: readonly BookRecord[]): Promise<void> {
    const jobs: BookRecords[] = [];
    for (let at = 0; at < entries.length; at += AT_ONCE)
      jobs.push({ accountId, entries: entries.slice(at, at + AT_ONCE) });
    await this.jobs.enqueue<BookRecords>(bookRecorded, jobs, { tx });
  }
}

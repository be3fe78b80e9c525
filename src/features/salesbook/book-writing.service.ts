import { Inject, Injectable } from '@nestjs/common';
import type { BookRecords, DealsTouched } from '../../contract/jobs.js';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { BookEvents } from './book-events.repository.js';
import { entriesOfDeal, entryOfMove, entryOfPlan } from './book-events.js';
import { tellPeople } from './book.jobs.js';
import { BookRepository } from './book.repository.js';
import { BookNotices } from './book-notices.service.js';
import type { BookEntry, NewEntry } from './book.types.js';

/** Writes the ledger, and notes who is to be told of it. */
@Injectable()
export class BookWriting {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly book: BookRepository,
    private readonly events: BookEvents,
    private readonly notices: BookNotices,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What other features report. */
  async record({ accountId, entries }: BookRecords): Promise<void> {
    const since = await this.book.since(accountId);
    if (since === null) return;
    await this.write(
      accountId,
      entries
        .filter((entry) => entry.at >= since)
        .map((entry) => ({ ...entry, sourceKey: `told|${entry.sourceKey}`, byHand: false })),
    );
  }

  /** What the mirror and the plans know of these deals and the ledger does not; from the installation on. */
  async follow({ accountId, dealIds }: DealsTouched): Promise<void> {
    const since = await this.book.since(accountId);
    if (since === null) return;
    const [deals, moves, plans] = await Promise.all([
      this.events.deals(accountId, dealIds, since),
      this.events.moves(accountId, dealIds, since),
      this.events.plans(accountId, dealIds, since),
    ]);
    await this.write(accountId, [
      ...deals.flatMap((line) => entriesOfDeal(line, since)),
      ...moves.map(entryOfMove),
      ...plans.flatMap((line) => entryOfPlan(line) ?? []),
    ]);
  }

  /** Idempotent by the keys. `within` is done in the same transaction with what was new. */
  async write(
    accountId: string,
    entries: readonly NewEntry[],
    within: (tx: Sql, written: readonly BookEntry[]) => Promise<void> = async () => undefined,
  ): Promise<readonly BookEntry[]> {
    if (entries.length === 0) return [];
    const people = await this.notices.people(accountId);
    await this.jobs.prepare(tellPeople);
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const written = await this.book.append(tx, accountId, entries, now);
      const toTell = await this.notices.note(tx, people, written, now);
      await within(tx, written);
      if (toTell > 0) await this.jobs.enqueue(tellPeople, { accountId }, { tx });
      return written;
    });
  }
}

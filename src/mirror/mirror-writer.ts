import { Injectable } from '@nestjs/common';
import type { Deal, HostTask } from '../domain/crm/records.js';
import type { Instant } from '../domain/crm/time.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { chunksOf } from './columns.js';
import { buryDeals, upsertDeals } from './deals.repository.js';
import { IDS_PER_JOB, dealsChanged, tasksChanged, type MirrorCause } from './jobs.js';
import { buryTasks, oursAmong, upsertTasks } from './tasks.repository.js';
import { noteOwnTransitions, recomputeVisits } from './visits.repository.js';

/** What a write touched, for what follows from it. */
export interface Written {
  /** Deals whose row changed. */
  readonly deals?: readonly string[];
  /** Deals whose known transitions changed. */
  readonly moved?: readonly string[];
  readonly tasks?: readonly string[];
}

/** What a read brought: an id that was asked for and is not among the rows is gone. */
export interface Reading<Row> {
  readonly asked: readonly string[];
  readonly rows: readonly Row[];
  /** The database's clock just before the read. */
  readonly readAt: Instant;
}

/** Key space of our advisory locks, so that they meet nobody else's. */
const LOCK_SPACE = 7_270;

/**
 * Every write to the mirror goes through here, with what follows from it in the same transaction: own transitions,
 * visits, and the jobs by which the features hear of it. Writes of one account come one after another: two that
 * computed a deal's visits side by side would each miss the other's transition.
 */
@Injectable()
export class MirrorWriter {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /** Never await a host inside. */
  transaction<T>(accountId: string, work: (tx: Sql) => Promise<T>): Promise<T> {
    return this.database.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM pg_advisory_xact_lock($1, hashtext($2))', [LOCK_SPACE, accountId]);
      return work(tx);
    });
  }

  /** The database's clock: all processes share it, and it dates reads. */
  async readingStarts(): Promise<Instant> {
    const [row] = await this.database.query<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    return row?.ms ?? 0;
  }

  async saveDeals(tx: Sql, accountId: string, reading: Reading<Deal>): Promise<Written> {
    const found = new Set(reading.rows.map((deal) => deal.id));
    const gone = reading.asked.filter((id) => !found.has(id));
    const saved = await upsertDeals(tx, accountId, reading.rows, reading.readAt);
    const buried = await buryDeals(tx, accountId, gone);
    return { deals: [...saved, ...buried] };
  }

  async saveTasks(tx: Sql, accountId: string, reading: Reading<HostTask>): Promise<Written> {
    const found = new Set(reading.rows.map((task) => task.id));
    const gone = reading.asked.filter((id) => !found.has(id));
    const saved = await upsertTasks(tx, accountId, reading.rows, reading.readAt);
    const buried = await buryTasks(tx, accountId, gone);
    return { tasks: [...saved, ...buried] };
  }

  /** Own transitions, visits and jobs that follow from a write outside the first copy. */
  async settle(tx: Sql, accountId: string, written: Written, cause: MirrorCause): Promise<void> {
    await this.settleDeals(tx, accountId, written.deals ?? [], written.moved ?? [], cause);
    const tasks = cause === 'backfill' ? await oursAmong(tx, accountId, written.tasks ?? []) : written.tasks;
    const batches = chunksOf(tasks ?? [], IDS_PER_JOB);
    await this.jobs.enqueue(
      tasksChanged,
      batches.map((taskIds) => ({ accountId, taskIds })),
      { tx },
    );
  }

  /** The visits of these deals brought up to date and announced, though their rows did not change. */
  async settleVisits(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<void> {
    await noteOwnTransitions(tx, accountId, dealIds);
    await recomputeVisits(tx, accountId, dealIds);
    await this.announceDeals(tx, accountId, dealIds, 'backfill');
  }

  private async settleDeals(
    tx: Sql,
    accountId: string,
    deals: readonly string[],
    moved: readonly string[],
    cause: MirrorCause,
  ): Promise<void> {
    if (deals.length + moved.length === 0) return;
    await noteOwnTransitions(tx, accountId, deals);
    const revisited = await recomputeVisits(tx, accountId, [...new Set([...deals, ...moved])]);
    if (await this.historyIsMissing(tx, accountId)) return;
    await this.announceDeals(tx, accountId, [...new Set([...deals, ...revisited])], cause);
  }

  /**
   * Until the history is copied, a deal's visits are numbered by what little is known, and a plan made on them would
   * carry steps of visits that get other numbers. The pass that ends the first copy announces every deal.
   */
  private async historyIsMissing(tx: Sql, accountId: string): Promise<boolean> {
    const rows = await tx.query(
      `SELECT 1 FROM checkpoint WHERE account_id = $1 AND stream = 'visits' AND stage = 'waiting'`,
      [accountId],
    );
    return rows.length > 0;
  }

  private async announceDeals(
    tx: Sql,
    accountId: string,
    dealIds: readonly string[],
    cause: MirrorCause,
  ): Promise<void> {
    const batches = chunksOf(dealIds, IDS_PER_JOB);
    await this.jobs.enqueue(
      dealsChanged,
      batches.map((chunk) => ({ accountId, dealIds: chunk, cause })),
      { tx },
    );
  }
}

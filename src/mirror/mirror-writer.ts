import { Injectable } from '@nestjs/common';
import type { HostTask } from '../domain/crm/records.js';
import type { HostDeal } from '../contract/streams.js';
import type { Instant } from '../domain/crm/time.js';
import { Database } from '../infra/db/database.js';
import type { Sql, Transaction } from '../infra/db/sql.js';
import { DeadLetters } from '../infra/jobs/dead-letters.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { writeCarefully } from './careful-write.js';
import { chunksOf } from './columns.js';
import { buryDeals, knownDealIds, upsertDeals } from './deals.repository.js';
import { IDS_PER_JOB, dealsChanged, historyCopied, tasksChanged, type MirrorCause } from './jobs.js';
import { buryTasks, oursAmong, upsertTasks } from './tasks.repository.js';
import { noteOwnTransitions, recomputeVisits, rewriteVisits } from './visits.repository.js';

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

/** Ids are small: a million of them take a few hundred statements. */
const DEALS_PER_ANNOUNCEMENT = 10_000;

/** Key space of our advisory locks, so that they meet nobody else's. */
const LOCK_SPACE = 7_270;

/**
 * `inPassing`: the commit does not wait for the disk. For pages of the first copy, whose cursor commits with them: a
 * crash of the database server takes the last ones back together with their cursor, and they are copied again. The
 * step's last page commits as usual and makes all before it durable.
 */
export type Commit = 'durable' | 'inPassing';

const LOCK = 'SELECT 1 FROM pg_advisory_xact_lock($1, hashtext($2))';
const BEGINNINGS: Readonly<Record<Commit, string>> = {
  durable: LOCK,
  inPassing: `${LOCK}, set_config('synchronous_commit', 'off', true)`,
};

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
    private readonly deadLetters: DeadLetters,
  ) {}

  /** Never await a host inside. */
  async transaction<T>(
    accountId: string,
    work: (tx: Transaction) => Promise<T>,
    commit: Commit = 'durable',
  ): Promise<T> {
    await this.jobs.prepare(dealsChanged, tasksChanged, historyCopied);
    return this.database.transaction(async (tx) => {
      await tx.query(BEGINNINGS[commit], [LOCK_SPACE, accountId]);
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

  /** Stores what a read by ids brought; what cannot be stored becomes a dead letter and holds nothing else up. */
  async saveDeals(tx: Sql, accountId: string, reading: Reading<HostDeal>): Promise<Written> {
    const saved = await writeCarefully(
      tx,
      reading.rows,
      (rows) => upsertDeals(tx, accountId, rows, reading.readAt),
      (row, error) => this.bury(tx, accountId, 'deal', row.id, error),
    );
    return { deals: [...saved.flat(), ...(await buryDeals(tx, accountId, goneOf(reading)))] };
  }

  async saveTasks(tx: Sql, accountId: string, reading: Reading<HostTask>): Promise<Written> {
    const saved = await writeCarefully(
      tx,
      reading.rows,
      (rows) => upsertTasks(tx, accountId, rows, reading.readAt),
      (row, error) => this.bury(tx, accountId, 'task', row.id, error),
    );
    return { tasks: [...saved.flat(), ...(await buryTasks(tx, accountId, goneOf(reading)))] };
  }

  /** Keeps an entity that cannot be processed, with its reason, until somebody redrives it. */
  async bury(tx: Sql, accountId: string, entity: string, id: string, error: unknown): Promise<void> {
    await this.deadLetters.add(
      {
        accountId,
        source: 'inbox',
        subject: entity,
        payload: { entity, ids: [id] },
        reason: error instanceof Error ? error.message : String(error),
        attempts: 1,
      },
      tx,
    );
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

  /** The visits of these deals brought up to date, though their rows did not change; nobody hears of it yet. */
  async settleVisits(tx: Sql, accountId: string, dealIds: readonly string[]): Promise<void> {
    await noteOwnTransitions(tx, accountId, dealIds);
    await rewriteVisits(tx, accountId, dealIds);
  }

  /** The last visits of a first copy are there: every deal is announced, and whoever learns from the whole may begin. */
  async announceCopy(tx: Sql, accountId: string): Promise<void> {
    for (let after: string | null = null; ;) {
      const dealIds: readonly string[] = await knownDealIds(tx, accountId, after, DEALS_PER_ANNOUNCEMENT);
      await this.announceDeals(tx, accountId, dealIds, 'backfill');
      if (dealIds.length < DEALS_PER_ANNOUNCEMENT) break;
      after = dealIds.at(-1) ?? null;
    }
    await this.jobs.enqueue(historyCopied, { accountId }, { tx });
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

function goneOf(reading: Reading<{ readonly id: string }>): readonly string[] {
  const found = new Set(reading.rows.map((row) => row.id));
  return reading.asked.filter((id) => !found.has(id));
}

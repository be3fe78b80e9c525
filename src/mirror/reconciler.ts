import { Injectable } from '@nestjs/common';
import type { HostClient } from '../contract/client.js';
import { HostError } from '../contract/failure.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { Log } from '../infra/log.js';
import { advance, finishStep, type Lease } from './checkpoints.repository.js';
import { chunksOf } from './columns.js';
import { liveDealIds, missingDeals } from './deals.repository.js';
import { IdSet } from './id-set.js';
import { MirrorWriter, type Written } from './mirror-writer.js';
import type { StepWork } from './step-runner.js';
import { openTasksOfOurs } from './tasks.repository.js';

const IDS_PER_READ = 2_500;
const IDS_PER_LOOK = 10_000;
/** Fewer missing deals than this are believed at once, whatever their share. */
const FEW = 100;
const MASS_SHARE = 0.5;
/** Kept in the checkpoint between two walks that both found most deals gone. */
export const MOST_VANISHED = 'mostVanished';

/**
 * The slow walk over all ids of the host: finds deletions whose events were lost, and deals that no event and no sweep
 * brought. Every suspect is read again before anything is believed. When most deals seem gone (our user lost its
 * rights, say), nothing is buried until the next walk finds the same.
 */
@Injectable()
export class Reconciler {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly writer: MirrorWriter,
    log: Log,
  ) {
    this.log = log.child('reconcile');
  }

  async reconcile(work: StepWork): Promise<void> {
    const { lease, client, checkpoint } = work;
    const startedAt = await this.writer.readingStarts();
    const seen = await this.walkIds(work);
    const { live, missing } = await this.compare(lease.accountId, seen, startedAt);
    const most = missing.length > FEW && missing.length > live * MASS_SHARE;
    if (most && checkpoint.fault !== MOST_VANISHED) {
      this.log.error('most deals are gone from the host: waiting for a second walk to say so', {
        accountId: lease.accountId,
        live,
        missing: missing.length,
      });
      return finishStep(this.database, lease, null, MOST_VANISHED);
    }
    for (const chunk of chunksOf(missing, IDS_PER_READ)) await this.readAgain(work, chunk);
    if (client.streams.has('tasks')) await this.checkTasks(work);
    await finishStep(this.database, lease, null);
    this.log.info('ids are reconciled', { accountId: lease.accountId, live, missing: missing.length });
  }

  /** Collects the host's ids; deals among them that the mirror lacks are read and stored on the way. */
  private async walkIds(work: StepWork): Promise<IdSet> {
    const seen = new IdSet();
    for await (const page of work.client.readDealIds(null, 'low')) {
      work.signal.throwIfAborted();
      for (const id of page.ids) seen.add(id);
      const unknown = await missingDeals(this.database, work.lease.accountId, page.ids);
      for (const chunk of chunksOf(unknown, IDS_PER_READ)) await this.readAgain(work, chunk);
      if (page.done) return seen;
    }
    throw new HostError({ kind: 'unavailable', detail: 'the walk over ids broke off before its end' });
  }

  private async compare(
    accountId: string,
    seen: IdSet,
    startedAt: number,
  ): Promise<{ live: number; missing: readonly string[] }> {
    const missing: string[] = [];
    let live = 0;
    let after: string | null = null;
    for (;;) {
      const page = { after, readBefore: startedAt, limit: IDS_PER_LOOK };
      const ids: readonly string[] = await liveDealIds(this.database, accountId, page);
      live += ids.length;
      for (const id of ids) if (!seen.has(id)) missing.push(id);
      if (ids.length < IDS_PER_LOOK) return { live, missing };
      after = ids.at(-1) ?? null;
    }
  }

  private async readAgain(work: StepWork, asked: readonly string[]): Promise<void> {
    const readAt = await this.writer.readingStarts();
    const rows = await work.client.readDeals(asked, 'low');
    await this.store(work.lease, (tx) =>
      this.writer.saveDeals(tx, work.lease.accountId, { asked, rows, readAt }),
    );
  }

  /** Tasks have no walk over ids; the ones whose loss would matter are asked for by name. */
  private async checkTasks(work: StepWork): Promise<void> {
    const { accountId } = work.lease;
    let after: string | null = null;
    for (;;) {
      work.signal.throwIfAborted();
      const asked: readonly string[] = await openTasksOfOurs(this.database, accountId, after, IDS_PER_READ);
      if (asked.length > 0) await this.readTasks(work.client, work.lease, asked);
      if (asked.length < IDS_PER_READ) return;
      after = asked.at(-1) ?? null;
    }
  }

  private async readTasks(client: HostClient, lease: Lease, asked: readonly string[]): Promise<void> {
    const readAt = await this.writer.readingStarts();
    const rows = await client.readTasks(asked, 'low');
    await this.store(lease, (tx) => this.writer.saveTasks(tx, lease.accountId, { asked, rows, readAt }));
  }

  private async store(lease: Lease, write: (tx: Sql) => Promise<Written>): Promise<void> {
    await this.writer.transaction(lease.accountId, async (tx) => {
      await advance(tx, lease, { cursor: null, rows: 0, total: null });
      await this.writer.settle(tx, lease.accountId, await write(tx), 'sweep');
    });
  }
}

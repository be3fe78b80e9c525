import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { Log } from '../infra/log.js';
import {
  advance,
  beginCopy,
  finishStep,
  giveBack,
  readCheckpoints,
  restartVisits,
} from './checkpoints.repository.js';
import { knownDealIds } from './deals.repository.js';
import { knownDeals } from './known-deals.js';
import { MirrorWriter } from './mirror-writer.js';
import { FAILED_REST_MS, StepRunner, type StepOutcome, type StepWork } from './step-runner.js';
import { StreamWalker } from './stream-walker.js';
import { COPY_STEPS, VISITS_STEP, streamOf, type StepName } from './streams/streams.js';

const DEALS_PER_TRANSACTION = 2_500;
const LOG_EVERY_MS = 3_000;

/** While one of the two large walks waits for the host, the other one's page is written: where the host allows it. */
const SIDE_BY_SIDE: readonly (readonly StepName[])[] = COPY_STEPS.filter(
  (step) => step !== 'stageHistory',
).map((step) => (step === 'deals' ? ['deals', 'stageHistory'] : [step]));

const TABLES: Partial<Record<StepName, string>> = {
  deals: 'deal',
  stageHistory: 'stage_transition',
  visits: 'stage_visit',
  tasks: 'host_task',
};

/** The first copy of an account, step by step; goes on where it stood, whoever did the part before. */
@Injectable()
export class Copier {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly writer: MirrorWriter,
    private readonly walker: StreamWalker,
    private readonly runner: StepRunner,
    log: Log,
  ) {
    this.log = log.child('copy');
  }

  /** Works until the copy is complete, somebody else has the next step, or a step has to rest. Idempotent. */
  async copy(accountId: string, stopping: AbortSignal): Promise<void> {
    for (const steps of SIDE_BY_SIDE) {
      let left: readonly StepName[] = steps;
      while (left.length > 0) {
        const early: StepName[] = [];
        const outcomes = await Promise.all(left.map((step) => this.step(accountId, step, stopping, early)));
        // A step that was given up does not hold the others; one that rests does, for they build on it.
        if (outcomes.includes('taken') || outcomes.includes('rests')) return;
        left = early.length > 0 ? steps : [];
      }
    }
  }

  /** Null when there is nothing to do. A step whose turn has not come yet is noted in `early`. */
  private async step(
    accountId: string,
    step: StepName,
    stopping: AbortSignal,
    early: StepName[],
  ): Promise<StepOutcome | null> {
    if (stopping.aborted || !(await this.isOpen(accountId, step))) return null;
    return this.runner.run(accountId, step, stopping, async (work) => {
      if (await this.isEarly(work)) {
        early.push(step);
        await giveBack(this.database, work.lease);
      } else {
        await this.work(work);
      }
    });
  }

  private async isEarly({ lease, client }: StepWork): Promise<boolean> {
    const { accountId, step } = lease;
    const afterDeals: ReadonlySet<StepName> | undefined = client.streamsAfterDeals;
    return step !== 'deals' && afterDeals?.has(step) === true && (await this.isOpen(accountId, 'deals'));
  }

  private async isOpen(accountId: string, step: StepName): Promise<boolean> {
    const found = (await readCheckpoints(this.database, accountId)).find((one) => one.step === step);
    if (!found) return false;
    if (found.stage === 'failed') return Date.now() - found.updatedAt > FAILED_REST_MS;
    return found.stage !== 'following';
  }

  private async work(work: StepWork): Promise<void> {
    const { lease, checkpoint, client } = work;
    const stream = streamOf(lease.step);
    // Somebody finished it between our look and our claim.
    if (checkpoint.stage === 'following') return giveBack(this.database, lease);
    if (!stream) return this.computeVisits(work);
    if (!client.streams.has(stream.name)) return finishStep(this.database, lease, null);
    const fresh = checkpoint.cursor === null;
    const hostTime = fresh && stream.follow === 'modified' ? await client.serverTime() : null;
    await beginCopy(this.database, lease, hostTime);
    await this.walker.walk({
      lease,
      stream,
      client,
      cause: 'backfill',
      from: checkpoint.cursor,
      syncedTo: null,
      ...(client.streamsAfterDeals?.has(stream.name) && {
        deals: knownDeals(this.database, lease.accountId),
      }),
      keep: (cursor) => cursor,
      signal: work.signal,
      onPage: this.reporter(work),
    });
    if (stream.name === 'deals' || stream.name === 'stageHistory') {
      await restartVisits(this.database, lease.accountId);
    }
    await this.refreshStatistics(stream.name);
    this.log.info('a stream is copied', { accountId: lease.accountId, stream: stream.name });
  }

  /**
   * Visits of every deal from its whole history. Then, and no sooner, the features hear of each deal for the first time:
   * their work on the first thousands would take the processor from the rest.
   */
  private async computeVisits({ lease, checkpoint, signal }: StepWork): Promise<void> {
    await beginCopy(this.database, lease, null);
    let after = checkpoint.cursor;
    for (;;) {
      signal.throwIfAborted();
      const dealIds = await knownDealIds(this.database, lease.accountId, after, DEALS_PER_TRANSACTION);
      const more = dealIds.length === DEALS_PER_TRANSACTION;
      after = dealIds.at(-1) ?? after;
      const work = async (tx: Sql): Promise<void> => {
        await advance(tx, lease, { cursor: after, rows: dealIds.length, total: null });
        await this.writer.settleVisits(tx, lease.accountId, dealIds);
        if (more) return;
        await finishStep(tx, lease, null);
        await this.writer.announceCopy(tx, lease.accountId);
      };
      await this.writer.transaction(lease.accountId, work, more ? 'inPassing' : 'durable');
      if (!more) break;
    }
    await this.refreshStatistics(VISITS_STEP);
    this.log.info('visits are computed', { accountId: lease.accountId, step: VISITS_STEP });
  }

  /** The planner knows nothing of rows that came this minute, and the embedded database never looks by itself. */
  private async refreshStatistics(step: StepName): Promise<void> {
    const table = TABLES[step];
    if (table) await this.database.query(`ANALYZE ${table}`);
  }

  /** One line every few seconds: rows, rate, time left. */
  private reporter({ lease, checkpoint }: StepWork): (rows: number, total: number | null) => void {
    const startedAt = performance.now();
    let done = 0;
    let toldAt = startedAt;
    return (rows, total) => {
      done += rows;
      const now = performance.now();
      if (now - toldAt < LOG_EVERY_MS) return;
      toldAt = now;
      const rowsPerSecond = Math.round((done * 1_000) / (now - startedAt));
      const rowsDone = checkpoint.rowsDone + done;
      this.log.info('copying', {
        accountId: lease.accountId,
        stream: lease.step,
        rowsDone,
        rowsTotal: total,
        rowsPerSecond,
        secondsLeft:
          total === null || rowsPerSecond === 0
            ? null
            : Math.max(0, Math.ceil((total - rowsDone) / rowsPerSecond)),
      });
    };
  }
}

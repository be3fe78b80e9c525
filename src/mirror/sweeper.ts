import { Injectable } from '@nestjs/common';
import secureJson from 'secure-json-parse';
import type { Cursor } from '../contract/streams.js';
import type { Instant } from '../domain/crm/time.js';
import { Config } from '../infra/config/config.js';
import { Database } from '../infra/db/database.js';
import { finishStep, giveBack, readCheckpoints } from './checkpoints.repository.js';
import { dueSweeps, type Rhythm } from './due.repository.js';
import { watchedFieldsOf } from './fields.repository.js';
import { Intake } from './intake.js';
import { LateSteps } from './late-steps.js';
import { StepRunner, type StepWork } from './step-runner.js';
import { StreamWalker } from './stream-walker.js';
import {
  LATE_STEPS,
  PRODUCTS_STEP,
  RECONCILE_STEP,
  STREAMS,
  streamOf,
  type StepName,
} from './streams/streams.js';

/** Hosts commit late, round to seconds and index later: what was modified this long before the last sweep is read again. */
const OVERLAP_MS = 5 * 60_000;
const DAILY = 24 * 60;

/** Reads what was modified since the last time: whatever webhooks lost is here one interval later. */
@Injectable()
export class Sweeper {
  readonly rhythms: readonly Rhythm[];

  constructor(
    private readonly database: Database,
    private readonly walker: StreamWalker,
    private readonly runner: StepRunner,
    private readonly lateSteps: LateSteps,
    private readonly intake: Intake,
    config: Config,
  ) {
    this.rhythms = [
      ...STREAMS.map((one) => ({ step: one.name, everyMinutes: one.everyMinutes ?? config.sweepMinutes })),
      { step: PRODUCTS_STEP, everyMinutes: config.sweepMinutes },
      { step: RECONCILE_STEP, everyMinutes: DAILY },
    ];
  }

  /** Sweeps what is due in this account. Idempotent. */
  async sweep(accountId: string, stopping: AbortSignal): Promise<void> {
    const due = new Set(await dueSweeps(this.database, accountId, this.rhythms));
    for (const { step } of this.rhythms) {
      if (stopping.aborted || !due.has(step)) continue;
      const outcome = await this.runner.run(accountId, step, stopping, (work) => this.work(work));
      if (outcome === 'rests') return;
    }
  }

  /** Reads one whole stream again now, whoever asked for it; quiet when somebody is at it. */
  async sweepStep(accountId: string, step: StepName, stopping: AbortSignal): Promise<void> {
    await this.runner.run(accountId, step, stopping, (work) => this.work(work));
  }

  private async work(work: StepWork): Promise<void> {
    const { lease, checkpoint, client } = work;
    const stream = streamOf(lease.step);
    if (LATE_STEPS.includes(lease.step) && !(await this.isCopied(lease.accountId))) {
      return giveBack(this.database, lease);
    }
    if (!stream) return this.lateSteps.work(work);
    // Without its first copy there is nothing to follow.
    if (checkpoint.stage !== 'following') return giveBack(this.database, lease);
    if (!client.streams.has(stream.name)) return finishStep(this.database, lease, null);
    if (stream.name === 'deals') {
      // This process has not heard of a change yet: the step stays due, and a moment later it has.
      if (!(await this.bringsWatched(work))) return giveBack(this.database, lease);
      if (client.capabilities.offlineQueue) await this.intake.drainQueue(lease.accountId, client);
    }
    const plan = await planOf(work, stream.follow);
    await this.walker.walk({ lease, stream, client, cause: 'sweep', signal: work.signal, ...plan });
  }

  private async isCopied(accountId: string): Promise<boolean> {
    const steps = await readCheckpoints(this.database, accountId);
    return !steps.some(({ stage }) => stage === 'waiting' || stage === 'backfilling');
  }

  private async bringsWatched({ lease, client }: StepWork): Promise<boolean> {
    if (client.watchedFields === undefined) return true;
    const watched = await watchedFieldsOf(this.database, lease.accountId);
    return (
      watched.size === client.watchedFields.length && client.watchedFields.every((key) => watched.has(key))
    );
  }
}

interface SweepPlan {
  readonly from: Cursor | null;
  readonly modifiedSince?: Instant;
  readonly syncedTo: Instant | null;
  readonly keep: (cursor: Cursor) => Cursor;
}

/** A sweep that broke off goes on with the same bounds, else rows before its cursor would be skipped. */
interface BrokenSweep {
  readonly since: Instant;
  readonly to: Instant;
  readonly cursor: Cursor;
}

async function planOf(work: StepWork, follow: 'modified' | 'whole'): Promise<SweepPlan> {
  if (follow === 'whole') return { from: null, syncedTo: null, keep: (cursor) => cursor };
  const broken = brokenSweep(work.checkpoint.cursor);
  const to = broken?.to ?? (await work.client.serverTime());
  const since = broken?.since ?? Math.max(0, (work.checkpoint.syncedTo ?? 0) - OVERLAP_MS);
  return {
    from: broken?.cursor ?? null,
    // Hosts list everything faster than everything since 1970.
    ...(since > 0 && { modifiedSince: since }),
    syncedTo: to,
    keep: (cursor) => JSON.stringify({ since, to, cursor } satisfies BrokenSweep),
  };
}

function brokenSweep(kept: Cursor | null): BrokenSweep | null {
  if (kept === null) return null;
  const value: unknown = secureJson.safeParse(kept);
  if (typeof value !== 'object' || value === null) return null;
  const { since, to, cursor } = value as Partial<Record<keyof BrokenSweep, unknown>>;
  return typeof since === 'number' && typeof to === 'number' && typeof cursor === 'string'
    ? { since, to, cursor }
    : null;
}

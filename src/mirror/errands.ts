import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import type { HintGroup } from './hint-groups.js';
import { Intake } from './intake.js';
import { Refresher, type Claim } from './refresher.js';
import { Sweeper } from './sweeper.js';
import type { StepName } from './streams/streams.js';

/** Somebody who rearranges a funnel saves many times: its small streams are read at most this often. */
const STRUCTURE_PAUSE_MS = 10_000;

/**
 * The host's queue holds what its hooks told already, unless they were lost: it is the safe path, not the fast one.
 * Fetched at every bell it would eat half of two requests a second (3 requests a bell).
 */
const QUEUE_PAUSE_MS = 60_000;

/** A call is added, changed and closed within moments: what follows the first reading comes together. */
const ACTIVITY_PAUSE_MS = 10_000;

const STEPS_OF: Readonly<Record<string, readonly StepName[]>> = {
  structure: ['pipelines', 'departments'],
  user: ['users'],
};

/** Hints that are not about one record: the host's own queue, and streams that are read whole. */
@Injectable()
export class Errands {
  private readonly lastRead = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly intake: Intake,
    private readonly refresher: Refresher,
    private readonly sweeper: Sweeper,
  ) {}

  /** The host rang: fetches its queue into the inbox, at once or when the last fetch is a minute old. */
  async fetchQueue(claim: Claim, groups: readonly HintGroup[]): Promise<void> {
    const restMs = this.restOf(`${claim.accountId}|queue`, QUEUE_PAUSE_MS);
    if (restMs > 0) return this.refresher.release(claim, groups, restMs, false);
    await this.intake.drainQueue(claim.accountId, claim.client);
    await this.database.transaction((tx) => this.refresher.finish(tx, claim, groups));
  }

  /** Reads the streams that these hints are about, or lets them rest when that was a moment ago. */
  async readStructure(claim: Claim, groups: readonly HintGroup[], stopping: AbortSignal): Promise<void> {
    const ready: HintGroup[] = [];
    for (const [kind, some] of Map.groupBy(groups, (one) => one.entity)) {
      const restMs = this.restOf(`${claim.accountId}|${kind}`, STRUCTURE_PAUSE_MS);
      if (restMs > 0) await this.refresher.release(claim, some, restMs, false);
      else ready.push(...some);
    }
    if (ready.length === 0) return;
    const steps = new Set(ready.flatMap((one) => STEPS_OF[one.entity] ?? []));
    for (const step of steps) await this.sweeper.sweepStep(claim.accountId, step, stopping);
    // A step that rests after a failure is due by itself: the hint has done its part.
    await this.database.transaction((tx) => this.refresher.finish(tx, claim, ready));
  }

  /** Somebody worked on deals: they are read again, or the host tells what was done since the last time. */
  async readActivities(claim: Claim, groups: readonly HintGroup[], stopping: AbortSignal): Promise<void> {
    const restMs = this.restOf(`${claim.accountId}|activity`, ACTIVITY_PAUSE_MS);
    if (restMs > 0) return this.refresher.release(claim, groups, restMs, false);
    if (claim.client.dealsOfActivities) return this.refresher.refresh(claim, 'activity', groups);
    await this.sweeper.sweepStep(claim.accountId, 'activities', stopping);
    await this.database.transaction((tx) => this.refresher.finish(tx, claim, groups));
  }

  private restOf(key: string, pauseMs: number): number {
    const now = performance.now();
    const restMs = (this.lastRead.get(key) ?? Number.NEGATIVE_INFINITY) + pauseMs - now;
    if (restMs <= 0) this.lastRead.set(key, now);
    return restMs;
  }
}

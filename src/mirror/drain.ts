import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../contract/connections.js';
import { HostError } from '../contract/failure.js';
import { backOffMs, decideOnFailure } from '../contract/failure-policy.js';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { Metrics } from '../infra/metrics.js';
import { chunksOf } from './columns.js';
import { groupHints, type HintGroup } from './hint-groups.js';
import { claimHints, releaseHints, renewClaims, type ClaimedHint } from './inbox.repository.js';
import { Intake } from './intake.js';
import { AccountRests, ClaimLost, Refresher, type Claim } from './refresher.js';
import { Sweeper } from './sweeper.js';
import type { StepName } from './streams/streams.js';

/** One flood of one account is coalesced as a whole: 100,000 hints about 10,000 deals are five claims. */
const HINTS_PER_CLAIM = 20_000;
/** What hosts read in one request at best: 50 commands of 50 ids. */
const IDS_PER_READ = 2_500;
const CLAIM_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
/** Somebody who rearranges a funnel saves many times: its small streams are read at most this often. */
const STRUCTURE_PAUSE_MS = 10_000;

const STEPS_OF: Readonly<Record<string, readonly StepName[]>> = {
  structure: ['pipelines', 'departments'],
  user: ['users'],
};

/** Works an account's inbox off: coalesces, reads again, writes, and forgets the hints with the write. */
@Injectable()
export class Drain {
  private readonly log: Log;
  private readonly lastStructure = new Map<string, number>();
  private readonly outages = new Map<string, number>();

  constructor(
    private readonly database: Database,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    private readonly intake: Intake,
    private readonly refresher: Refresher,
    private readonly sweeper: Sweeper,
    private readonly metrics: Metrics,
    log: Log,
  ) {
    this.log = log.child('drain');
  }

  /** Until the inbox is empty, the account has to rest, or the process stops. Several workers may do it at once. */
  async drain(accountId: string, stopping: AbortSignal): Promise<void> {
    const owner = randomUUID();
    while (!stopping.aborted) {
      const hints = await claimHints(this.database, {
        accountId,
        owner,
        limit: HINTS_PER_CLAIM,
        seconds: CLAIM_SECONDS,
      });
      if (hints.length === 0) return;
      const renewal = setInterval(() => {
        renewClaims(this.database, accountId, owner, CLAIM_SECONDS).catch(() => undefined);
      }, RENEW_EVERY_MS);
      try {
        if (!(await this.workOff(accountId, owner, hints, stopping))) return;
      } finally {
        clearInterval(renewal);
      }
    }
  }

  /** False when the account has to rest. */
  private async workOff(
    accountId: string,
    owner: string,
    hints: readonly ClaimedHint[],
    stopping: AbortSignal,
  ): Promise<boolean> {
    const left = new Set(groupHints(hints));
    try {
      const claim: Claim = { accountId, owner, client: await this.connections.client(accountId) };
      await this.workKinds(claim, left, stopping);
      this.outages.delete(accountId);
      await this.connections.recovered(accountId);
      this.metrics.inboxLag.observe(Math.max(0, Date.now() - (hints[0]?.receivedAt ?? Date.now())) / 1_000);
      return !stopping.aborted;
    } catch (error) {
      await this.rest(accountId, owner, [...left], error);
      return false;
    } finally {
      if (stopping.aborted) await this.giveBack(accountId, owner, [...left], 0);
    }
  }

  private async workKinds(claim: Claim, left: Set<HintGroup>, stopping: AbortSignal): Promise<void> {
    const all = [...left];
    await this.workQueue(claim, all, left);
    for (const kind of ['deal', 'task'] as const) {
      const groups = all.filter((one) => one.entity === kind);
      for (const some of chunksOf(groups, IDS_PER_READ)) {
        if (stopping.aborted) return;
        await this.refresher.refresh(claim, kind, some);
        for (const one of some) left.delete(one);
      }
    }
    await this.workStructure(claim, all, left, stopping);
    const unknown = [...left].filter((one) => !KNOWN_ENTITIES.has(one.entity));
    if (unknown.length > 0) {
      await this.refresher.bury(claim, unknown, 'a hint about an unknown kind of entity');
      for (const one of unknown) left.delete(one);
    }
  }

  private async workQueue(claim: Claim, all: readonly HintGroup[], left: Set<HintGroup>): Promise<void> {
    const bells = all.filter((one) => one.entity === 'queue');
    if (bells.length === 0) return;
    await this.intake.drainQueue(claim.accountId, claim.client);
    await this.database.transaction((tx) => this.refresher.finish(tx, claim, bells));
    for (const one of bells) left.delete(one);
  }

  private async workStructure(
    claim: Claim,
    all: readonly HintGroup[],
    left: Set<HintGroup>,
    stopping: AbortSignal,
  ): Promise<void> {
    const groups = all.filter((one) => one.entity in STEPS_OF);
    if (groups.length === 0 || stopping.aborted) return;
    for (const one of groups) left.delete(one);
    const key = claim.accountId;
    const sinceLast = performance.now() - (this.lastStructure.get(key) ?? Number.NEGATIVE_INFINITY);
    if (sinceLast < STRUCTURE_PAUSE_MS) {
      return this.refresher.release(claim, groups, STRUCTURE_PAUSE_MS - sinceLast, false);
    }
    this.lastStructure.set(key, performance.now());
    for (const step of new Set(groups.flatMap((one) => STEPS_OF[one.entity] ?? []))) {
      await this.sweeper.sweepStep(claim.accountId, step, stopping);
    }
    // A step that rests after a failure is due by itself: the hint has done its part.
    await this.database.transaction((tx) => this.refresher.finish(tx, claim, groups));
  }

  private async rest(
    accountId: string,
    owner: string,
    left: readonly HintGroup[],
    error: unknown,
  ): Promise<void> {
    if (error instanceof ClaimLost) {
      this.log.warn('a claim was taken over', { accountId });
      return;
    }
    const cause = error instanceof AccountRests ? error.cause : error;
    const outages = (this.outages.get(accountId) ?? 0) + 1;
    this.outages.set(accountId, outages);
    let restMs = backOffMs(outages, Math.random());
    if (cause instanceof HostError) {
      const decision = decideOnFailure(cause.failure, outages, Date.now());
      if ('at' in decision) restMs = decision.at - Date.now();
      this.metrics.hostFailures.inc({ kind: cause.failure.kind });
      await this.connections.report(accountId, cause.failure).catch(() => undefined);
    }
    this.log.warn('an inbox rests', { accountId, outages, restMs, detail: String(cause) });
    await this.giveBack(accountId, owner, left, Math.max(0, restMs));
  }

  /** When the database is away the claims run out by themselves. */
  private async giveBack(
    accountId: string,
    owner: string,
    left: readonly HintGroup[],
    restMs: number,
  ): Promise<void> {
    const inboxIds = left.flatMap((one) => one.inboxIds);
    const rest = { inboxIds, restMs, counted: false };
    await releaseHints(this.database, accountId, owner, rest).catch(() => undefined);
  }
}

const KNOWN_ENTITIES: ReadonlySet<string> = new Set(['deal', 'task', 'user', 'structure', 'queue']);

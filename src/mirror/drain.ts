import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { HOST_CONNECTIONS, type HostConnections } from '../contract/connections.js';
import { HostError } from '../contract/failure.js';
import { backOffMs, decideOnFailure } from '../contract/failure-policy.js';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { Metrics } from '../infra/metrics.js';
import { chunksOf } from './columns.js';
import { Errands } from './errands.js';
import { groupHints, type HintGroup } from './hint-groups.js';
import {
  claimHints,
  releaseHints,
  renewClaims,
  writesInBulk,
  type ClaimedHint,
  type InboxPart,
} from './inbox.repository.js';
import { AccountRests, ClaimLost, Refresher, type Claim } from './refresher.js';
import { TaskFloods } from './task-floods.js';

/** One flood of one account is coalesced as a whole: 100,000 hints about 10,000 deals are five claims. */
const HINTS_PER_CLAIM = 20_000;
/** What hosts read in one request at best: 50 commands of 50 ids. */
const IDS_PER_READ = 2_500;
const CLAIM_SECONDS = 30;
const RENEW_EVERY_MS = 10_000;
/** Works an account's inbox off: coalesces, reads again, writes, and forgets the hints with the write. */
@Injectable()
export class Drain {
  private readonly log: Log;
  private readonly outages = new Map<string, number>();
  private readonly floods = new TaskFloods();

  constructor(
    private readonly database: Database,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    private readonly refresher: Refresher,
    private readonly errands: Errands,
    private readonly metrics: Metrics,
    log: Log,
  ) {
    this.log = log.child('drain');
  }

  /** Until the inbox is empty, the account has to rest, or the process stops. Several workers may do it at once. */
  async drain(accountId: string, stopping: AbortSignal, part: InboxPart = 'all'): Promise<void> {
    const owner = randomUUID();
    while (!stopping.aborted) {
      const hints = await claimHints(this.database, {
        accountId,
        owner,
        limit: HINTS_PER_CLAIM,
        seconds: CLAIM_SECONDS,
        part,
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

  /** What is done leaves `left`; what is still in it after a failure goes back to the inbox. */
  private async workKinds(claim: Claim, left: Set<HintGroup>, stopping: AbortSignal): Promise<void> {
    await work(left, ofKinds(left, 'queue'), (groups) => this.errands.fetchQueue(claim, groups));
    for (const kind of ['deal', 'task'] as const) {
      for (const some of chunksOf(ofKinds(left, kind), IDS_PER_READ)) {
        if (stopping.aborted) return;
        await work(left, some, (groups) =>
          kind === 'task' ? this.readTasks(claim, groups) : this.refresher.refresh(claim, kind, groups),
        );
      }
    }
    if (stopping.aborted) return;
    await work(left, ofKinds(left, 'activity'), (groups) =>
      this.errands.readActivities(claim, groups, stopping),
    );
    await work(left, ofKinds(left, 'structure', 'user'), (groups) =>
      this.errands.readStructure(claim, groups, stopping),
    );
    await work(left, [...left], (groups) =>
      this.refresher.bury(claim, groups, 'a hint about an unknown kind of entity'),
    );
  }

  private async readTasks(claim: Claim, groups: readonly HintGroup[]): Promise<void> {
    const bulkWrite = await writesInBulk(this.database, claim.accountId);
    const restMs = this.floods.admit(claim.accountId, bulkWrite, performance.now());
    if (restMs > 0) return this.refresher.release(claim, groups, restMs, false);
    return this.refresher.refresh(claim, 'task', groups);
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

function ofKinds(left: ReadonlySet<HintGroup>, ...kinds: readonly string[]): readonly HintGroup[] {
  return [...left].filter((one) => kinds.includes(one.entity));
}

async function work(
  left: Set<HintGroup>,
  groups: readonly HintGroup[],
  how: (groups: readonly HintGroup[]) => Promise<void>,
): Promise<void> {
  if (groups.length === 0) return;
  await how(groups);
  for (const one of groups) left.delete(one);
}

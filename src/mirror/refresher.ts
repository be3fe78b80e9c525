import { Injectable } from '@nestjs/common';
import type { HostClient } from '../contract/client.js';
import { HostError } from '../contract/failure.js';
import { backOffMs, decideOnFailure } from '../contract/failure-policy.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { DeadLetters } from '../infra/jobs/dead-letters.js';
import { isDataFault } from './careful-write.js';
import { inboxIdsOf, type HintGroup } from './hint-groups.js';
import { DealProducts } from './deal-products.js';
import { finishHints, releaseHints } from './inbox.repository.js';
import { MirrorWriter, type Written } from './mirror-writer.js';

/** One worker's hold on claimed hints of one account. */
export interface Claim {
  readonly accountId: string;
  readonly owner: string;
  readonly client: HostClient;
}

/** The host's or the database's trouble, no entity's: the account has to wait, and it costs the hints no attempt. */
export class AccountRests extends Error {
  constructor(override readonly cause: unknown) {
    super('the account rests');
    this.name = 'AccountRests';
  }
}

/** Our claim ran out and somebody else works on the hints: what we read is not written. */
export class ClaimLost extends Error {
  constructor() {
    super('the claim was taken over');
    this.name = 'ClaimLost';
  }
}

/** `activity`: the deals that it is about are read again. */
export type Refreshed = 'deal' | 'task' | 'activity';

async function dealsOf(client: HostClient, activityIds: readonly string[]): Promise<readonly string[]> {
  return (await client.dealsOfActivities?.(activityIds, 'low')) ?? [];
}

/** Attempts at one entity that is wrong in itself, with back-off between; then it is a dead letter. */
const MAX_ATTEMPTS = 5;

/**
 * Reads entities again and stores them, in one transaction with the end of their hints. A failure that concerns one
 * entity is found by halving and never holds the others.
 */
@Injectable()
export class Refresher {
  constructor(
    private readonly database: Database,
    private readonly writer: MirrorWriter,
    private readonly deadLetters: DeadLetters,
    private readonly products: DealProducts,
  ) {}

  /** All groups of one kind. Throws `AccountRests` or `ClaimLost`. */
  async refresh(claim: Claim, kind: Refreshed, groups: readonly HintGroup[]): Promise<void> {
    if (groups.length === 0) return;
    try {
      await this.readAndStore(claim, kind, groups);
    } catch (error) {
      await this.recover(claim, kind, groups, error);
    }
  }

  /** Gives up on these: to the dead letters, and the inbox moves on. */
  async bury(claim: Claim, groups: readonly HintGroup[], reason: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.finish(tx, claim, groups);
      await this.deadLetters.add(
        {
          accountId: claim.accountId,
          source: 'inbox',
          subject: groups[0]?.entity ?? 'unknown',
          payload: { entity: groups[0]?.entity ?? 'unknown', ids: groups.map((one) => one.id) },
          reason,
          attempts: Math.max(...groups.map((one) => one.attempts)),
        },
        tx,
      );
    });
  }

  async release(claim: Claim, groups: readonly HintGroup[], restMs: number, counted: boolean): Promise<void> {
    const inboxIds = inboxIdsOf(groups);
    await releaseHints(this.database, claim.accountId, claim.owner, { inboxIds, restMs, counted });
  }

  /** Deletes the hints in the caller's transaction; all of them must still be ours. */
  async finish(tx: Sql, claim: Claim, groups: readonly HintGroup[]): Promise<void> {
    const inboxIds = inboxIdsOf(groups);
    const finished = await finishHints(tx, claim.accountId, claim.owner, inboxIds);
    if (finished !== inboxIds.length) throw new ClaimLost();
  }

  private async readAndStore(claim: Claim, kind: Refreshed, groups: readonly HintGroup[]): Promise<void> {
    const { accountId, client } = claim;
    const ids = groups.map((one) => one.id);
    const asked = kind === 'activity' ? await dealsOf(client, ids) : ids;
    const readAt = await this.writer.readingStarts();
    if (kind === 'deal') {
      const rows = await this.products.along(client, accountId, await client.readDeals(asked, 'high'));
      return this.store(claim, groups, (tx) => this.writer.saveDeals(tx, accountId, { asked, rows, readAt }));
    }
    if (kind === 'activity') {
      const rows = asked.length === 0 ? [] : await client.readDeals(asked, 'low');
      return this.store(claim, groups, (tx) => this.writer.saveDeals(tx, accountId, { asked, rows, readAt }));
    }
    // Most hints about tasks are echoes of our own writes: where the bucket is full, they must not take requests from the
    // writes themselves. Where it is not, the low lane goes at once.
    const rows = await client.readTasks(asked, 'low');
    return this.store(claim, groups, (tx) => this.writer.saveTasks(tx, accountId, { asked, rows, readAt }));
  }

  private async store(
    claim: Claim,
    groups: readonly HintGroup[],
    save: (tx: Sql) => Promise<Written>,
  ): Promise<void> {
    await this.writer.transaction(claim.accountId, async (tx) => {
      await this.finish(tx, claim, groups);
      await this.writer.settle(tx, claim.accountId, await save(tx), 'event');
    });
  }

  private async recover(
    claim: Claim,
    kind: Refreshed,
    groups: readonly HintGroup[],
    error: unknown,
  ): Promise<void> {
    if (error instanceof ClaimLost) throw error;
    if (!(error instanceof HostError) && !isDataFault(error)) throw new AccountRests(error);
    if (error instanceof HostError) {
      if ('at' in decideOnFailure(error.failure, 1, Date.now())) throw new AccountRests(error);
      if (error.failure.kind === 'forbidden') return this.bury(claim, groups, error.message);
    }
    if (groups.length > 1) return this.halve(claim, kind, groups);
    const gone = error instanceof HostError && error.failure.kind === 'gone';
    return gone ? this.storeGone(claim, kind, groups) : this.tryLater(claim, groups, error);
  }

  private async halve(claim: Claim, kind: Refreshed, groups: readonly HintGroup[]): Promise<void> {
    const middle = Math.ceil(groups.length / 2);
    await this.refresh(claim, kind, groups.slice(0, middle));
    await this.refresh(claim, kind, groups.slice(middle));
  }

  private async storeGone(claim: Claim, kind: Refreshed, groups: readonly HintGroup[]): Promise<void> {
    const reading = {
      // An activity that is gone says nothing about its deal.
      asked: kind === 'activity' ? [] : groups.map((one) => one.id),
      rows: [],
      readAt: await this.writer.readingStarts(),
    };
    await this.store(claim, groups, (tx) =>
      kind === 'task'
        ? this.writer.saveTasks(tx, claim.accountId, reading)
        : this.writer.saveDeals(tx, claim.accountId, reading),
    );
  }

  private async tryLater(claim: Claim, groups: readonly HintGroup[], error: unknown): Promise<void> {
    const attempt = Math.max(...groups.map((one) => one.attempts));
    if (attempt < MAX_ATTEMPTS) {
      return this.release(claim, groups, backOffMs(attempt, Math.random()), true);
    }
    return this.bury(claim, groups, error instanceof Error ? error.message : String(error));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import type { HostClient } from '../contract/client.js';
import { HOST_CONNECTIONS, type HostConnections } from '../contract/connections.js';
import { HostError, type HostFailure } from '../contract/failure.js';
import { backOffMs, decideOnFailure } from '../contract/failure-policy.js';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { Metrics } from '../infra/metrics.js';
import {
  HEARTBEAT_MS,
  LeaseLost,
  claimCheckpoint,
  releaseStep,
  renewLease,
  type Checkpoint,
  type Lease,
} from './checkpoints.repository.js';
import type { StepName } from './streams/streams.js';

export interface StepWork {
  readonly lease: Lease;
  readonly checkpoint: Checkpoint;
  readonly client: HostClient;
  /** Aborted when the lease is lost, the account is frozen or the process stops: start no further page. */
  readonly signal: AbortSignal;
}

/** `done`: the work says so. `taken`: not ours to do. `rests`: it failed and is tried again later. `failed`: given up. */
export type StepOutcome = 'done' | 'taken' | 'rests' | 'failed';

/** Attempts at something that is wrong in itself, not just away. */
const MAX_ATTEMPTS = 5;
/** What was given up is tried again after this time: somebody may have granted a scope meanwhile. */
export const FAILED_REST_MS = 60 * 60_000;

/** Runs a piece of work on one step of one account under a lease, and decides what a failure means for the step. */
@Injectable()
export class StepRunner {
  private readonly log: Log;
  private readonly attempts = new Map<string, number>();

  constructor(
    private readonly database: Database,
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    private readonly metrics: Metrics,
    log: Log,
  ) {
    this.log = log.child('mirror');
  }

  async run(
    accountId: string,
    step: StepName,
    stopping: AbortSignal,
    work: (work: StepWork) => Promise<void>,
  ): Promise<StepOutcome> {
    const lease: Lease = { accountId, step, owner: this.database.ownerToken() };
    const checkpoint = await claimCheckpoint(this.database, lease);
    if (!checkpoint) return 'taken';
    const lost = new AbortController();
    const heartbeat = setInterval(() => void this.beat(lease, lost), HEARTBEAT_MS);
    try {
      const client = await this.connections.client(accountId);
      await work({ lease, checkpoint, client, signal: AbortSignal.any([stopping, lost.signal]) });
      this.attempts.delete(keyOf(lease));
      await this.connections.recovered(accountId);
      return 'done';
    } catch (error) {
      return await this.failed(lease, error, stopping);
    } finally {
      clearInterval(heartbeat);
    }
  }

  private async beat(lease: Lease, lost: AbortController): Promise<void> {
    // A database that does not answer says nothing about the lease; the next page's fence does.
    const kept = await renewLease(this.database, lease).catch(() => true);
    if (!kept) lost.abort(new LeaseLost(lease));
  }

  private async failed(lease: Lease, error: unknown, stopping: AbortSignal): Promise<StepOutcome> {
    if (error instanceof LeaseLost) {
      this.log.info('a step was taken over', { accountId: lease.accountId, step: lease.step });
      return 'taken';
    }
    if (stopping.aborted) {
      await this.release(lease, 0, null, false);
      return 'rests';
    }
    const attempt = (this.attempts.get(keyOf(lease)) ?? 0) + 1;
    this.attempts.set(keyOf(lease), attempt);
    return error instanceof HostError
      ? this.failedByHost(lease, error.failure, attempt)
      : this.failedByUs(lease, error, attempt);
  }

  private async failedByHost(lease: Lease, failure: HostFailure, attempt: number): Promise<StepOutcome> {
    const { accountId, step } = lease;
    this.metrics.hostFailures.inc({ kind: failure.kind });
    this.log.warn('a step failed at the host', { accountId, step, attempt, kind: failure.kind });
    await this.connections.report(accountId, failure);
    const now = Date.now();
    const decision = decideOnFailure(failure, attempt, now, Math.random());
    if ('at' in decision) {
      await this.release(lease, Math.max(0, decision.at - now), failure.kind, false);
      return 'rests';
    }
    if (failure.kind !== 'forbidden' && attempt < MAX_ATTEMPTS) {
      await this.release(lease, backOffMs(attempt, Math.random()), failure.kind, false);
      return 'rests';
    }
    await this.release(lease, FAILED_REST_MS, describe(failure), true);
    return 'failed';
  }

  /** Ours or the database's: the step keeps its place, and somebody reads the log. */
  private async failedByUs(lease: Lease, error: unknown, attempt: number): Promise<StepOutcome> {
    const detail = error instanceof Error ? error.message : String(error);
    this.log.error('a step failed', {
      accountId: lease.accountId,
      step: lease.step,
      attempt,
      detail,
      stack: error instanceof Error ? error.stack : undefined,
    });
    await this.release(lease, backOffMs(attempt + 1, Math.random()), 'internal', false);
    return 'rests';
  }

  /** When the database is away too, the lease runs out by itself. */
  private async release(lease: Lease, restMs: number, fault: string | null, failed: boolean): Promise<void> {
    await releaseStep(this.database, lease, { restMs, fault, failed }).catch(() => undefined);
  }
}

function keyOf(lease: Lease): string {
  return `${lease.accountId}|${lease.step}`;
}

function describe(failure: HostFailure): string {
  return failure.kind === 'forbidden' ? `forbidden: ${failure.scope}` : failure.kind;
}

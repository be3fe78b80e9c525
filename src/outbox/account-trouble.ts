import { Inject, Injectable } from '@nestjs/common';
import type { DealAction } from '../contract/actions.js';
import type { HostClient, TaskWrite } from '../contract/client.js';
import { HOST_CONNECTIONS, type HostConnections } from '../contract/connections.js';
import { HostError, type HostFailure } from '../contract/failure.js';
import { decideOnFailure } from '../contract/failure-policy.js';
import type { Clock } from '../domain/crm/time.js';
import { CLOCK } from '../infra/clock.js';
import { Log } from '../infra/log.js';
import { Metrics } from '../infra/metrics.js';
import { AccountPauses } from './account-pauses.js';

/** After a failure that says no time of its own. */
const ODD_FAILURE_MS = 60_000;

/** What failures of a host mean for the account as a whole: a pause, and a word to its people. */
@Injectable()
export class AccountTrouble {
  private readonly log: Log;

  constructor(
    @Inject(HOST_CONNECTIONS) private readonly connections: HostConnections,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly pauses: AccountPauses,
    private readonly metrics: Metrics,
    log: Log,
  ) {
    this.log = log.child('outbox');
  }

  /** The account's host; null when it may not be called now, and then its people know. */
  async client(accountId: string): Promise<HostClient | null> {
    try {
      return await this.connections.client(accountId);
    } catch (error) {
      await this.failed(accountId, error);
      return null;
    }
  }

  /** The host or the connection as a whole failed; returns how long to wait, milliseconds. */
  async failed(accountId: string, error: unknown): Promise<number> {
    const failure = failureOf(error);
    const now = this.clock.now();
    const decision = decideOnFailure(failure, this.pauses.failure(accountId), now);
    const at = 'at' in decision ? decision.at : now + ODD_FAILURE_MS;
    this.pauses.pause(accountId, 'all', at);
    this.metrics.hostFailures.inc({ kind: failure.kind });
    this.log.warn('the host could not be written to', { accountId, failure: failure.kind });
    await this.connections.report(accountId, failure);
    return Math.max(0, at - now);
  }

  /** What a refusal of one write means for the others. */
  async refused(accountId: string, write: TaskWrite | DealAction, failure: HostFailure): Promise<void> {
    const decision = decideOnFailure(failure, 1, this.clock.now());
    if (decision.kind === 'reconnect') {
      this.pauses.pause(accountId, 'all', decision.at);
      await this.connections.report(accountId, failure);
    }
    if (decision.kind !== 'pause') return;
    if (decision.method === null) this.pauses.pause(accountId, 'all', decision.at);
    else if (write.kind === 'create') this.pauses.pause(accountId, 'creations', decision.at);
  }

  async succeeded(accountId: string): Promise<void> {
    this.pauses.success(accountId);
    await this.connections.recovered(accountId);
  }
}

function failureOf(error: unknown): HostFailure {
  if (error instanceof HostError) return error.failure;
  return { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
}

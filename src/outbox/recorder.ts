import { Injectable } from '@nestjs/common';
import type { TaskWrite, TaskWriteOutcome } from '../contract/client.js';
import type { HostFailure } from '../contract/failure.js';
import { Changes } from '../infra/changes.js';
import { Database } from '../infra/db/database.js';
import type { Sql } from '../infra/db/sql.js';
import { DeadLetters } from '../infra/jobs/dead-letters.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { Log } from '../infra/log.js';
import { Metrics } from '../infra/metrics.js';
import { DeliveryRepository, type Claim } from './delivery.repository.js';
import { taskFates, type TaskFate } from './jobs.js';
import { canMove } from './outbox-state.js';
import type { Settlement } from './settlement.js';
import type { OutboxTask } from './task.types.js';

interface Change {
  readonly task: OutboxTask;
  readonly settlement: Settlement;
}

/** Records what came out of attempts, and tells whom it concerns in the same transaction. */
@Injectable()
export class Recorder {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly repository: DeliveryRepository,
    private readonly deadLetters: DeadLetters,
    private readonly jobs: Jobs,
    private readonly changes: Changes,
    log: Log,
  ) {
    this.log = log.child('outbox');
  }

  /** Rows that are no longer ours are left as they are: whoever took them knows better. */
  async record(claim: Claim, settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const changes = settlements.map((settlement) => ({ task: taskOf(claim, settlement.key), settlement }));
    for (const { task, settlement } of changes) assertMove(task, settlement);
    await this.database.transaction(async (tx) => {
      const ours = await this.repository.settle(tx, claim, settlements);
      const recorded = changes.filter(({ task }) => ours.has(task.key));
      if (recorded.length < changes.length) {
        this.log.warn('rows were taken over meanwhile', { count: changes.length - recorded.length });
      }
      await this.tell(tx, claim.accountId, recorded);
    });
  }

  accountFailed(accountId: string, failure: HostFailure): void {
    this.log.warn('the host could not be written to', { accountId, failure: failure.kind });
  }

  private async tell(tx: Sql, accountId: string, changes: readonly Change[]): Promise<void> {
    const ended = changes.filter(({ settlement }) => ['gone', 'failed'].includes(settlement.state));
    for (const { task, settlement } of ended) {
      if (settlement.state !== 'failed') continue;
      await this.deadLetters.add(letterOf(accountId, task, settlement), tx);
    }
    if (ended.length > 0) {
      await this.jobs.enqueue(taskFates, { accountId, fates: ended.map(fateOf) }, { tx });
    }
    const moved = changes.filter(({ task, settlement }) => task.state !== settlement.state);
    const deals = new Set(moved.map(({ task }) => task.dealId));
    // Revision 0: no plan was decided, yet an open widget shows the step's task.
    await this.changes.publish(
      tx,
      [...deals].map((dealId) => ({ accountId, dealId, revision: 0 })),
    );
  }
}

/** Counts what went out and what was asked for. */
@Injectable()
export class OutboxCounters {
  constructor(private readonly metrics: Metrics) {}

  wrote(kind: TaskWrite['kind'], outcome: TaskWriteOutcome['kind']): void {
    this.metrics.outboxWrites.inc({ kind, outcome });
  }

  lookedUp(found: number, missing: number): void {
    this.metrics.outboxLookups.inc({ found: 'yes' }, found);
    this.metrics.outboxLookups.inc({ found: 'no' }, missing);
  }

  doubled(): void {
    this.metrics.outboxDoubled.inc();
  }
}

function taskOf(claim: Claim, key: string): OutboxTask {
  const task = claim.tasks.find((one) => one.key === key);
  if (!task) throw new Error('an outcome belongs to no row of the claim');
  return task;
}

function assertMove(task: OutboxTask, settlement: Settlement): void {
  // A planned row was marked as sending before it went out.
  const from = task.state === 'planned' && settlement.state !== 'withdrawn' ? 'sending' : task.state;
  if (canMove(from, settlement.state) || canMove(task.state, settlement.state)) return;
  throw new Error(`an outbox row cannot go from ${task.state} to ${settlement.state}`);
}

function fateOf({ task, settlement }: Change): TaskFate {
  return {
    planId: task.planId,
    stepKey: task.stepKey,
    visitSeq: task.visitSeq,
    dealId: task.dealId,
    fate: settlement.state === 'gone' ? 'gone' : 'refused',
  };
}

function letterOf(accountId: string, task: OutboxTask, settlement: Settlement) {
  return {
    accountId,
    source: 'outbox' as const,
    subject: task.key,
    payload: { planId: task.planId, stepKey: task.stepKey, visitSeq: task.visitSeq, dealId: task.dealId },
    reason: settlement.fault ?? 'refused',
    attempts: settlement.attempts,
  };
}

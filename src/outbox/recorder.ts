import { Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { DeliveryRepository, type Claim } from './delivery.repository.js';
import { canMove } from './outbox-state.js';
import type { Settlement } from './settlement.js';
import type { OutboxTask } from './task.types.js';
import { Tidings } from './tidings.js';

/** Records what came out of attempts, and tells whom it concerns in the same transaction. */
@Injectable()
export class Recorder {
  private readonly log: Log;

  constructor(
    private readonly database: Database,
    private readonly repository: DeliveryRepository,
    private readonly tidings: Tidings,
    log: Log,
  ) {
    this.log = log.child('outbox');
  }

  /** Rows that are no longer ours are left as they are: whoever took them knows better. */
  async record(claim: Claim, settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    const tasks = new Map(claim.tasks.map((task) => [task.key, task]));
    const changes = settlements.flatMap((settlement) => {
      const task = tasks.get(settlement.key);
      return task ? [{ task, settlement }] : [];
    });
    for (const { task, settlement } of changes) assertMove(task, settlement);
    await this.database.transaction(async (tx) => {
      const ours = await this.repository.settle(tx, claim, settlements);
      const recorded = changes.filter(({ task }) => ours.has(task.key));
      if (recorded.length < changes.length) {
        this.log.warn('rows were taken over meanwhile', { count: changes.length - recorded.length });
      }
      await this.tidings.tell(tx, claim.accountId, recorded);
    });
  }
}

function assertMove(task: OutboxTask, settlement: Settlement): void {
  // A planned row was marked as sending before its request went out.
  const viaSending = task.state === 'planned' && canMove('sending', settlement.state);
  if (viaSending || canMove(task.state, settlement.state)) return;
  throw new Error(`an outbox row cannot go from ${task.state} to ${settlement.state}`);
}

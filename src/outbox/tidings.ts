import { Injectable } from '@nestjs/common';
import { Changes } from '../infra/changes.js';
import type { Sql } from '../infra/db/sql.js';
import { DeadLetters, type DeadLetterDraft } from '../infra/jobs/dead-letters.js';
import { Jobs } from '../infra/jobs/jobs.js';
import { taskFates, type TaskFate } from './jobs.js';
import type { Settlement } from './settlement.js';
import type { OutboxTask } from './task.types.js';

export interface RecordedChange {
  readonly task: OutboxTask;
  readonly settlement: Settlement;
}

/** Tells whom an outcome concerns: the plan that a task ended, the administrator why, an open widget that it moved. */
@Injectable()
export class Tidings {
  constructor(
    private readonly deadLetters: DeadLetters,
    private readonly jobs: Jobs,
    private readonly changes: Changes,
  ) {}

  /** All of it commits with `tx`, or none. */
  async tell(tx: Sql, accountId: string, changes: readonly RecordedChange[]): Promise<void> {
    const refused = changes.filter(({ settlement }) => settlement.state === 'failed');
    for (const change of refused) await this.deadLetters.add(letterOf(accountId, change), tx);
    const fates = changes
      .filter(({ settlement }) => ['gone', 'failed'].includes(settlement.state))
      .map(fateOf);
    if (fates.length > 0) await this.jobs.enqueue(taskFates, { accountId, fates }, { tx });
    const moved = changes.filter(({ task, settlement }) => task.state !== settlement.state);
    const deals = new Set(moved.map(({ task }) => task.dealId));
    // Revision 0: no plan was decided, yet an open widget shows the step's task.
    const hints = [...deals].map((dealId) => ({ accountId, dealId, revision: 0 }));
    await this.changes.publish(tx, hints);
  }
}

function fateOf({ task, settlement }: RecordedChange): TaskFate {
  const { planId, stepKey, visitSeq, dealId } = task;
  return { planId, stepKey, visitSeq, dealId, fate: settlement.state === 'gone' ? 'gone' : 'refused' };
}

function letterOf(accountId: string, { task, settlement }: RecordedChange): DeadLetterDraft {
  const { key, planId, stepKey, visitSeq, dealId } = task;
  return {
    accountId,
    source: 'outbox',
    subject: key,
    payload: { planId, stepKey, visitSeq, dealId },
    reason: settlement.fault ?? 'refused',
    attempts: settlement.attempts,
  };
}

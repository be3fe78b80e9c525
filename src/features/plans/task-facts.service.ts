import { Injectable } from '@nestjs/common';
import { Database } from '../../infra/db/database.js';
import { MirrorReads, type TasksChanged } from '../../mirror/index.js';
import { Outbox, type TaskFates } from '../../outbox/index.js';
import { PlanningContexts } from './planning-context.service.js';
import { TaskFactsApplying, type Seen } from './task-facts-applying.service.js';

/** Plans follow what people do in the host's own task list. */
@Injectable()
export class TaskFacts {
  constructor(
    private readonly database: Database,
    private readonly contexts: PlanningContexts,
    private readonly mirror: MirrorReads,
    private readonly outbox: Outbox,
    private readonly applying: TaskFactsApplying,
  ) {}

  /** At least once: the outbox tells what is news and what only echoes us. */
  async changed({ accountId, taskIds }: TasksChanged): Promise<void> {
    const context = await this.contexts.of(accountId);
    if (!context) return;
    await this.database.transaction(async (tx) => {
      const living = await this.mirror.tasks(accountId, taskIds, tx);
      const deleted = await this.mirror.deletedTasks(accountId, taskIds, tx);
      const seen = await this.outbox.observe(tx, accountId, living, deleted);
      await this.applying.apply(tx, context, seen);
    });
  }

  /** Tasks that the host let go while we wrote to them. A refused one only shows on its step. */
  async ended({ accountId, fates }: TaskFates): Promise<void> {
    const context = await this.contexts.of(accountId);
    if (!context) return;
    const seen = fates
      .filter((fate) => fate.fate === 'gone')
      .map((fate): Seen => ({ ...fate, facts: [{ kind: 'deleted' }] }));
    await this.database.transaction((tx) => this.applying.apply(tx, context, seen));
  }
}

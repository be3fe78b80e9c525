import { Injectable, type OnModuleInit } from '@nestjs/common';
import { robotCalled } from '../../contract/jobs.js';
import { Database } from '../../infra/db/database.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { dealsChanged, tasksChanged } from '../../mirror/index.js';
import { taskFates } from '../../outbox/index.js';
import { BulkLaunches, LAUNCH_CHUNK } from './bulk-launch.service.js';
import { DealChanges } from './deal-changes.service.js';
import { Launches } from './launches.service.js';
import { PlanClosing } from './plan-closing.service.js';
import { bulkLaunch, closePlans, nightlyRefresh, refreshPlans, timeTick } from './plans.jobs.js';
import { TaskFacts } from './task-facts.service.js';

/** One account's backlog of a Monday morning must not keep the others waiting; the next minute goes on. */
const MAX_CHUNKS = 20;

/** What the plans do in the background, and what they hear from the mirror, the outbox and the host. */
@Injectable()
export class PlansWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly database: Database,
    private readonly dealChanges: DealChanges,
    private readonly taskFacts: TaskFacts,
    private readonly launches: Launches,
    private readonly bulk: BulkLaunches,
    private readonly closing: PlanClosing,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(dealsChanged, (job) => this.dealChanges.changed(job));
    this.jobs.handle(tasksChanged, (job) => this.taskFacts.changed(job));
    this.jobs.handle(taskFates, (job) => this.taskFacts.ended(job));
    this.jobs.handle(robotCalled, async (call) => void (await this.launches.byRobot(call)));
    this.jobs.handle(bulkLaunch, ({ accountId, progressId }, { signal }) =>
      this.bulk.run(accountId, progressId, signal),
    );
    this.jobs.handle(closePlans, (job) => this.closing.close(job.accountId, job.pipelineId, job.actor));
    this.jobs.handle(timeTick, () => this.tick());
    this.jobs.handle(refreshPlans, ({ accountId }) => this.dealChanges.refresh(accountId, LAUNCH_CHUNK));
    this.jobs.handle(nightlyRefresh, async () => {
      const accountIds = await this.activeAccounts();
      await this.jobs.enqueue(
        refreshPlans,
        accountIds.map((accountId) => ({ accountId })),
      );
    });
    this.jobs.schedule(timeTick, '* * * * *', {});
    this.jobs.schedule(nightlyRefresh, '41 2 * * *', {});
  }

  private async tick(): Promise<void> {
    for (const accountId of await this.activeAccounts()) {
      for (let chunk = 0; chunk < MAX_CHUNKS; chunk += 1) {
        if ((await this.dealChanges.timePassed(accountId, LAUNCH_CHUNK)) < LAUNCH_CHUNK) break;
      }
    }
  }

  private async activeAccounts(): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account WHERE state = 'active' ORDER BY account_id`,
    );
    return rows.map((row) => row.account_id);
  }
}

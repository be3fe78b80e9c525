import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../infra/jobs/jobs.js';
import { BulkLaunches } from './bulk-launch.service.js';
import { PlanClosing } from './plan-closing.service.js';
import { PlanRounds } from './plan-rounds.service.js';
import {
  bulkLaunch,
  closePlans,
  LAUNCH_RETRIES,
  nightlyRefresh,
  refreshPlans,
  timeTick,
} from './plans.jobs.js';

/** Work over many plans: launches, closings, and rounds by the clock. */
@Injectable()
export class LaunchesWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly bulk: BulkLaunches,
    private readonly closing: PlanClosing,
    private readonly rounds: PlanRounds,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(bulkLaunch, async ({ accountId, progressId }, { signal, attempt }) => {
      try {
        await this.bulk.run(accountId, progressId, signal);
      } catch (error) {
        if (attempt > LAUNCH_RETRIES) await this.bulk.giveUp(accountId, progressId);
        throw error;
      }
    });
    this.jobs.handle(closePlans, (job) => this.closing.close(job.accountId, job.pipelineId, job.actor));
    this.jobs.handle(refreshPlans, ({ accountId }) => this.rounds.refresh(accountId));
    this.jobs.handle(timeTick, () => this.rounds.tick());
    this.jobs.handle(nightlyRefresh, () => this.rounds.refreshAll());
    this.jobs.schedule(timeTick, '* * * * *', {});
    this.jobs.schedule(nightlyRefresh, '41 2 * * *', {});
  }
}

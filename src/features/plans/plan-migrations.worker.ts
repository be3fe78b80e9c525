import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../infra/jobs/jobs.js';
import { PlanMigrationRuns } from './plan-migration-runs.service.js';
import { MIGRATION_RETRIES, planMigration } from './plans.jobs.js';

@Injectable()
export class PlanMigrationsWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly runs: PlanMigrationRuns,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(planMigration, async ({ accountId, migrationId }, { signal, attempt }) => {
      try {
        await this.runs.run(accountId, migrationId, signal);
      } catch (error) {
        if (attempt > MIGRATION_RETRIES) await this.runs.giveUp(accountId, migrationId);
        throw error;
      }
    });
  }
}

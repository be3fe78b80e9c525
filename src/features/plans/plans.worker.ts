import { Injectable, type OnModuleInit } from '@nestjs/common';
import { companyChanged, robotCalled } from '../../contract/jobs.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { dealsChanged, tasksChanged } from '../../mirror/index.js';
import { taskFates } from '../../outbox/index.js';
import { DealChanges } from './deal-changes.service.js';
import { Launches } from './launches.service.js';
import { refreshPlans, tellHead } from './plans.jobs.js';
import { StepPostponements } from './step-postponements.service.js';
import { TaskFacts } from './task-facts.service.js';

/** What the plans hear from the mirror, the outbox and the host's automation. */
@Injectable()
export class PlansWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly dealChanges: DealChanges,
    private readonly taskFacts: TaskFacts,
    private readonly launches: Launches,
    private readonly postponements: StepPostponements,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(dealsChanged, (job) => this.dealChanges.changed(job));
    this.jobs.handle(tasksChanged, (job) => this.taskFacts.changed(job));
    this.jobs.handle(taskFates, (job) => this.taskFacts.ended(job));
    this.jobs.handle(companyChanged, (job) => this.jobs.enqueue(refreshPlans, job));
    this.jobs.handle(tellHead, (told) => this.postponements.told(told));
    this.jobs.handle(robotCalled, async (call) => void (await this.launches.byRobot(call)));
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { defineJob } from '../../infra/jobs/job.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { ReplayRepository } from './replay.repository.js';

const forgetReplays = defineJob<object>({ name: 'embed.forget-replays' });

/** Answers kept for repeats are thrown away when nobody can repeat any more. */
@Injectable()
export class EmbedWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly replays: ReplayRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(forgetReplays, () => this.replays.forgetOld());
    this.jobs.schedule(forgetReplays, '11 * * * *', {});
  }
}

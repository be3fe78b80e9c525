import { Injectable, type OnModuleInit } from '@nestjs/common';
import { defineJob } from '../../infra/jobs/job.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Links } from './links.service.js';
import { ReplayRepository } from './replay.repository.js';

const forgetReplays = defineJob<object>({ name: 'embed.forget-replays' });
const forgetViews = defineJob<object>({ name: 'embed.forget-views' });

/** Answers kept for repeats are thrown away when nobody can repeat any more; views when nobody asks for them any more. */
@Injectable()
export class EmbedWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly replays: ReplayRepository,
    private readonly links: Links,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(forgetReplays, () => this.replays.forgetOld());
    this.jobs.schedule(forgetReplays, '11 * * * *', {});
    this.jobs.handle(forgetViews, () => this.links.forgetOld());
    this.jobs.schedule(forgetViews, '29 4 * * *', {});
  }
}

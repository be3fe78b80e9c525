import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { defineJob } from '../../infra/jobs/job.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { CompanyStructures, historyCopied, Rollups } from '../../mirror/index.js';
import { FACT_NAMES } from './facts.js';
import { everythingIn } from './insight-scope.js';
import { LearnedNorms } from './learned-norms.service.js';
import { PageFacts } from './page-facts.service.js';

const learnNightly = defineJob<Record<string, never>>({
  name: 'insight.nightly',
  singleton: () => 'all',
  expireInSeconds: 600,
});

/** Counts what pages of whole pipelines need, so that the first person does not wait for it. */
const countFacts = defineJob<{ readonly accountId: string }>({
  name: 'insight.countFacts',
  singleton: ({ accountId }) => accountId,
  retryLimit: 1,
  expireInSeconds: 900,
});

/** After the hosts' own nightly work, before anybody's morning from Kaliningrad on. */
const NIGHTLY = '40 1 * * *';

/** Learns the norms of stages after the first copy and every night, on roll-ups that were built anew. */
@Injectable()
export class LearnWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly rollups: Rollups,
    private readonly norms: LearnedNorms,
    private readonly facts: PageFacts,
    private readonly structures: CompanyStructures,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(historyCopied, ({ accountId }) => this.learn(accountId));
    this.jobs.handle(countFacts, ({ accountId }) => this.count(accountId));
    this.jobs.handle(learnNightly, async () => {
      const accounts = await this.rollups.accounts();
      await this.jobs.enqueue(
        historyCopied,
        accounts.map((accountId) => ({ accountId })),
      );
    });
    this.jobs.schedule(learnNightly, NIGHTLY, {});
  }

  /** Idempotent. */
  async learn(accountId: string): Promise<void> {
    await this.rollups.rebuild(accountId);
    await this.norms.learn(accountId);
    await this.facts.forget(accountId);
    await this.jobs.enqueue(countFacts, { accountId });
  }

  private async count(accountId: string): Promise<void> {
    const { pipelines } = await this.structures.of(accountId);
    for (const { id } of pipelines) {
      await this.facts.recount(everythingIn(accountId, id, this.clock.now()), FACT_NAMES);
    }
  }
}

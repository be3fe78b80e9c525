import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Jobs } from '../../infra/jobs/jobs.js';
import { Rollups } from '../../mirror/index.js';
import { FactShelf } from './fact-shelf.repository.js';
import { refreshDueFacts, refreshFact } from './facts.jobs.js';
import { PageFacts } from './page-facts.service.js';

const EVERY_FIVE_MINUTES = '*/5 * * * *';

/** Keeps the facts of accounts that are looked at young, so that the first person of a morning sees the morning. */
@Injectable()
export class FactsWorker implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly facts: PageFacts,
    private readonly shelf: FactShelf,
    private readonly rollups: Rollups,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(refreshFact, ({ accountId, key }) => this.facts.refresh(accountId, key));
    this.jobs.handle(refreshDueFacts, () => this.refreshDue());
    this.jobs.schedule(refreshDueFacts, EVERY_FIVE_MINUTES, {});
  }

  private async refreshDue(): Promise<void> {
    for (const accountId of await this.rollups.accounts()) {
      const keys = await this.shelf.due(accountId, this.clock.now());
      await this.jobs.enqueue(
        refreshFact,
        keys.map((key) => ({ accountId, key })),
      );
    }
  }
}

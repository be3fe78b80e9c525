import { Module } from '@nestjs/common';
import { MirrorModule } from '../../mirror/index.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { DrillService } from './drill.service.js';
import { HistoryRepository } from './history.repository.js';
import { InsightCache } from './insight-cache.js';
import { InsightChoices } from './insight-choices.service.js';
import { InsightController } from './insight.controller.js';
import { InsightModel } from './insight-model.service.js';
import { InsightPages } from './insight-pages.service.js';
import { LearnWorker } from './learn.worker.js';
import { PageContexts } from './page-contexts.service.js';
import { Steps } from './steps.service.js';
import { StuckRepository } from './stuck.repository.js';
import { StuckService } from './stuck.service.js';

/** What the account's history says: where deals stand and why, where money leaks, what will come. */
@Module({
  imports: [MirrorModule],
  controllers: [InsightController],
  providers: [
    DealFactsRepository,
    DrillService,
    HistoryRepository,
    InsightCache,
    InsightChoices,
    InsightModel,
    InsightPages,
    LearnWorker,
    PageContexts,
    Steps,
    StuckRepository,
    StuckService,
  ],
})
export class InsightModule {}

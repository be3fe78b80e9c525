import { Module } from '@nestjs/common';
import { MirrorModule } from '../../mirror/index.js';
import { DealFactsRepository } from './deal-facts.repository.js';
import { DrillService } from './drill.service.js';
import { ExportController } from './export.controller.js';
import { FactCounter } from './fact-counter.service.js';
import { FactShelf } from './fact-shelf.repository.js';
import { FactsWorker } from './facts.worker.js';
import { HabitsRepository } from './habits.repository.js';
import { HistoryRepository } from './history.repository.js';
import { HostNames } from './host-names.service.js';
import { HostNamesWorker } from './host-names.worker.js';
import { InsightCache } from './insight-cache.js';
import { InsightChoices } from './insight-choices.service.js';
import { InsightController } from './insight.controller.js';
import { InsightPages } from './insight-pages.service.js';
import { LearnedNorms } from './learned-norms.service.js';
import { LearnWorker } from './learn.worker.js';
import { OutlookController } from './outlook.controller.js';
import { OutlookPages } from './outlook-pages.service.js';
import { OutlookRepository } from './outlook.repository.js';
import { PageFacts } from './page-facts.service.js';
import { PageMaker } from './page-maker.service.js';
import { SellersRepository } from './sellers.repository.js';
import { PageContexts } from './page-contexts.service.js';
import { Steps } from './steps.service.js';
import { StuckRepository } from './stuck.repository.js';
import { StuckService } from './stuck.service.js';

/** What the account's history says: where deals stand and why, where money leaks, what will come. */
@Module({
  imports: [MirrorModule],
  controllers: [InsightController, OutlookController, ExportController],
  providers: [
    DealFactsRepository,
    DrillService,
    FactCounter,
    FactShelf,
    FactsWorker,
    HabitsRepository,
    HistoryRepository,
    HostNames,
    HostNamesWorker,
    InsightCache,
    InsightChoices,
    InsightPages,
    LearnWorker,
    LearnedNorms,
    OutlookPages,
    OutlookRepository,
    PageContexts,
    PageFacts,
    PageMaker,
    SellersRepository,
    Steps,
    StuckRepository,
    StuckService,
  ],
})
export class InsightModule {}

import { Module } from '@nestjs/common';
import { CompanyStructures } from './company-structures.js';
import { Copier } from './copier.js';
import { Drain } from './drain.js';
import { DealProducts } from './deal-products.js';
import { Errands } from './errands.js';
import { FieldWatch } from './field-watch.js';
import { Intake } from './intake.js';
import { LateSteps } from './late-steps.js';
import { MirrorProgress } from './mirror-progress.js';
import { MirrorReads } from './mirror-reads.js';
import { Mirror } from './mirror.js';
import { MirrorWriter } from './mirror-writer.js';
import { MirrorWorker } from './mirror.worker.js';
import { Reconciler } from './reconciler.js';
import { Refresher } from './refresher.js';
import { Rollups } from './rollups.js';
import { StepRunner } from './step-runner.js';
import { StreamWalker } from './stream-walker.js';
import { Sweeper } from './sweeper.js';

/** The copy of the host. Needs `HOST_CONNECTIONS` from a global module. */
@Module({
  providers: [
    CompanyStructures,
    Mirror,
    MirrorProgress,
    MirrorReads,
    Intake,
    MirrorWriter,
    StreamWalker,
    StepRunner,
    Copier,
    Reconciler,
    DealProducts,
    LateSteps,
    FieldWatch,
    Sweeper,
    Refresher,
    Rollups,
    Errands,
    Drain,
    MirrorWorker,
  ],
  exports: [CompanyStructures, Mirror, MirrorProgress, MirrorReads, Intake, Rollups],
})
export class MirrorModule {}

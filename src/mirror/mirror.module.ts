import { Module } from '@nestjs/common';
import { Copier } from './copier.js';
import { Drain } from './drain.js';
import { Errands } from './errands.js';
import { Intake } from './intake.js';
import { MirrorProgress } from './mirror-progress.js';
import { MirrorReads } from './mirror-reads.js';
import { Mirror } from './mirror.js';
import { MirrorWriter } from './mirror-writer.js';
import { MirrorWorker } from './mirror.worker.js';
import { Reconciler } from './reconciler.js';
import { Refresher } from './refresher.js';
import { StepRunner } from './step-runner.js';
import { StreamWalker } from './stream-walker.js';
import { Sweeper } from './sweeper.js';

/** The copy of the host. Needs `HOST_CONNECTIONS` from a global module. */
@Module({
  providers: [
    Mirror,
    MirrorProgress,
    MirrorReads,
    Intake,
    MirrorWriter,
    StreamWalker,
    StepRunner,
    Copier,
    Reconciler,
    Sweeper,
    Refresher,
    Errands,
    Drain,
    MirrorWorker,
  ],
  exports: [Mirror, MirrorProgress, MirrorReads, Intake],
})
export class MirrorModule {}

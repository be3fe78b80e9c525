import { Module } from '@nestjs/common';
import { MirrorModule } from '../../mirror/index.js';
import { PanelChoices } from './panel-choices.service.js';
import { PanelController } from './panel.controller.js';
import { PanelReads } from './panel-reads.service.js';
import { PanelRows } from './panel-rows.service.js';
import { PanelViewRepository } from './panel-view.repository.js';
import { PulseRepository } from './pulse.repository.js';
import { PulseWorker } from './pulse.worker.js';
import { StepTitles } from './step-titles.service.js';

/** Control: what is done, what is not and why, every day. */
@Module({
  imports: [MirrorModule],
  controllers: [PanelController],
  providers: [
    PanelChoices,
    PanelReads,
    PanelRows,
    PanelViewRepository,
    PulseRepository,
    PulseWorker,
    StepTitles,
  ],
})
export class PushingModule {}

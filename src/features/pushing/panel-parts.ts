import { DealDeedRepository } from './deal-deed.repository.js';
import { PanelActionsController } from './panel-actions.controller.js';
import { PanelActions } from './panel-actions.service.js';
import { PanelChoices } from './panel-choices.service.js';
import { PanelController } from './panel.controller.js';
import { PanelDeeds } from './panel-deeds.service.js';
import { PanelDrawer } from './panel-drawer.service.js';
import { PanelHandovers } from './panel-handovers.service.js';
import { PanelMoves } from './panel-moves.service.js';
import { PanelPushes } from './panel-pushes.service.js';
import { PanelReads } from './panel-reads.service.js';
import { PanelRows } from './panel-rows.service.js';
import { PanelSettledWorker } from './panel-settled.worker.js';
import { PanelSnoozes } from './panel-snoozes.service.js';
import { PanelStageMoves } from './panel-stage-moves.service.js';
import { PanelStory } from './panel-story.service.js';
import { PanelStoryRepository } from './panel-story.repository.js';
import { PanelTakeBacks } from './panel-take-backs.service.js';
import { PanelTargets } from './panel-targets.service.js';
import { PanelUndo } from './panel-undo.service.js';
import { PanelViewRepository } from './panel-view.repository.js';
import { PulseRepository } from './pulse.repository.js';
import { PulseWorker } from './pulse.worker.js';
import { StepTitles } from './step-titles.service.js';

export const PANEL_CONTROLLERS = [PanelController, PanelActionsController] as const;

/** The pulses and the panel on them. */
export const PANEL_PROVIDERS = [
  DealDeedRepository,
  PanelActions,
  PanelChoices,
  PanelDeeds,
  PanelDrawer,
  PanelHandovers,
  PanelMoves,
  PanelPushes,
  PanelReads,
  PanelRows,
  PanelSettledWorker,
  PanelSnoozes,
  PanelStageMoves,
  PanelStory,
  PanelStoryRepository,
  PanelTakeBacks,
  PanelTargets,
  PanelUndo,
  PanelViewRepository,
  PulseRepository,
  PulseWorker,
  StepTitles,
] as const;

import { ControlContexts } from './control-context.service.js';
import { ControlWorker } from './control.worker.js';
import { Ledger } from './ledger.js';
import { PANEL_PUSH_READS, PANEL_PUSHER } from './panel-pusher.js';
import { AnswerParts, PushAnswers } from './push-answers.service.js';
import { PushRepository } from './push.repository.js';
import { PushRounds } from './push-rounds.service.js';
import { PushSending } from './push-sending.service.js';
import { PushViews } from './push-views.service.js';
import { PushesController } from './pushes.controller.js';
import { Pushes } from './pushes.service.js';

/** Pushes, rules of alerts, and the day: what the module takes of them. */
export const CONTROL_CONTROLLERS = [PushesController] as const;

export const CONTROL_PROVIDERS = [
  AnswerParts,
  ControlContexts,
  ControlWorker,
  Ledger,
  PushAnswers,
  PushRepository,
  PushRounds,
  PushSending,
  PushViews,
  Pushes,
  { provide: PANEL_PUSHER, useExisting: Pushes },
  { provide: PANEL_PUSH_READS, useExisting: PushRepository },
] as const;

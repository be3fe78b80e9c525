import { AlertRounds } from './alert-rounds.service.js';
import { AlertRepository } from './alert.repository.js';
import { AlertReads } from './alert-reads.service.js';
import { ControlContexts } from './control-context.service.js';
import { ControlRounds, ControlWorker } from './control.worker.js';
import { DigestRounds } from './digest-rounds.service.js';
import { Ledger } from './ledger.js';
import { PANEL_PUSH_READS, PANEL_PUSHER } from './panel-pusher.js';
import { AnswerParts, PushAnswers } from './push-answers.service.js';
import { PushRepository } from './push.repository.js';
import { PushRounds } from './push-rounds.service.js';
import { PushSending } from './push-sending.service.js';
import { PushViews } from './push-views.service.js';
import { PushesController } from './pushes.controller.js';
import { Pushes } from './pushes.service.js';
import { RuleRepository } from './rule.repository.js';
import { RuleSettings } from './rule-settings.service.js';
import { RulesController } from './rules.controller.js';

/** Pushes, rules of alerts, and the day: what the module takes of them. */
export const CONTROL_CONTROLLERS = [PushesController, RulesController] as const;

export const CONTROL_PROVIDERS = [
  AlertReads,
  AlertRepository,
  AlertRounds,
  AnswerParts,
  ControlContexts,
  ControlRounds,
  ControlWorker,
  DigestRounds,
  Ledger,
  PushAnswers,
  PushRepository,
  PushRounds,
  PushSending,
  PushViews,
  Pushes,
  RuleRepository,
  RuleSettings,
  { provide: PANEL_PUSHER, useExisting: Pushes },
  { provide: PANEL_PUSH_READS, useExisting: PushRepository },
] as const;

import { AlertFinding } from './alert-finding.service.js';
import { AlertKeeping } from './alert-keeping.service.js';
import { AlertLadder } from './alert-ladder.service.js';
import { AlertLossRepository } from './alert-loss.repository.js';
import { AlertRounds } from './alert-rounds.service.js';
import { AlertRepository } from './alert.repository.js';
import { AlertReads, AlertSources } from './alert-reads.service.js';
import { AlertSending } from './alert-sending.service.js';
import { AlertSnoozes } from './alert-snoozes.service.js';
import { ControlContexts } from './control-context.service.js';
import { ControlRounds, ControlWorker } from './control.worker.js';
import { DigestRounds } from './digest-rounds.service.js';
import { Ledger } from './ledger.js';
import { MorningDigests } from './morning-digests.service.js';
import { PANEL_PUSH_READS, PANEL_PUSHER } from './panel-pusher.js';
import { AnswerParts, PushAnswers } from './push-answers.service.js';
import { PushRepository } from './push.repository.js';
import { PushRounds } from './push-rounds.service.js';
import { PushSending } from './push-sending.service.js';
import { PushViews } from './push-views.service.js';
import { PushesController } from './pushes.controller.js';
import { Pushes } from './pushes.service.js';
import { ReasonDeals } from './reason-deals.service.js';
import { ReasonsReport } from './reasons-report.service.js';
import { ReasonsController } from './reasons.controller.js';
import { ReasonsRepository } from './reasons.repository.js';
import { RuleChecks } from './rule-checks.service.js';
import { CompanyAlerts } from './rule-company.service.js';
import { RuleDryRunRepository } from './rule-dry-run.repository.js';
import { DryRunSources, RuleDryRunWorker } from './rule-dry-run.worker.js';
import { RuleDryRuns } from './rule-dry-runs.service.js';
import { RuleHistoryRepository } from './rule-history.repository.js';
import { RuleDemotions } from './rule-demotions.service.js';
import { RuleRepository } from './rule.repository.js';
import { RuleSettings } from './rule-settings.service.js';
import { RulesController } from './rules.controller.js';

/** Pushes, rules of alerts, and the day: what the module takes of them. */
export const CONTROL_CONTROLLERS = [PushesController, RulesController, ReasonsController] as const;

export const CONTROL_PROVIDERS = [
  AlertFinding,
  AlertKeeping,
  AlertLadder,
  AlertLossRepository,
  AlertReads,
  AlertRepository,
  AlertRounds,
  AlertSending,
  AlertSnoozes,
  AlertSources,
  AnswerParts,
  CompanyAlerts,
  ControlContexts,
  ControlRounds,
  ControlWorker,
  DigestRounds,
  Ledger,
  MorningDigests,
  PushAnswers,
  PushRepository,
  PushRounds,
  PushSending,
  PushViews,
  Pushes,
  ReasonDeals,
  ReasonsReport,
  ReasonsRepository,
  RuleChecks,
  DryRunSources,
  RuleDemotions,
  RuleDryRunRepository,
  RuleDryRunWorker,
  RuleDryRuns,
  RuleHistoryRepository,
  RuleRepository,
  RuleSettings,
  { provide: PANEL_PUSHER, useExisting: Pushes },
  { provide: PANEL_PUSH_READS, useExisting: PushRepository },
] as const;

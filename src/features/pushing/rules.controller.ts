import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { AlertReads } from './alert-reads.service.js';
import type {
  AlertsCountView,
  AlertSnoozeAnswer,
  AlertsView,
  RuleDryRunView,
  RulesView,
} from './pushing.view.js';
import { AlertSnoozes } from './alert-snoozes.service.js';
import { AlertSnoozeRequest, AlertsQuery, RuleChangeRequest, RuleSettingsRequest } from './rule.requests.js';
import { RuleDryRuns } from './rule-dry-runs.service.js';
import { RuleSettings } from './rule-settings.service.js';

/** Rules of alerts, and the alerts that are open. */
@ApiTags('rules')
@ApiBearerAuth()
@Controller('api')
export class RulesController {
  constructor(
    private readonly settings: RuleSettings,
    private readonly alerts: AlertReads,
    private readonly snoozes: AlertSnoozes,
    private readonly dryRuns: RuleDryRuns,
  ) {}

  @Get('rules')
  rules(@CurrentSession() person: SessionClaims): Promise<RulesView> {
    return this.settings.view(person);
  }

  @Put('rules')
  settle(@CurrentSession() person: SessionClaims, @Body() change: RuleSettingsRequest): Promise<RulesView> {
    return this.settings.settle(person, change);
  }

  @Put('rules/:ruleKey')
  change(
    @CurrentSession() person: SessionClaims,
    @Param('ruleKey') ruleKey: string,
    @Body() change: RuleChangeRequest,
  ): Promise<RulesView> {
    return this.settings.change(person, ruleKey, change);
  }

  @Post('rules/:ruleKey/dry-run')
  @HttpCode(200)
  dryRun(
    @CurrentSession() person: SessionClaims,
    @Param('ruleKey') ruleKey: string,
    @Body() change: RuleChangeRequest,
  ): Promise<RuleDryRunView> {
    return this.dryRuns.start(person, ruleKey, change);
  }

  @Get('rules/dry-runs/:runId')
  dryRunState(
    @CurrentSession() person: SessionClaims,
    @Param('runId', ParseUUIDPipe) runId: string,
  ): Promise<RuleDryRunView> {
    return this.dryRuns.view(person, runId);
  }

  @Post('rules/dry-runs/:runId/stop')
  @HttpCode(200)
  stopDryRun(
    @CurrentSession() person: SessionClaims,
    @Param('runId', ParseUUIDPipe) runId: string,
  ): Promise<RuleDryRunView> {
    return this.dryRuns.stop(person, runId);
  }

  @Post('rules/presets/:presetKey')
  @HttpCode(200)
  preset(@CurrentSession() person: SessionClaims, @Param('presetKey') presetKey: string): Promise<RulesView> {
    return this.settings.preset(person, presetKey);
  }

  @Get('alerts')
  open(@CurrentSession() person: SessionClaims, @Query() query: AlertsQuery): Promise<AlertsView> {
    const { sort = 'newest', after = null, ...filter } = query;
    return this.alerts.page(person, filter, { sort, after });
  }

  @Get('alerts/count')
  count(@CurrentSession() person: SessionClaims): Promise<AlertsCountView> {
    return this.alerts.count(person);
  }

  @Post('alerts/:alertId/snooze')
  @HttpCode(200)
  snooze(
    @CurrentSession() person: SessionClaims,
    @Param('alertId', ParseUUIDPipe) alertId: string,
    @Body() body: AlertSnoozeRequest,
  ): Promise<AlertSnoozeAnswer> {
    return this.snoozes.snooze(person, alertId, body);
  }
}

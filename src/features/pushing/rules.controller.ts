import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsObject, IsOptional, IsUUID } from 'class-validator';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { AlertReads } from './alert-reads.service.js';
import type { AlertsView, RulesView } from './pushing.view.js';
import { RuleSettings } from './rule-settings.service.js';

/** `PUT /api/rules/:ruleKey`; what is left out stays. */
export class RuleChangeRequest {
  @ApiPropertyOptional()
  @IsOptional()
  @IsBoolean()
  readonly on?: boolean;

  @ApiPropertyOptional({ description: 'Numbers by key' })
  @IsOptional()
  @IsObject()
  readonly parameters?: Readonly<Record<string, number>>;

  @ApiPropertyOptional({ enum: ['instant', 'digest'] })
  @IsOptional()
  @IsIn(['instant', 'digest'])
  readonly delivery?: 'instant' | 'digest';
}

/** `GET /api/alerts` */
export class AlertsQuery {
  @ApiPropertyOptional({ description: 'The `next` of the page before' })
  @IsOptional()
  @IsUUID()
  readonly after?: string;
}

/** Rules of alerts, and the alerts that are open. */
@ApiTags('rules')
@ApiBearerAuth()
@Controller('api')
export class RulesController {
  constructor(
    private readonly settings: RuleSettings,
    private readonly alerts: AlertReads,
  ) {}

  @Get('rules')
  rules(@CurrentSession() person: SessionClaims): Promise<RulesView> {
    return this.settings.view(person);
  }

  @Put('rules/:ruleKey')
  change(
    @CurrentSession() person: SessionClaims,
    @Param('ruleKey') ruleKey: string,
    @Body() change: RuleChangeRequest,
  ): Promise<RulesView> {
    return this.settings.change(person, ruleKey, change);
  }

  @Post('rules/presets/:presetKey')
  @HttpCode(200)
  preset(@CurrentSession() person: SessionClaims, @Param('presetKey') presetKey: string): Promise<RulesView> {
    return this.settings.preset(person, presetKey);
  }

  @Get('alerts')
  open(@CurrentSession() person: SessionClaims, @Query() query: AlertsQuery): Promise<AlertsView> {
    return this.alerts.page(person, query.after ?? null);
  }
}

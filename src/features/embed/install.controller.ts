import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { PLAN_SWITCH, type PlanSwitch, type SwitchOutcome } from '../../contract/plan-switch.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { notFound } from '../../infra/http/api-error.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { demandAdmin } from './admin.js';
import type { InstallView, ProgressView } from './boot.view.js';
import { SwitchOnRequest } from './embed.requests.js';
import { InstallViews } from './install-view.service.js';

/** Installation and settings, for administrators. */
@ApiTags('install')
@ApiBearerAuth()
@Controller('api')
export class InstallController {
  constructor(
    private readonly views: InstallViews,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    @Inject(PLAN_SWITCH) private readonly plans: PlanSwitch,
  ) {}

  @Get('install')
  view(@CurrentSession() person: SessionClaims): Promise<InstallView> {
    demandAdmin(person);
    return this.views.of(person);
  }

  /** Verifies, embeds and starts the copy; may be repeated. */
  @Post('install')
  @HttpCode(200)
  async install(@CurrentSession() person: SessionClaims): Promise<InstallView> {
    demandAdmin(person);
    await this.accounts.install(person.accountId, person.userId);
    return this.views.of(person);
  }

  @Post('install/finished')
  @HttpCode(200)
  async finished(@CurrentSession() person: SessionClaims): Promise<InstallView> {
    demandAdmin(person);
    await this.accounts.finished(person.accountId, person.userId);
    return this.views.of(person);
  }

  @Post('pipelines/:id/template')
  @HttpCode(200)
  async switchOn(
    @CurrentSession() person: SessionClaims,
    @Param('id') pipelineId: string,
    @Body() body: SwitchOnRequest,
  ): Promise<InstallView> {
    demandAdmin(person);
    const order = { ...body, pipelineId, actor: person.userId };
    accept(await this.plans.switchOn(person.accountId, order));
    return this.views.of(person);
  }

  /** Stops planning new deals; open plans stay unless `close=true`. */
  @Delete('pipelines/:id/template')
  async switchOff(
    @CurrentSession() person: SessionClaims,
    @Param('id') pipelineId: string,
    @Query('close') close?: string,
  ): Promise<InstallView> {
    demandAdmin(person);
    accept(await this.plans.switchOff(person.accountId, pipelineId, close === 'true', person.userId));
    return this.views.of(person);
  }

  @Post('progress/:id/stop')
  @HttpCode(200)
  async stop(@CurrentSession() person: SessionClaims, @Param('id') id: string): Promise<ProgressView> {
    demandAdmin(person);
    if (!UUID.test(id)) throw REFUSED.unknownProgress();
    accept(await this.plans.stop(person.accountId, id, person.userId));
    const found = (await this.plans.progress(person.accountId)).find((each) => each.id === id);
    if (!found) throw REFUSED.unknownProgress();
    return found;
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const REFUSED = {
  unknownPipeline: () =>
    notFound({
      ru: 'Такой воронки нет. Обновите страницу: её могли удалить в CRM.',
      en: 'There is no such pipeline. Reload the page: it may have been deleted in the CRM.',
    }),
  unknownTemplate: () =>
    notFound({ ru: 'Такого шаблона в библиотеке нет.', en: 'The library has no such template.' }),
  unknownProgress: () => notFound({ ru: 'Такой работы нет.', en: 'There is no such work under way.' }),
} as const;

function accept(outcome: SwitchOutcome): void {
  if (outcome.kind === 'refused') throw REFUSED[outcome.reason]();
}

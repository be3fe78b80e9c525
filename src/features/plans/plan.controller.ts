import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { StepCommand } from '../../domain/plans/step-commands.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { HomeService } from './home.service.js';
import type { HomeView } from './home.view.js';
import { PlanActions } from './plan-actions.service.js';
import { PlanManaging } from './plan-managing.service.js';
import { DoneRequest, FailRequest, LaunchRequest, SkipRequest, UndoRequest } from './plan.requests.js';
import type { PlanView, StepCommandAnswer } from './plan.view.js';
import { readResult } from './step-result.reader.js';

/** A deal's plan as the widget shows it, and what people do with it. */
@ApiTags('plan')
@ApiBearerAuth()
@Controller('api')
export class PlanController {
  constructor(
    private readonly actions: PlanActions,
    private readonly managing: PlanManaging,
    private readonly homes: HomeService,
  ) {}

  @Get('home')
  home(@CurrentSession() person: SessionClaims): Promise<HomeView> {
    return this.homes.of(person);
  }

  @Get('plan/:dealId')
  view(@CurrentSession() person: SessionClaims, @Param('dealId') dealId: string): Promise<PlanView> {
    return this.actions.view(person, dealId);
  }

  @Post('plan/:dealId/launch')
  @HttpCode(200)
  launch(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Body() body: LaunchRequest,
  ): Promise<StepCommandAnswer> {
    return this.actions.launch(person, dealId, body.templateId);
  }

  @Post('plan/:dealId/steps/:stepId/done')
  @HttpCode(200)
  done(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
    @Body() body: DoneRequest,
  ): Promise<StepCommandAnswer> {
    return this.actions.run(person, dealId, stepId, (rule) => ({
      kind: 'done',
      by: person.userId,
      result: readResult(rule.result, body.result),
    }));
  }

  @Post('plan/:dealId/steps/:stepId/skip')
  @HttpCode(200)
  skip(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
    @Body() body: SkipRequest,
  ): Promise<StepCommandAnswer> {
    const command: StepCommand = { kind: 'skip', by: person.userId, reason: body.reason };
    return this.actions.run(person, dealId, stepId, () => command);
  }

  @Post('plan/:dealId/steps/:stepId/fail')
  @HttpCode(200)
  fail(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
    @Body() body: FailRequest,
  ): Promise<StepCommandAnswer> {
    return this.managing.fail(person, dealId, stepId, body);
  }

  @Post('plan/:dealId/steps/:stepId/reopen')
  @HttpCode(200)
  reopen(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
  ): Promise<StepCommandAnswer> {
    return this.actions.run(person, dealId, stepId, () => ({ kind: 'reopen', by: person.userId }));
  }

  @Post('plan/:dealId/undo')
  @HttpCode(200)
  undo(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Body() body: UndoRequest,
  ): Promise<StepCommandAnswer> {
    return this.actions.undo(person, dealId, body.undo);
  }
}

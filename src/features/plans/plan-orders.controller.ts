import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { StepCommand } from '../../domain/plans/step-commands.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { PlanActions } from './plan-actions.service.js';
import {
  AttemptRequest,
  LetPassRequest,
  PauseRequest,
  ReassignRequest,
  RescheduleRequest,
} from './plan-orders.requests.js';
import { PlanManaging } from './plan-managing.service.js';
import type { PlanChoicesView, StepCommandAnswer } from './plan.view.js';

/** What people do with a plan besides finishing its steps. */
@ApiTags('plan')
@ApiBearerAuth()
@Controller('api/plan/:dealId')
export class PlanOrdersController {
  constructor(
    private readonly actions: PlanActions,
    private readonly managing: PlanManaging,
  ) {}

  @Get('choices')
  choices(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
  ): Promise<PlanChoicesView> {
    return this.managing.choices(person, dealId);
  }

  @Post('steps/:stepId/take')
  @HttpCode(200)
  take(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
  ): Promise<StepCommandAnswer> {
    return this.actions.run(person, dealId, stepId, () => ({ kind: 'take', by: person.userId }));
  }

  @Post('steps/:stepId/attempt')
  @HttpCode(200)
  attempt(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
    @Body() { note = '' }: AttemptRequest,
  ): Promise<StepCommandAnswer> {
    return this.actions.run(person, dealId, stepId, () => ({ kind: 'attempt', by: person.userId, note }));
  }

  @Post('steps/:stepId/reschedule')
  @HttpCode(200)
  reschedule(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
    @Body() { dueAt, reason = '' }: RescheduleRequest,
  ): Promise<StepCommandAnswer> {
    const at = dueAt === null ? null : Date.parse(dueAt);
    const command: StepCommand = { kind: 'reschedule', by: person.userId, dueAt: at, reason };
    return this.actions.run(person, dealId, stepId, () => command);
  }

  @Post('steps/:stepId/reassign')
  @HttpCode(200)
  reassign(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Param('stepId') stepId: string,
    @Body() { userId }: ReassignRequest,
  ): Promise<StepCommandAnswer> {
    return this.managing.reassign(person, dealId, stepId, userId);
  }

  @Post('pause')
  @HttpCode(200)
  pause(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Body() body: PauseRequest,
  ): Promise<StepCommandAnswer> {
    return this.managing.pause(person, dealId, body);
  }

  @Post('resume')
  @HttpCode(200)
  resume(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
  ): Promise<StepCommandAnswer> {
    return this.managing.resume(person, dealId);
  }

  @Post('accept')
  @HttpCode(200)
  accept(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
  ): Promise<StepCommandAnswer> {
    return this.managing.accept(person, dealId);
  }

  @Post('override')
  @HttpCode(200)
  override(
    @CurrentSession() person: SessionClaims,
    @Param('dealId') dealId: string,
    @Body() { stageKey, reason }: LetPassRequest,
  ): Promise<StepCommandAnswer> {
    return this.managing.override(person, dealId, stageKey, reason);
  }
}

import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { Acceptance, type IntakeView } from './acceptance.service.js';
import { IntakeRequest } from './plan-orders.requests.js';
import { TemplateAccess } from './template-access.service.js';

/** Stages of a pipeline where new leads wait to be accepted. */
@ApiTags('plan')
@ApiBearerAuth()
@Controller('api/pipelines/:id/intake')
export class IntakeController {
  constructor(
    private readonly access: TemplateAccess,
    private readonly acceptance: Acceptance,
  ) {}

  @Get()
  view(@CurrentSession() person: SessionClaims, @Param('id') pipelineId: string): Promise<IntakeView> {
    this.access.writer(person);
    return this.acceptance.stages(person.accountId, pipelineId);
  }

  @Put()
  save(
    @CurrentSession() person: SessionClaims,
    @Param('id') pipelineId: string,
    @Body() { stageIds }: IntakeRequest,
  ): Promise<IntakeView> {
    this.access.writer(person);
    return this.acceptance.save(person, pipelineId, stageIds);
  }
}

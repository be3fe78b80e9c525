import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { TakesLargeJson } from '../../infra/http/json-bounds.js';
import { goneSignal } from './gone-signal.js';
import { PlanAccess } from './plan-access.service.js';
import { DryRuns } from './dry-run.service.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateId } from './template-parameters.js';
import { TemplateTargets } from './template-targets.service.js';
import { TemplateTrials } from './template-trials.service.js';
import { DealsQuery, DryRunRequest, PreviewRequest } from './template.requests.js';
import type { AffectedView, DealChoiceView, DryRunView, PreviewView } from './templates.view.js';

/** What a template would do, for whoever is about to publish it; heads see their own people's deals. */
@ApiTags('templates')
@ApiBearerAuth()
@Controller('api/templates')
export class TemplateTrialsController {
  constructor(
    private readonly access: TemplateAccess,
    private readonly plans: PlanAccess,
    private readonly targets: TemplateTargets,
    private readonly trials: TemplateTrials,
    private readonly dryRuns: DryRuns,
  ) {}

  @Get('deals')
  async deals(
    @CurrentSession() person: SessionClaims,
    @Query() { q }: DealsQuery,
  ): Promise<readonly DealChoiceView[]> {
    return this.trials.deals(person, await this.access.reader(person), q ?? '');
  }

  @TakesLargeJson()
  @Post(':id/preview')
  @HttpCode(200)
  async preview(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Body() { dealId, body }: PreviewRequest,
  ): Promise<PreviewView> {
    await this.access.reader(person);
    const target = await this.targets.newest(person, id, body);
    return this.trials.preview(person, id, await this.plans.deal(person, dealId), target);
  }

  @TakesLargeJson()
  @Post(':id/dry-run')
  @HttpCode(200)
  async dryRun(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Body() { pipelineId, body }: DryRunRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DryRunView> {
    const reach = await this.access.reader(person);
    const target = await this.targets.newest(person, id, body);
    const order = { ...target, templateId: id, pipelineId };
    return this.dryRuns.run(person, reach, order, goneSignal(reply));
  }

  /** Who is affected by publishing the draft. */
  @Get(':id/affected')
  async affected(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AffectedView> {
    const reach = await this.access.reader(person);
    return this.targets.affected(person, reach, id, goneSignal(reply));
  }
}

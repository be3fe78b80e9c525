import { Body, Controller, Get, Param, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateMaps } from './template-maps.service.js';
import { StageMapQuery, StageMapRequest } from './template.requests.js';
import type { StageMapView } from './templates.view.js';

/** How a template lies on a pipeline; shown and corrected before plans are switched on, too. */
@ApiTags('templates')
@ApiBearerAuth()
@Controller('api/pipelines/:id/stage-map')
export class StageMapsController {
  constructor(
    private readonly access: TemplateAccess,
    private readonly maps: TemplateMaps,
  ) {}

  @Get()
  async view(
    @CurrentSession() person: SessionClaims,
    @Param('id') pipelineId: string,
    @Query() query: StageMapQuery,
  ): Promise<StageMapView> {
    await this.access.reader(person);
    return this.maps.of(person.accountId, pipelineId, query);
  }

  @Put()
  save(
    @CurrentSession() person: SessionClaims,
    @Param('id') pipelineId: string,
    @Query() query: StageMapQuery,
    @Body() { map }: StageMapRequest,
  ): Promise<StageMapView> {
    this.access.writer(person);
    return this.maps.save(person, pipelineId, query, map.entries);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { goneSignal } from './gone-signal.js';
import { PlanMigrations } from './plan-migrations.service.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateId } from './template-parameters.js';
import { TemplateTargets } from './template-targets.service.js';
import { MigrationRequest } from './template.requests.js';
import type { MigrationPreviewView, MigrationView } from './templates.view.js';

/** Running plans onto another version of their template: looked at first, stopped on the way, undone within a day. */
@ApiTags('templates')
@ApiBearerAuth()
@Controller('api')
export class PlanMigrationsController {
  constructor(
    private readonly access: TemplateAccess,
    private readonly targets: TemplateTargets,
    private readonly migrations: PlanMigrations,
  ) {}

  @Post('templates/:id/migration/preview')
  @HttpCode(200)
  async preview(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) templateId: string,
    @Body() { toVersion, dealIds }: MigrationRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MigrationPreviewView> {
    const reach = await this.access.reader(person);
    const order = { templateId, toVersion, dealIds: dealIds ?? [] };
    return this.targets.migrationPreview(person, reach, order, goneSignal(reply));
  }

  @Post('templates/:id/migration')
  @HttpCode(200)
  start(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) templateId: string,
    @Body() { toVersion, dealIds }: MigrationRequest,
  ): Promise<MigrationView> {
    this.access.writer(person);
    return this.migrations.start(person, templateId, toVersion, dealIds ?? []);
  }

  @Get('migrations/:id')
  async view(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
  ): Promise<MigrationView> {
    await this.access.reader(person);
    return this.migrations.view(person, id);
  }

  @Post('migrations/:id/stop')
  @HttpCode(200)
  stop(@CurrentSession() person: SessionClaims, @Param('id', TemplateId) id: string): Promise<MigrationView> {
    this.access.writer(person);
    return this.migrations.stop(person, id);
  }

  @Post('migrations/:id/undo')
  @HttpCode(200)
  undo(@CurrentSession() person: SessionClaims, @Param('id', TemplateId) id: string): Promise<MigrationView> {
    this.access.writer(person);
    return this.migrations.undo(person, id);
  }
}

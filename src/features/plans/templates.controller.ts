import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { TakesLargeJson } from '../../infra/http/json-bounds.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateEditing } from './template-editing.service.js';
import { TemplateId } from './template-parameters.js';
import { DraftRequest, NewTemplateRequest, PublishRequest } from './template.requests.js';
import { TemplateSources } from './template-sources.service.js';
import { TemplateViews } from './template-views.service.js';
import type {
  NewTemplate,
  PublishedView,
  SavedDraftView,
  TemplatesView,
  TemplateView,
} from './templates.view.js';

/** Templates: heads read them, administrators write them. */
@ApiTags('templates')
@ApiBearerAuth()
@Controller('api/templates')
export class TemplatesController {
  constructor(
    private readonly access: TemplateAccess,
    private readonly views: TemplateViews,
    private readonly sources: TemplateSources,
    private readonly editing: TemplateEditing,
  ) {}

  @Get()
  async list(@CurrentSession() person: SessionClaims): Promise<TemplatesView> {
    await this.access.reader(person);
    return this.views.list(person);
  }

  @TakesLargeJson()
  @Post()
  async create(
    @CurrentSession() person: SessionClaims,
    @Body() body: NewTemplateRequest,
  ): Promise<TemplateView> {
    this.access.writer(person);
    // The request's own rules made sure that it is one of the union.
    return this.views.one(person, await this.sources.create(person, body as NewTemplate));
  }

  @Get(':id')
  async one(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
  ): Promise<TemplateView> {
    await this.access.reader(person);
    return this.views.one(person, id);
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@CurrentSession() person: SessionClaims, @Param('id', TemplateId) id: string): Promise<void> {
    this.access.writer(person);
    await this.editing.remove(person, id);
  }

  @TakesLargeJson()
  @Put(':id/draft')
  save(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Body() { body, revision }: DraftRequest,
  ): Promise<SavedDraftView> {
    this.access.writer(person);
    return this.editing.save(person, id, body, revision);
  }

  @Delete(':id/draft')
  @HttpCode(204)
  async discard(@CurrentSession() person: SessionClaims, @Param('id', TemplateId) id: string): Promise<void> {
    this.access.writer(person);
    await this.editing.discard(person, id);
  }

  @Post(':id/publish')
  @HttpCode(200)
  publish(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Body() { revision }: PublishRequest,
  ): Promise<PublishedView> {
    this.access.writer(person);
    return this.editing.publish(person, id, revision);
  }

  @Post(':id/retire')
  @HttpCode(204)
  async retire(@CurrentSession() person: SessionClaims, @Param('id', TemplateId) id: string): Promise<void> {
    this.access.writer(person);
    await this.editing.retire(person, id);
  }
}

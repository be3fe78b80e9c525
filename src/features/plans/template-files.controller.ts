import { Controller, Get, Param, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { exportTemplate } from '../../domain/plans/template-file/export-template.js';
import { describeFault } from '../../domain/plans/template-file/fault-words.js';
import { Config } from '../../infra/config/config.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import { TemplateAccess } from './template-access.service.js';
import { TemplateId, Version } from './template-parameters.js';
import { stepTitleAt } from './template-reading.js';
import { TemplateViews } from './template-views.service.js';
import type { LeftOutView } from './templates.view.js';

/** Templates as files for other accounts. */
@ApiTags('templates')
@ApiBearerAuth()
@Controller('api/templates')
export class TemplateFilesController {
  constructor(
    private readonly access: TemplateAccess,
    private readonly views: TemplateViews,
    private readonly config: Config,
  ) {}

  /** The version as a file that `POST /api/templates` with `from: "file"` reads in any account. */
  @Get(':id/versions/:version/export')
  async export(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Param('version', Version) version: number,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.access.reader(person);
    const body = await this.views.version(person.accountId, id, version);
    const name = encodeURIComponent(`${body.name}.json`);
    await reply
      .header('content-disposition', `attachment; filename="template.json"; filename*=UTF-8''${name}`)
      .type('application/json; charset=utf-8')
      .send(exportTemplate(body, this.config.publicUrl).text);
  }

  /** What of the version has a meaning in this account only, and is not in its file. */
  @Get(':id/versions/:version/left-out')
  async leftOut(
    @CurrentSession() person: SessionClaims,
    @Param('id', TemplateId) id: string,
    @Param('version', Version) version: number,
  ): Promise<LeftOutView> {
    await this.access.reader(person);
    const body = await this.views.version(person.accountId, id, version);
    const leftOut = exportTemplate(body).warnings.map((warning) => ({
      stepTitle: stepTitleAt(warning.path, body),
      message: describeFault(warning, person.language),
    }));
    return { leftOut };
  }
}

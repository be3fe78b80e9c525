import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import type { LinkView } from './boot.view.js';
import { LinkRequest } from './embed.requests.js';
import { Links } from './links.service.js';

/** Addresses of exactly what somebody looks at. */
@ApiTags('session')
@Controller('api/links')
export class LinksController {
  constructor(private readonly links: Links) {}

  @Post()
  @HttpCode(200)
  async make(@CurrentSession() person: SessionClaims, @Body() body: LinkRequest): Promise<LinkView> {
    return this.links.keep(person, body.screen, body.state);
  }
}

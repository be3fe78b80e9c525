import { Body, Controller, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import type { SessionView } from './boot.view.js';
import { PreferencesRequest, SessionRequest } from './embed.requests.js';
import { asForm } from './frame-form.js';
import { FrameService } from './frame.service.js';
import { PreferenceRepository } from './preference.repository.js';

/** The person's session and choices. */
@ApiTags('session')
@Controller('api')
export class SessionController {
  constructor(
    private readonly frames: FrameService,
    private readonly preferences: PreferenceRepository,
  ) {}

  @Post('session')
  @HttpCode(200)
  async renew(@Body() body: SessionRequest, @Req() request: FastifyRequest): Promise<SessionView> {
    const session = await this.frames.renew(body.host, {
      ...asForm(body.form),
      headers: { 'user-agent': request.headers['user-agent'] ?? '' },
    });
    if (!session) throw notProven();
    return { session: session.token, sessionExpiresAt: new Date(session.expiresAt).toISOString() };
  }

  @Put('preferences')
  @HttpCode(204)
  async choose(@CurrentSession() person: SessionClaims, @Body() body: PreferencesRequest): Promise<void> {
    const { theme, language } = body;
    await this.preferences.save(person.accountId, person.userId, {
      ...(theme === undefined ? {} : { theme }),
      ...(language === undefined ? {} : { language }),
    });
  }
}

function notProven(): ApiError {
  return new ApiError(401, 'not-proven', {
    ru: 'CRM не подтвердила вход. Обновите страницу CRM.',
    en: 'The CRM did not confirm the sign-in. Reload the CRM’s page.',
  });
}

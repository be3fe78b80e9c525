import { Body, Controller, HttpCode, Post, Put, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { HostRequest } from '../../contract/host.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { CurrentSession } from '../../infra/http/current-session.decorator.js';
import type { SessionView } from './boot.view.js';
import { PreferencesRequest, SessionRequest } from './embed.requests.js';
import { FrameService } from './frame.service.js';
import { PreferenceRepository } from './preference.repository.js';

const MAX_FIELDS = 50;
const MAX_VALUE = 4_000;

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
    const session = await this.frames.renew(body.host, asFrameForm(body.form, request));
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

/** The bridge's fields in the form in which the host itself opens a frame, so that one reader judges both. */
function asFrameForm(form: Readonly<Record<string, unknown>>, request: FastifyRequest): HostRequest {
  const fields = Object.entries(form).filter(
    (field): field is [string, string] => typeof field[1] === 'string' && field[1].length <= MAX_VALUE,
  );
  const bounded = fields.slice(0, MAX_FIELDS);
  return {
    method: 'POST',
    query: Object.fromEntries(bounded),
    headers: { 'user-agent': request.headers['user-agent'] ?? '' },
    contentType: 'application/x-www-form-urlencoded',
    body: Buffer.from(new URLSearchParams(bounded).toString()),
  };
}

function notProven(): ApiError {
  return new ApiError(401, 'not-proven', {
    ru: 'Портал не подтвердил вход. Обновите страницу портала.',
    en: 'The portal did not confirm the sign-in. Reload the portal’s page.',
  });
}

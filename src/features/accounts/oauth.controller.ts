import { randomBytes } from 'node:crypto';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Config } from '../../infra/config/config.js';
import { sameSecret } from '../../infra/crypto/compare.js';
import { toHostRequest, type RawBodyRequest } from '../../infra/http/host-request.js';
import { Log } from '../../infra/log.js';
import { Exchanges } from './exchanges.service.js';
import { oauthPage, type OauthOutcome } from './oauth-page.js';

const STATUS: Record<OauthOutcome, number> = {
  accepted: 200,
  declined: 200,
  foreign: 403,
  unknown: 404,
  closed: 503,
};
const STATE_COOKIE = 'oauth_state';
/** As long as a code lives. */
const STATE_SECONDS = 1_200;

/** Connecting an account from our side, and where hosts send people and their own servers back to. */
@ApiExcludeController()
@Controller('oauth/:host')
export class OauthController {
  private readonly log: Log;

  constructor(
    private readonly exchanges: Exchanges,
    private readonly config: Config,
    log: Log,
  ) {
    this.log = log.child('oauth');
  }

  /** The state lies in a cookie of this browser too, so nobody can finish here what he started elsewhere. */
  @Get('start')
  async start(
    @Param('host') host: string,
    @Req() request: RawBodyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { portal } = request.query as { portal?: unknown };
    const state = randomBytes(24).toString('base64url');
    const url = this.exchanges.consentUrl(host, typeof portal === 'string' ? portal : '', state);
    if (url === null) return answer(reply, request, 'unknown');
    const secure = this.config.publicUrl.startsWith('https:') ? '; Secure' : '';
    await reply
      .header(
        'set-cookie',
        `${STATE_COOKIE}=${state}; Path=/oauth; Max-Age=${STATE_SECONDS}; HttpOnly; SameSite=Lax${secure}`,
      )
      .header('cache-control', 'no-store')
      .redirect(url, 302);
  }

  @Get()
  async back(
    @Param('host') host: string,
    @Req() request: RawBodyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await answer(reply, request, await this.outcomeOf(host, request));
  }

  private async outcomeOf(host: string, request: RawBodyRequest): Promise<OauthOutcome> {
    const call = toHostRequest(request);
    if (call.query['error'] !== undefined) return 'declined';
    const kind = this.exchanges.kindOf(host, call);
    if (kind === 'unknown') return 'unknown';
    if (kind === 'consent' && !isOurs(call.query['state'] ?? '', request.headers.cookie ?? ''))
      return 'foreign';
    try {
      await this.exchanges.keep(host, call);
      return 'accepted';
    } catch (error) {
      this.log.error('a code could not be kept', { host, detail: String(error) });
      return 'closed';
    }
  }
}

function isOurs(state: string, cookies: string): boolean {
  const kept = cookies
    .split(';')
    .map((part) => part.trim().split('='))
    .find(([name]) => name === STATE_COOKIE)?.[1];
  return kept !== undefined && kept !== '' && sameSecret(kept, state);
}

async function answer(reply: FastifyReply, request: RawBodyRequest, outcome: OauthOutcome): Promise<void> {
  const language = /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'ru';
  await reply
    .status(STATUS[outcome])
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(oauthPage(outcome, language));
}

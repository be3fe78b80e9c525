import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HostError } from '../../contract/failure.js';
import { toHostRequest, type RawBodyRequest } from '../../infra/http/host-request.js';
import { Log } from '../../infra/log.js';
import { framePage, framePolicy, plainPolicy, refusalPage } from './frame-page.js';
import { FrameService, type FrameAnswer } from './frame.service.js';
import { readSkeleton } from './widget-files.js';

type Refusal = Parameters<typeof refusalPage>[0];

const STATUS: Record<Refusal, number> = {
  notGenuine: 403,
  expired: 403,
  unknownAccount: 403,
  adminNeeded: 403,
  badRequest: 400,
  unavailable: 503,
  notBuilt: 503,
};

/** Addresses that a portal opens in its frames. */
@ApiExcludeController()
@Controller('embed')
export class FrameController {
  private readonly log: Log;

  constructor(
    private readonly frames: FrameService,
    log: Log,
  ) {
    this.log = log.child('frames');
  }

  @Post(':host/:place')
  @HttpCode(200)
  async open(
    @Param('host') host: string,
    @Param('place') place: string,
    @Req() request: RawBodyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.answer(host, place === 'install' ? 'install' : 'frame', request);
    const skeleton = await readSkeleton();
    if (answer.kind === 'refused') return refuse(reply, request, answer.reason);
    if (skeleton === null) return refuse(reply, request, 'notBuilt');
    await html(reply)
      .header('content-security-policy', framePolicy(answer.portalOrigin))
      .send(framePage(skeleton, answer.boot));
  }

  /** Shown to whoever opens the address outside a portal: reviewers, crawlers, the curious. Serves HEAD as well. */
  @Get(':host/:place')
  async plain(@Req() request: RawBodyRequest, @Res() reply: FastifyReply): Promise<void> {
    await html(reply)
      .header('content-security-policy', plainPolicy(`'none'`))
      .send(refusalPage('badRequest', languageOf(request)));
  }

  /** A person looks at this answer, so even a failure of the portal becomes a page. */
  private async answer(
    host: string,
    place: 'frame' | 'install',
    request: RawBodyRequest,
  ): Promise<FrameAnswer> {
    try {
      return await this.frames.open(host, place, toHostRequest(request));
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.log.warn('a frame could not be verified', { host, failure: error.message });
      return { kind: 'refused', reason: 'unavailable' };
    }
  }
}

/** The page carries nothing of anybody, so the page that framed it may show it. */
async function refuse(reply: FastifyReply, request: RawBodyRequest, reason: Refusal): Promise<void> {
  await html(reply)
    .status(STATUS[reason])
    .header('content-security-policy', plainPolicy(framerOf(request)))
    .send(refusalPage(reason, languageOf(request)));
}

function framerOf(request: RawBodyRequest): string {
  const origin = request.headers.origin ?? '';
  return URL.canParse(origin) && /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? origin : `'none'`;
}

function html(reply: FastifyReply): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
}

function languageOf(request: RawBodyRequest): 'ru' | 'en' {
  const asked = (request.query as { LANG?: unknown }).LANG;
  const language = typeof asked === 'string' ? asked : (request.headers['accept-language'] ?? '');
  return /^\s*en\b/i.test(language) ? 'en' : 'ru';
}

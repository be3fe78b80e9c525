import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { HostError } from '../../contract/failure.js';
import { toHostRequest, type RawBodyRequest } from '../../infra/http/host-request.js';
import { Log } from '../../infra/log.js';
import { framePage, framePolicy, plainPolicy, refusalPage } from './frame-page.js';
import { nextLook } from './frame-wait.js';
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
  broken: 503,
  connecting: 202,
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

  /**
   * A frame that opens without a proof: our page with nothing of anybody in it, for the page of one living account only.
   * Words for whoever opens the address elsewhere: reviewers, crawlers, the curious. Serves HEAD as well.
   */
  @Get(':host/:place')
  async plain(
    @Param('host') host: string,
    @Req() request: RawBodyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { account, theme } = request.query as { account?: unknown; theme?: unknown };
    if (typeof account !== 'string') {
      await html(reply)
        .header('content-security-policy', plainPolicy(`'none'`))
        .send(refusalPage('badRequest', languageOf(request)));
      return;
    }
    const portalOrigin = await this.frames.pageOrigin(host, account).catch((error: unknown) => {
      this.failed(request, error);
      return undefined;
    });
    const skeleton = await readSkeleton();
    if (portalOrigin === undefined) return refuse(reply, request, 'broken');
    if (portalOrigin === null) return lookAgain(reply, request);
    if (skeleton === null) return refuse(reply, request, 'notBuilt');
    await html(reply)
      .header('content-security-policy', framePolicy(portalOrigin))
      .send(
        framePage(skeleton, {
          host,
          portalOrigin,
          language: languageOf(request),
          theme: 'auto',
          ...(theme === 'light' || theme === 'dark' ? { around: theme } : {}),
        }),
      );
  }

  /** A person looks at this answer, so even a failure of the portal, or of our own, becomes a page. */
  private async answer(
    host: string,
    place: 'frame' | 'install',
    request: RawBodyRequest,
  ): Promise<FrameAnswer | { readonly kind: 'refused'; readonly reason: 'broken' }> {
    try {
      return await this.frames.open(host, place, toHostRequest(request));
    } catch (error) {
      if (error instanceof HostError) {
        this.log.warn('a frame could not be verified', { host, failure: error.message });
        return { kind: 'refused', reason: 'unavailable' };
      }
      this.failed(request, error);
      return { kind: 'refused', reason: 'broken' };
    }
  }

  private failed(request: RawBodyRequest, error: unknown): void {
    const stack = error instanceof Error ? error.stack : undefined;
    this.log.error('a frame could not be opened', { requestId: request.id, detail: String(error), stack });
  }
}

async function lookAgain(reply: FastifyReply, request: RawBodyRequest): Promise<void> {
  const look = nextLook(request.query as Record<string, unknown>, framerOf(request));
  if (look === null) return refuse(reply, request, 'unknownAccount');
  return refuse(reply.header('refresh', look), request, 'connecting');
}

/** The page carries nothing of anybody, so the page that framed it may show it. */
async function refuse(reply: FastifyReply, request: RawBodyRequest, reason: Refusal): Promise<void> {
  await html(reply)
    .status(STATUS[reason])
    .header('content-security-policy', plainPolicy(framerOf(request)))
    .send(refusalPage(reason, languageOf(request)));
}

function framerOf(request: RawBodyRequest): string {
  const { framer: told } = request.query as { framer?: unknown };
  const before = typeof told === 'string' ? told : '';
  const framer = request.headers.origin ?? request.headers.referer ?? before;
  const origin = URL.canParse(framer) ? new URL(framer).origin : '';
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? origin : `'none'`;
}

function html(reply: FastifyReply): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store');
}

function languageOf(request: RawBodyRequest): 'ru' | 'en' {
  const asked = (request.query as { LANG?: unknown }).LANG;
  const language = typeof asked === 'string' ? asked : (request.headers['accept-language'] ?? '');
  return /^\s*en\b/i.test(language) ? 'en' : 'ru';
}

import { Body, Controller, HttpCode, Inject, Options, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Opening } from '../../contract/accounts.js';
import { HOSTS, type Hosts } from '../../contract/connections.js';
import { ApiError } from '../../infra/http/api-error.js';
import type { BootView } from './boot.view.js';
import { EntryQuery, EntryRequest } from './embed.requests.js';
import { asForm } from './frame-form.js';
import { refusalWords } from './frame-page.js';
import { FrameService } from './frame.service.js';

type Reason = Extract<Opening, { kind: 'refused' }>['reason'];

interface EntryView extends BootView {
  /** For the settings of our action in the host's automation; null for everybody but administrators. */
  readonly automationKey: string | null;
}

/** A browser asks again before each call otherwise; longer, and an uninstallation would be seen late. */
const PREFLIGHT_SECONDS = 600;

const REFUSALS = {
  notGenuine: [401, 'not-proven'],
  expired: [401, 'host-token-expired'],
  unknownAccount: [403, 'unknown-account'],
  adminNeeded: [403, 'admin-needed'],
  badRequest: [400, 'bad-request'],
  unavailable: [503, 'host-unavailable'],
} as const satisfies Record<Reason, readonly [ApiError['status'], string]>;

/**
 * Sessions for frames that open empty: the host's page calls from its own origin, with a token of the person. Only the
 * page of a living account gets an answer that a browser lets it read; the query names the account because a preflight
 * has nothing else.
 */
@ApiExcludeController()
@Controller('embed/:host/session')
export class EntryController {
  constructor(
    private readonly frames: FrameService,
    @Inject(HOSTS) private readonly hosts: Hosts,
  ) {}

  @Options()
  async mayAsk(
    @Param('host') host: string,
    @Query() { account }: EntryQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.admit(host, account, request, reply);
    await reply
      .status(204)
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', 'x-auth-token, content-type')
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .send();
  }

  /** All that the widget begins with. Errors: 400, 401, 403, 503 in the form of `/api`. */
  @Post()
  @HttpCode(200)
  async enter(
    @Param('host') host: string,
    @Query() { account }: EntryQuery,
    @Body() body: EntryRequest,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EntryView> {
    const origin = await this.admit(host, account, request, reply);
    const token = request.headers['x-auth-token'];
    if (typeof token !== 'string' || token === '') throw refusal('badRequest');
    const answer = await this.frames.open(host, 'frame', {
      ...asForm({ ...body, token }),
      headers: { origin, 'x-auth-token': token, 'user-agent': request.headers['user-agent'] ?? '' },
    });
    if (answer.kind === 'refused') throw refusal(answer.reason);
    // A genuine token of another account, sent from this one's page.
    if (answer.portalOrigin !== origin) throw refusal('notGenuine');
    const { boot } = answer;
    const automationKey = boot.user.admin ? this.hosts.get(host)?.automationKey?.(account) : undefined;
    return { ...boot, automationKey: automationKey ?? null };
  }

  /** The calling page's origin, allowed to read our answer; throws for every other page. */
  private async admit(
    host: string,
    account: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    void reply.header('vary', 'Origin').header('cache-control', 'no-store');
    const origin = await this.frames.pageOrigin(host, account);
    if (origin === null || request.headers.origin !== origin) throw refusal('unknownAccount');
    void reply.header('access-control-allow-origin', origin);
    return origin;
  }
}

function refusal(reason: Reason): ApiError {
  const [status, code] = REFUSALS[reason];
  return new ApiError(status, code, {
    ru: refusalWords(reason, 'ru').join('. '),
    en: refusalWords(reason, 'en').join('. '),
  });
}

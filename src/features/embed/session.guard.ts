import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { Config } from '../../infra/config/config.js';
import { Sessions, type SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';
import { rememberSession } from '../../infra/http/current-session.decorator.js';
import { Metrics } from '../../infra/metrics.js';

/** The one route of `/api` that comes without a session, because it makes one. */
const OPEN_ROUTE = '/api/session';
/** In an address: no database keeps this character in a text, so no id and no question has it. */
const NUL = '%00';
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Stands before every route under `/api`: bearer token, living account, and no calls from foreign pages. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly sessions: Sessions,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    private readonly config: Config,
    private readonly metrics: Metrics,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = request.routeOptions.url ?? '';
    if (route !== '/api' && !route.startsWith('/api/')) return true;
    if (request.url.includes(NUL)) throw unreadable();
    if (!READING.has(request.method)) this.refuseForeignPages(request);
    if (route === OPEN_ROUTE) return true;
    const claims = await this.claimsOf(request);
    const account = await this.accounts.find(claims.accountId);
    if (account?.state !== 'active' && account?.state !== 'connecting') throw this.expired('account');
    rememberSession(request, claims);
    return true;
  }

  private async claimsOf(request: FastifyRequest): Promise<SessionClaims> {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    const bearer = scheme?.toLowerCase() === 'bearer' ? token : undefined;
    const claims = bearer === undefined ? null : await this.sessions.verify(bearer);
    if (!claims) throw this.expired('token');
    return claims;
  }

  /**
   * A page of another origin can send only simple content types without asking, and cannot know the token. Both are
   * refused on their own, so that neither depends on the other.
   */
  private refuseForeignPages(request: FastifyRequest): void {
    const site = request.headers['sec-fetch-site'];
    const origin = request.headers.origin;
    const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    const foreignOrigin = site === undefined && origin !== undefined && !this.isOwn(origin, request);
    const type = request.headers['content-type'];
    const simpleType = type !== undefined && !/^application\/json\b/i.test(type);
    if (!foreignSite && !foreignOrigin && !simpleType) return;
    this.metrics.refusals.inc({ host: 'none', kind: 'api', reason: 'foreignPage' });
    throw new ApiError(403, 'foreign-page', {
      ru: 'Запрос пришёл с чужой страницы и отклонён.',
      en: 'The request came from a foreign page and was refused.',
    });
  }

  private isOwn(origin: string, request: FastifyRequest): boolean {
    if (origin === new URL(this.config.publicUrl).origin) return true;
    return URL.canParse(origin) && new URL(origin).host === request.headers.host;
  }

  private expired(reason: string): ApiError {
    this.metrics.refusals.inc({ host: 'none', kind: 'session', reason });
    return new ApiError(401, 'session-expired', {
      ru: 'Сеанс закончился. Обновите страницу.',
      en: 'The session is over. Reload the page.',
    });
  }
}

function unreadable(): ApiError {
  return new ApiError(400, 'bad-request', {
    ru: 'Запрос составлен неверно.',
    en: 'The request is not well-formed.',
  });
}

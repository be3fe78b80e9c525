import type { TokenPair } from '../../contract/host.js';
import type { HostFailure } from '../../contract/failure.js';
import type { Clock } from '../../domain/crm/time.js';
import { type JsonObject, parseObject } from '../common/json.js';
import { errorOf, type HostErrorText } from './answers.js';
import { CallFault } from '../common/call-fault.js';
import type { Surroundings } from './client.js';
import { tokenUrl } from './endpoints.js';
import { persist } from '../common/patience.js';
import { phpQuery } from '../common/query.js';
import { idOf, numberOf } from '../common/values.js';
import { type HttpAnswer, WireFault } from '../common/transport.js';

/** Our application's card in the portal or the market. */
export interface Application {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Symbolic code in the market's catalogue; absent: a local application, whose code is its client id. */
  readonly code?: string;
}

/** What the OAuth server itself says: the only source from which a portal's address is believed. */
export interface Grant {
  readonly tokens: TokenPair;
  readonly memberId: string;
  readonly scopes: readonly string[];
}

export type GrantRequest =
  | { readonly grant_type: 'refresh_token'; readonly refresh_token: string }
  | { readonly grant_type: 'authorization_code'; readonly code: string };

const HOUR_S = 3600;

/**
 * Asks one of the allow-listed OAuth servers for tokens, as a form POST that keeps the secret out of address logs.
 * Throws `CallFault`: `reauthorise` when this chain is dead. An answer that got lost is asked for again with the same
 * refresh token; when the server had rotated it meanwhile, the chain is dead and that is said.
 */
export async function requestGrant(
  oauthEndpoint: string,
  request: GrantRequest,
  application: Application,
  surroundings: Surroundings,
  clock: Clock,
): Promise<Grant> {
  const base = surroundings.endpoints.oauth(oauthEndpoint);
  if (!base) throw new CallFault({ kind: 'malformed', where: 'OAuth server' }, 'never', false, '', METHOD);
  const secrets = { client_id: application.clientId, client_secret: application.clientSecret };
  const text = phpQuery({ ...request, ...secrets });
  const { transport, patience } = surroundings;
  return persist(async () => {
    const body = { contentType: 'application/x-www-form-urlencoded' as const, text };
    const answer = await transport
      .post(tokenUrl(base), body, patience.requestTimeoutMs)
      .catch((error: unknown) => {
        if (!(error instanceof WireFault)) throw error;
        throw unavailable(error.code, error.timedOut);
      });
    return readGrant(answer, base, surroundings, clock);
  }, patience);
}

const METHOD = 'oauth';

function readGrant(answer: HttpAnswer, base: string, surroundings: Surroundings, clock: Clock): Grant {
  const body = parseObject(answer.body);
  const error = body && errorOf(body);
  if (error) throw grantFault(error);
  const accessToken = text(body, 'access_token');
  const refreshToken = text(body, 'refresh_token');
  const endpoint = surroundings.endpoints.portal(text(body, 'client_endpoint'));
  const memberId = text(body, 'member_id');
  if (!body || answer.status !== 200 || !accessToken || !refreshToken)
    throw unavailable(`HTTP ${answer.status}`, false);
  if (!endpoint || !memberId) {
    throw new CallFault({ kind: 'malformed', where: 'tokens without a portal' }, 'never', true, '', METHOD);
  }
  // Counted from our clock by its length: a wrong clock of ours then shifts both ends alike.
  const lifeS = numberOf(body['expires_in']) ?? HOUR_S;
  return {
    tokens: {
      accessToken,
      refreshToken,
      expiresAt: clock.now() + lifeS * 1000,
      userId: idOf(body['user_id']),
      endpoint,
      oauthEndpoint: surroundings.endpoints.oauth(text(body, 'server_endpoint')) ?? base,
    },
    memberId,
    scopes: scopesOf(text(body, 'scope')),
  };
}

/** Comma or space separated, depending on the message. */
export function scopesOf(scope: string): readonly string[] {
  return scope.split(/[\s,]+/).filter((part) => part !== '');
}

const GRANT_FAILURES: Readonly<Record<string, HostFailure>> = {
  invalid_request: { kind: 'malformed', where: 'OAuth request' },
  invalid_scope: { kind: 'forbidden', scope: 'the application card' },
  insufficient_scope: { kind: 'forbidden', scope: 'the application card' },
  payment_required: { kind: 'paymentRequired' },
};

const DEAD_CHAIN = new Set([
  'invalid_grant',
  'bad_verification_code',
  'invalid_token',
  'expired_token',
  'invalid_client',
  'wrong_client',
  'application_not_installed',
  'portal_deleted',
]);

function grantFault(error: HostErrorText): CallFault {
  const code = error.code.trim().toLowerCase();
  if (DEAD_CHAIN.has(code)) {
    return new CallFault({ kind: 'reauthorise', detail: code }, 'never', false, code, METHOD);
  }
  const failure = Object.hasOwn(GRANT_FAILURES, code) ? GRANT_FAILURES[code] : undefined;
  if (failure) return new CallFault(failure, 'never', false, code, METHOD);
  return unavailable(code || 'an error without a code', false);
}

function unavailable(detail: string, timedOut: boolean): CallFault {
  const persistence = timedOut ? 'timeout' : 'doubtful';
  return new CallFault({ kind: 'unavailable', detail }, persistence, true, '', METHOD);
}

function text(body: JsonObject | null, name: string): string {
  const value = body?.[name];
  return typeof value === 'string' ? value : '';
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseBracketForm } from '../../common/bracket-form.js';
import type { RawAnswer } from '../../common/send-answer.js';
import type { Integration } from '../store/integrations.js';
import type { TokenPair } from '../store/tokens.js';
import { markInstalled } from '../store/installation.js';
import { problem, unauthorized } from './api-error.js';
import { revoked } from './fault-kinds.js';
import { guarded } from './guarded.js';
import { queryOf } from './request-address.js';
import type { ServerParts } from './server-parts.js';

const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/** Consent, tokens, and the address that survives a rename. */
export function registerOauth(app: FastifyInstance, parts: ServerParts): void {
  app.get('/oauth', (request, reply) => consent(request, reply, parts));
  app.post('/oauth2/access_token', (request, reply) =>
    guarded(request, reply, parts, {
      name: 'oauth.token',
      bucket: 'oauth',
      work: (who) => {
        const fields = bodyOf(request);
        who.integrationId = textOf(fields, 'client_id');
        return issue(parts, fields);
      },
    }),
  );
  app.get('/oauth2/account/current/subdomain', (request, reply) =>
    guarded(request, reply, parts, {
      name: 'oauth.subdomain',
      bucket: 'oauth',
      anyHost: true,
      work: () => subdomain(parts, request),
    }),
  );
  app.get('/oauth2/account/subdomain', (request, reply) =>
    guarded(request, reply, parts, {
      name: 'oauth.subdomain',
      bucket: 'oauth',
      anyHost: true,
      work: () => {
        const access = request.headers.authorization?.replace(/^Bearer /iu, '') ?? '';
        return parts.store.tokens.find(access) === null ? nobody(parts) : address(parts);
      },
    }),
  );
}

/** The consent of whoever is logged in: the first admin, or `sandbox_user`; `sandbox_deny=1` refuses. */
function consent(request: FastifyRequest, reply: FastifyReply, parts: ServerParts): FastifyReply {
  const { store } = parts;
  const query = new URLSearchParams(queryOf(request));
  const integration = store.integrations.get(query.get('client_id') ?? '');
  if (integration === undefined) {
    return reply.code(404).type('text/html; charset=utf-8').send('<h1>Integration is not found</h1>');
  }
  const target = new URL(integration.redirectUri);
  const add = (fields: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value);
    return reply.redirect(target.toString());
  };
  const state = query.get('state') ?? '';
  const common = { client_id: integration.id, state };
  if (query.get('sandbox_deny') === '1') return add({ error: 'access_denied', ...common });
  const user = store.people.get(Number(query.get('sandbox_user') ?? 0)) ?? store.people.firstAdmin();
  const known = integration.state !== 'not_installed';
  if (!known && !user.admin) return add({ error: 'access_denied', ...common });
  const code = store.tokens.issueCode(integration.id, user.id);
  const { platform } = store.settings;
  return add({ code, referer: new URL(store.home).host, platform: String(platform), ...common });
}

async function issue(parts: ServerParts, fields: Readonly<Record<string, unknown>>): Promise<RawAnswer> {
  const { store } = parts;
  const { language } = store.company;
  const integration = store.integrations.get(textOf(fields, 'client_id'));
  if (integration === undefined || integration.secret !== textOf(fields, 'client_secret')) {
    return revoked(language, 'Client authentication failed');
  }
  // Byte for byte, on every refresh too.
  if (textOf(fields, 'redirect_uri') !== integration.redirectUri) {
    return badGrant(parts, 'redirect_uri');
  }
  const grant = textOf(fields, 'grant_type');
  if (grant === 'refresh_token') {
    const pair = await store.tokens.refresh(integration.id, textOf(fields, 'refresh_token'));
    return pair === null ? revoked(language) : tokenAnswer(parts, pair);
  }
  if (grant !== 'authorization_code') return badGrant(parts, 'grant_type');
  const pair = await store.tokens.redeemCode(integration.id, textOf(fields, 'code'));
  if (pair === 'expired') return revoked(language, 'Authorization code has expired');
  if (pair === 'unknown') return revoked(language, 'Authorization code has been revoked');
  installed(parts, integration);
  return tokenAnswer(parts, pair);
}

function installed(parts: ServerParts, integration: Integration): void {
  if (integration.state === 'not_installed') {
    markInstalled(parts.store, integration, parts.store.people.firstAdmin().id);
  }
}

function badGrant(parts: ServerParts, field: string): RawAnswer {
  const ru = parts.store.company.language === 'ru';
  return problem(400, {
    hint: `Check the ${field} parameter`,
    title: ru ? 'Некорректный запрос' : 'Invalid request',
    type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson',
    status: 400,
    detail: ru ? 'Параметры невалидны' : 'Parameters are not valid',
  });
}

function tokenAnswer(parts: ServerParts, pair: TokenPair): RawAnswer {
  const { clock, settings } = parts.store;
  return json({
    token_type: 'Bearer',
    expires_in: pair.expiresIn,
    access_token: pair.access,
    refresh_token: pair.refresh,
    server_time: clock.seconds() + settings.clockSkew,
  });
}

function subdomain(parts: ServerParts, request: FastifyRequest): RawAnswer {
  const token = request.headers['x-refresh-token'];
  const owner = typeof token === 'string' ? parts.store.tokens.ownerOf(token) : null;
  return owner === null ? nobody(parts) : address(parts);
}

function nobody(parts: ServerParts): RawAnswer {
  return unauthorized(parts.store.company.language).answer();
}

function address({ store }: ServerParts): RawAnswer {
  const { accountId, settings, home } = store;
  const top = settings.platform === 1 ? 'ru' : 'com';
  return json({
    id: accountId,
    subdomain: settings.subdomain,
    domain: new URL(home).host,
    top_level_domain: top,
  });
}

function json(body: unknown): RawAnswer {
  return { status: 200, headers: JSON_HEADERS, body: Buffer.from(JSON.stringify(body)) };
}

function bodyOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (!(request.headers['content-type'] ?? '').includes('json')) return parseBracketForm(text);
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

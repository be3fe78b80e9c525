import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Params } from '../rest/params.js';
import type { Application } from '../store/applications.js';
import type { PortalStore } from '../store/portal-store.js';
import { ACCESS_SECONDS, type TokenPair } from '../store/tokens.js';
import { parseBracketForm } from '../../common/bracket-form.js';
import { RestError } from '../wire/rest-error.js';
import { authenticate } from './authenticate.js';
import type { Faults } from './faults.js';
import type { RequestLog } from '../../common/request-log.js';
import { sendAnswer } from '../../common/send-answer.js';
import { refusalOfFault } from './spoiled-answer.js';

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const;

/** The host that answers name as theirs in a token answer; it is not the portal's. */
const OAUTH_DOMAIN = 'oauth.bitrix.info';

/** The OAuth server: tokens, its own `app.info`, and the portal's consent page. */
export function registerOauth(
  app: FastifyInstance,
  parts: { readonly store: PortalStore; readonly faults: Faults; readonly log: RequestLog },
): void {
  const { store, faults, log } = parts;
  const guarded = async (
    name: string,
    request: FastifyRequest,
    reply: FastifyReply,
    work: (params: Params) => Readonly<Record<string, unknown>>,
  ): Promise<FastifyReply> => {
    const fault = faults.takeOuter(name);
    if (fault?.kind === 'hang') {
      reply.hijack();
      return reply;
    }
    if (fault?.kind === 'latency') {
      await sleep(fault.amount);
    }
    const started = performance.now();
    const refusal = fault === null ? null : refusalOfFault(fault);
    const answer =
      refusal !== null && !(refusal instanceof RestError) ? refusal : decide(refusal, work, request);
    log.add({
      at: store.clock.now(),
      method: name,
      commands: [],
      userId: 0,
      applicationId: null,
      address: request.ip,
      status: answer.status,
      error: answer.status === 200 ? '' : name,
      milliseconds: Math.round((performance.now() - started) * 10) / 10,
    });
    return sendAnswer(reply, answer, fault);
  };
  // The official SDK appends the token path to the endpoint without `/rest/`, others to the endpoint's origin.
  for (const path of ['/oauth/token/', '/oauth/oauth/token/']) {
    app.all(path, (request, reply) =>
      guarded('oauth.token', request, reply, (params) => issue(store, params)),
    );
  }
  app.all('/oauth/rest/app.info', (request, reply) =>
    guarded('oauth.app.info', request, reply, (params) => installInfo(store, params)),
  );
  app.all('/oauth/rest/app.info.json', (request, reply) =>
    guarded('oauth.app.info', request, reply, (params) => installInfo(store, params)),
  );
  app.get('/oauth/authorize/', (request, reply) => authorize(store, request, reply));
}

function decide(
  refusal: RestError | null,
  work: (params: Params) => Readonly<Record<string, unknown>>,
  request: FastifyRequest,
) {
  try {
    if (refusal !== null) {
      throw refusal;
    }
    return {
      status: 200,
      headers: JSON_HEADERS,
      body: Buffer.from(JSON.stringify(work(readParams(request)))),
    };
  } catch (error) {
    const known =
      error instanceof RestError ? error : new RestError(400, 'invalid_request', 'Malformed request');
    return { status: known.status, headers: JSON_HEADERS, body: Buffer.from(JSON.stringify(known.body())) };
  }
}

function readParams(request: FastifyRequest): Params {
  const mark = request.url.indexOf('?');
  const query = mark === -1 ? {} : parseBracketForm(request.url.slice(mark + 1));
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  const json = (request.headers['content-type'] ?? '').includes('json');
  const body =
    text === '' ? {} : json ? (JSON.parse(text) as Record<string, unknown>) : parseBracketForm(text);
  return new Params({ ...query, ...body });
}

function issue(store: PortalStore, params: Params): Readonly<Record<string, unknown>> {
  const application = requireClient(store, params);
  const grant = params.text('grant_type');
  if (grant === 'refresh_token') {
    const pair = store.tokens.refresh(application.id, params.text('refresh_token'));
    if (pair === null) {
      throw new RestError(400, 'invalid_grant', 'Refresh token is not valid');
    }
    return tokenAnswer(store, application, pair);
  }
  if (grant === 'authorization_code') {
    const pair = store.tokens.redeemCode(application.id, params.text('code'));
    if (pair === null) {
      throw new RestError(400, 'invalid_grant', 'Authorization code is not valid');
    }
    return tokenAnswer(store, application, pair);
  }
  throw new RestError(400, 'invalid_request', 'Unknown grant type');
}

function requireClient(store: PortalStore, params: Params): Application {
  const application = store.applications.get(params.text('client_id'));
  if (application === undefined || application.secret !== params.text('client_secret')) {
    throw new RestError(401, 'invalid_client', 'Client is not known or the application is not installed');
  }
  return application;
}

function tokenAnswer(
  store: PortalStore,
  application: Application,
  pair: TokenPair,
): Readonly<Record<string, unknown>> {
  const address = store.address();
  return {
    access_token: pair.access,
    client_endpoint: address.clientEndpoint,
    domain: OAUTH_DOMAIN,
    expires: pair.expires,
    expires_in: ACCESS_SECONDS,
    member_id: store.memberId,
    refresh_token: pair.refresh,
    scope: application.scopes.join(','),
    server_endpoint: address.serverEndpoint,
    status: 'L',
    user_id: pair.userId,
  };
}

/** `app.info` of the OAuth server: which portal a token belongs to. */
function installInfo(store: PortalStore, params: Params): Readonly<Record<string, unknown>> {
  const caller = authenticate(store, { webhook: null, token: params.text('auth') });
  const address = store.address();
  const application = caller.application;
  return {
    result: {
      app: { id: application?.number, client_id: application?.id },
      install: {
        installed: application?.state === 'installed',
        version: String(application?.version ?? 1),
        status: 'L',
        scope: application?.scopes.join(',') ?? '',
        domain: address.domain,
        uri: address.clientEndpoint.replace(/\/rest\/$/, ''),
        client_endpoint: address.clientEndpoint,
        member_id: store.memberId,
        member_type: 'B24',
        user_id: caller.person.id,
      },
      expires: store.clock.seconds() + ACCESS_SECONDS,
      scope: application?.scopes ?? [],
      license: { license: `${store.company.language}_project`, license_family: 'project' },
    },
  };
}

/** The consent page of a person who is logged in: the first admin, or `sandbox_user`. No redirect with an error. */
function authorize(store: PortalStore, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const params = readParams(request);
  const application = store.applications.get(params.text('client_id'));
  if (application === undefined) {
    return reply.code(400).type('text/html; charset=utf-8').send('<h1>Application is not found</h1>');
  }
  const userId = params.number('sandbox_user') || store.people.firstAdmin().id;
  const target = new URL(application.handlerUrl);
  const address = store.address();
  const answer = {
    code: store.tokens.issueCode(application.id, userId),
    state: params.text('state'),
    domain: address.domain,
    member_id: store.memberId,
    scope: application.scopes.join(','),
    server_domain: new URL(address.serverEndpoint).host,
  };
  for (const [name, value] of Object.entries(answer)) {
    target.searchParams.set(name, value);
  }
  return reply.redirect(target.toString());
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { FormError, parseBracketForm, type FormRecord } from '../../common/bracket-form.js';
import type { RawAnswer } from '../../common/send-answer.js';
import type { ApiAnswer } from '../api/call.js';
import { Router, type Found } from '../api/router.js';
import { ApiError, badRequest, paymentRequired } from './api-error.js';
import { authenticate } from './authenticate.js';
import { guarded, type Who } from './guarded.js';
import { originOf, queryOf } from './request-address.js';
import type { ServerParts } from './server-parts.js';

const HAL_HEADERS = { 'content-type': 'application/hal+json' } as const;
const UNPAID_READS_SECONDS = 30 * 86_400;

/** The API under `/api/v4/`. */
export function registerApi(app: FastifyInstance, parts: ServerParts): void {
  const router = new Router();
  app.all('/api/v4/*', (request, reply) => {
    const found = tryFind(router, request);
    return guarded(request, reply, parts, {
      name: found instanceof ApiError ? 'unknown' : found.route.name,
      bucket: bucketOf(request, parts),
      work: (who) => {
        if (found instanceof ApiError) throw found;
        return answer(request, parts, found, who);
      },
    });
  });
}

function answer(request: FastifyRequest, parts: ServerParts, found: Found, who: Who): RawAnswer {
  const { store } = parts;
  const context = request.headers['x-context-user-id'];
  const caller = authenticate(store, {
    authorization: request.headers.authorization,
    contextUser: typeof context === 'string' ? context : undefined,
  });
  who.userId = caller.person.id;
  who.integrationId = caller.integration.id;
  requirePaid(parts, request.method);
  const search = queryOf(request);
  const { route, params } = found;
  const done = route.run({
    store,
    caller,
    cause: { userId: caller.person.id },
    origin: originOf(request),
    path: pathOf(request),
    params,
    query: readQuery(search),
    search,
    body: request.method === 'GET' ? undefined : readBody(request),
    inner: parts.faults.takeInner(route.name),
  });
  return rawAnswer(done);
}

function rawAnswer({ status, body }: ApiAnswer): RawAnswer {
  if (body === null) return { status, headers: {}, body: Buffer.alloc(0) };
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  return { status, headers: HAL_HEADERS, body: bytes };
}

function tryFind(router: Router, request: FastifyRequest): Found | ApiError {
  try {
    return router.find(request.method, pathOf(request));
  } catch (error) {
    return error instanceof ApiError ? error : badRequest('Malformed request');
  }
}

/** Requests of one integration share a bucket, whoever granted it. */
function bucketOf(request: FastifyRequest, parts: ServerParts): string {
  const access = /^Bearer (.+)$/iu.exec(request.headers.authorization ?? '')?.[1];
  return (access === undefined ? undefined : parts.store.tokens.find(access)?.integrationId) ?? 'unknown';
}

/** A subscription that is over stops writes at once, and reads after thirty days. */
function requirePaid(parts: ServerParts, verb: string): void {
  const { paid, unpaidSince } = parts.store.settings;
  if (paid) return;
  const long = parts.store.clock.seconds() - unpaidSince > UNPAID_READS_SECONDS;
  if (verb !== 'GET' || long) throw paymentRequired();
}

function pathOf(request: FastifyRequest): string {
  const path = request.url.split('?')[0] ?? '';
  return path.replace(/^\/api\/v4\//u, '').replace(/\/$/u, '');
}

function readQuery(search: string): FormRecord {
  try {
    return parseBracketForm(search);
  } catch (error) {
    throw error instanceof FormError ? badRequest(error.message) : error;
  }
}

function readBody(request: FastifyRequest): unknown {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (text.trim() === '') return undefined;
  try {
    return secureJson.parse(text) as unknown;
  } catch {
    throw badRequest('Request data is no JSON');
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerTree, RestApi } from '../rest/rest-api.js';
import type { PortalStore } from '../store/portal-store.js';
import { FormError } from '../../common/bracket-form.js';
import { RestError, RestV3Error } from '../wire/rest-error.js';
import { writeJson } from '../wire/rows-page.js';
import { authenticate } from './authenticate.js';
import type { Faults } from './faults.js';
import type { Limits } from './limits.js';
import type { RequestLog } from '../../common/request-log.js';
import { sendAnswer, type RawAnswer } from '../../common/send-answer.js';
import { readRestRequest, type RestRequest } from './rest-request.js';
import { refusalOfFault } from './spoiled-answer.js';

export interface RestServerParts {
  readonly store: PortalStore;
  readonly api: RestApi;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly settings: { v3: boolean; renamedTo: string | null };
}

const JSON_HEADERS = { 'content-type': 'application/json; charset=utf-8' } as const;

/** The portal's REST under `/rest/`. */
export function registerRest(app: FastifyInstance, parts: RestServerParts): void {
  app.all('/rest/*', (request, reply) => handle(request, reply, parts));
}

async function handle(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: RestServerParts,
): Promise<FastifyReply> {
  const moved = renamed(request, parts);
  if (moved !== null) {
    return reply.code(302).header('location', moved).send();
  }
  const started = performance.now();
  const read = tryRead(request);
  const method = read instanceof RestError ? 'malformed' : read.method;
  const fault = parts.faults.takeOuter(method);
  if (fault?.kind === 'hang') {
    reply.hijack();
    return reply;
  }
  if (fault?.kind === 'latency') {
    await sleep(fault.amount);
  }
  if (fault?.kind === 'reset') {
    return sendAnswer(reply, { status: 500, headers: {}, body: Buffer.alloc(0) }, fault);
  }
  const outcome = await answer(request, read, parts, fault === null ? null : refusalOfFault(fault));
  parts.log.add({
    at: parts.store.clock.now(),
    method: read instanceof RestError ? method : (read.v3 ? 'api/' : '') + method,
    commands: read instanceof RestError ? [] : read.commands,
    userId: outcome.userId,
    applicationId: outcome.applicationId,
    address: addressOf(request),
    status: outcome.answer.status,
    error: outcome.error,
    milliseconds: Math.round((performance.now() - started) * 10) / 10,
  });
  return sendAnswer(reply, outcome.answer, fault);
}

interface Outcome {
  readonly answer: RawAnswer;
  readonly error: string;
  readonly userId: number;
  readonly applicationId: string | null;
}

async function answer(
  request: FastifyRequest,
  read: RestRequest | RestError,
  parts: RestServerParts,
  refusal: RawAnswer | RestError | null,
): Promise<Outcome> {
  let userId = 0;
  let applicationId: string | null = null;
  try {
    if (refusal !== null && !(refusal instanceof RestError)) {
      return { answer: refusal, error: `fault ${refusal.status}`, userId, applicationId };
    }
    if (refusal instanceof RestError) {
      throw refusal;
    }
    if (read instanceof RestError) {
      throw read;
    }
    parts.limits.hit(addressOf(request));
    const caller = authenticate(parts.store, read);
    userId = caller.person.id;
    applicationId = caller.application?.id ?? null;
    const done = await run(request, read, parts, caller);
    return { answer: done, error: '', userId, applicationId };
  } catch (error) {
    const { status, body, code } = refusalBody(error, read, parts, applicationId ?? `webhook ${userId}`);
    return {
      answer: { status, headers: JSON_HEADERS, body: Buffer.from(JSON.stringify(body)) },
      error: code,
      userId,
      applicationId,
    };
  }
}

async function run(
  request: FastifyRequest,
  read: RestRequest,
  parts: RestServerParts,
  caller: ReturnType<typeof authenticate>,
): Promise<RawAnswer> {
  const { api } = parts;
  if (!read.v3) {
    const tree =
      read.method === 'batch'
        ? await api.batch(read.params, caller)
        : await api.single(read.method, read.params, caller);
    return jsonAnswer(tree, {});
  }
  if (!parts.settings.v3) {
    throw new RestError(404, 'ERROR_METHOD_NOT_FOUND', 'Method not found!');
  }
  if (read.method === 'batch') {
    if (read.list === null) {
      throw new RestV3Error(400, 'INVALIDSELECTEXCEPTION', 'The body must be a list of commands');
    }
    return jsonAnswer(await api.v3Batch(read.list, caller), {});
  }
  const key = request.headers['idempotency-key'];
  const done = await api.v3(read.method, read.params.raw, caller, typeof key === 'string' ? key : null);
  return jsonAnswer(done.tree, done.replayed ? { 'idempotent-replayed': 'true' } : {});
}

function jsonAnswer(tree: AnswerTree, headers: Readonly<Record<string, string>>): RawAnswer {
  const out: Buffer[] = [];
  writeJson(tree, out);
  return { status: 200, headers: { ...JSON_HEADERS, ...headers }, body: Buffer.concat(out) };
}

function refusalBody(
  error: unknown,
  read: RestRequest | RestError,
  parts: RestServerParts,
  owner: string,
): { readonly status: number; readonly body: unknown; readonly code: string } {
  if (error instanceof RestV3Error) {
    return { status: error.status, body: error.body(), code: error.code };
  }
  if (error instanceof FormError) {
    return refusalBody(new RestError(400, 'INVALID_REQUEST', error.message), read, parts, owner);
  }
  if (!(error instanceof RestError)) {
    const text = error instanceof Error ? error.message : 'unknown';
    const body = { error: 'ERROR_UNEXPECTED_ANSWER', error_description: text };
    return { status: 500, body, code: 'ERROR_UNEXPECTED_ANSWER' };
  }
  const v3 = !(read instanceof RestError) && read.v3 && error.status !== 503 && error.status !== 429;
  if (v3 && error.code !== 'ERROR_METHOD_NOT_FOUND') {
    const shaped = new RestV3Error(error.status, error.code.toUpperCase(), error.description);
    return { status: error.status, body: shaped.body(), code: error.code };
  }
  // The time block of a 429 says when the oldest basket falls out.
  const method = read instanceof RestError ? '' : read.method;
  const time =
    error.code === 'OPERATION_TIME_LIMIT'
      ? { time: parts.api.time(parts.store.clock.now(), owner, method) }
      : {};
  return { status: error.status, body: { ...error.body(), ...time }, code: error.code };
}

function tryRead(request: FastifyRequest): RestRequest | RestError {
  const [path = '', query = ''] = splitUrl(request.url);
  try {
    return readRestRequest({
      path: decodeURIComponent(path.replace(/^\/rest\//, '')),
      query,
      contentType: request.headers['content-type'] ?? '',
      authorization: request.headers.authorization ?? '',
      verb: request.method,
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    });
  } catch (error) {
    return error instanceof RestError ? error : new RestError(400, 'INVALID_REQUEST', 'Malformed request');
  }
}

function splitUrl(url: string): readonly string[] {
  const mark = url.indexOf('?');
  return mark === -1 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}

/** After a rename the old host only points to the new one. */
function renamed(request: FastifyRequest, parts: RestServerParts): string | null {
  const target = parts.settings.renamedTo;
  if (target === null || request.host === new URL(target).host) {
    return null;
  }
  return target + request.url;
}

/** All loopback addresses are one source. */
export function addressOf(request: FastifyRequest): string {
  const address = request.ip;
  return /^(::1|(::ffff:)?127\.)/.test(address) ? 'loopback' : address;
}

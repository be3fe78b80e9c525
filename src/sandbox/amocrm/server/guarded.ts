import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { htmlPage, sendAnswer, type RawAnswer } from '../../common/send-answer.js';
import { ApiError, problem, unauthorized } from './api-error.js';
import { answerAfter, refusalOfFault, serverError, tooMany, type ApiFault } from './fault-kinds.js';
import { isElsewhere } from './request-address.js';
import type { ServerParts } from './server-parts.js';

/** Filled in by the work as it learns who calls, so that a refusal is logged under a name too. */
export interface Who {
  userId: number;
  integrationId: string | null;
}

export interface Guarded {
  readonly name: string;
  /** Which bucket the request counts in. */
  readonly bucket: string;
  /** Asks for the account's subdomain go to a host that outlives a rename. */
  readonly anyHost?: boolean;
  readonly work: (who: Who) => RawAnswer | Promise<RawAnswer>;
}

/** Answers one request as the account would: faults and limits first, then the work; everything is logged. */
export async function guarded(
  request: FastifyRequest,
  reply: FastifyReply,
  parts: ServerParts,
  { name, bucket, anyHost, work }: Guarded,
): Promise<FastifyReply> {
  const fault = parts.faults.takeOuter(name);
  if (fault?.kind === 'hang') {
    reply.hijack();
    return reply;
  }
  if (fault?.kind === 'latency') await sleep(fault.amount);
  if (fault?.kind === 'reset') return sendAnswer(reply, empty(500), fault);
  const started = performance.now();
  const who: Who = { userId: 0, integrationId: null };
  const refused = anyHost !== true && isElsewhere(parts.store, request);
  const answer = refused
    ? unauthorized(parts.store.company.language).answer()
    : await decide(parts, bucket, fault, () => work(who));
  parts.log.add({
    at: parts.store.clock.now(),
    method: name,
    commands: [],
    userId: who.userId,
    applicationId: who.integrationId,
    address: request.ip,
    status: answer.status,
    error: answer.status < 400 ? '' : String(answer.status),
    milliseconds: Math.round((performance.now() - started) * 10) / 10,
  });
  // The account's own clock, which a test may have turned.
  const date = new Date(parts.store.clock.now()).toUTCString();
  const headers = { ...answer.headers, date, 'x-request-id': randomUUID() };
  return sendAnswer(reply, { ...answer, headers }, fault);
}

async function decide(
  parts: ServerParts,
  bucket: string,
  fault: ApiFault | null,
  work: () => RawAnswer | Promise<RawAnswer>,
): Promise<RawAnswer> {
  const { language } = parts.store.company;
  try {
    const hit = parts.limits.hit(bucket);
    if (hit === 'ban') return htmlPage(403, '403 Forbidden');
    if (hit === 'refuse') return raw(tooMany(parts.limits.settings.style));
    const refusal = fault === null ? null : refusalOfFault(fault, language);
    if (refusal !== null) return raw(refusal);
    const answer = await work();
    return answerAfter(fault) ?? answer;
  } catch (error) {
    return error instanceof ApiError ? error.answer() : problem(500, serverError());
  }
}

function raw(answer: RawAnswer | ApiError): RawAnswer {
  return answer instanceof ApiError ? answer.answer() : answer;
}

function empty(status: number): RawAnswer {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

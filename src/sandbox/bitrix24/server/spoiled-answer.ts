import type { FastifyReply } from 'fastify';
import { RestError } from '../wire/rest-error.js';
import type { Fault } from './faults.js';

/** An answer before it is sent. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const HTML = { 'content-type': 'text/html; charset=utf-8' } as const;
const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** What a request is refused with before it is carried out; nothing when the fault acts later. */
export function refusalOfFault(fault: Fault): RawAnswer | RestError | null {
  switch (fault.kind) {
    case 'http500-html':
      return page(500, 'Internal Server Error');
    case 'http502-html':
      return page(502, 'Bad Gateway');
    case 'http500':
      return new RestError(500, 'INTERNAL_SERVER_ERROR', 'Internal server error');
    case 'html-200':
      return page(200, 'The portal is being updated');
    case 'query-limit':
      return new RestError(503, 'QUERY_LIMIT_EXCEEDED', 'Too many requests');
    case 'operation-limit':
      return new RestError(429, 'OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit.');
    case 'overload':
      return new RestError(503, 'OVERLOAD_LIMIT', 'REST API is blocked due to overload.');
    case 'expired-token':
      return new RestError(401, 'expired_token', 'The access token provided has expired.');
    case 'invalid-token':
      return new RestError(401, 'invalid_token', 'Unable to get application by token');
    case 'invalid-grant':
      return new RestError(400, 'invalid_grant', 'Refresh token is not valid');
    case 'payment-required':
      return new RestError(401, 'PAYMENT_REQUIRED', 'Payment required');
    case 'access-denied':
      return new RestError(403, 'ACCESS_DENIED', 'REST API is available only on commercial plans.');
    case 'portal-deleted':
      return new RestError(500, 'PORTAL_DELETED', 'Portal was deleted');
    case 'garbage':
      return { status: 200, headers: JSON_TYPE, body: Buffer.from('{"result":{"items":[{"id":1,,\u0000') };
    case 'empty-body':
      return { status: 200, headers: JSON_TYPE, body: Buffer.alloc(0) };
    case 'result-null':
      return { status: 200, headers: JSON_TYPE, body: Buffer.from('{"result":null}') };
    case 'error-200':
      return {
        status: 200,
        headers: JSON_TYPE,
        body: Buffer.from('{"error":"INTERNAL_SERVER_ERROR","error_description":"Internal server error"}'),
      };
    default:
      return null;
  }
}

/** Sends an answer, or fails to, as the fault says. */
export async function sendAnswer(
  reply: FastifyReply,
  answer: RawAnswer,
  fault: Fault | null,
): Promise<FastifyReply> {
  switch (fault?.kind) {
    case 'answer-lost':
    case 'reset':
      reply.hijack();
      reply.raw.socket?.destroy();
      return reply;
    case 'truncated':
      reply.hijack();
      reply.raw.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
      reply.raw.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
        reply.raw.socket?.destroy(),
      );
      return reply;
    case 'slow':
      reply.hijack();
      trickle(reply, answer, Math.max(1, fault.amount));
      return reply;
    default:
      return reply.code(answer.status).headers(answer.headers).send(answer.body);
  }
}

function trickle(reply: FastifyReply, answer: RawAnswer, bytesPerSecond: number): void {
  const { raw } = reply;
  raw.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  let sent = 0;
  const timer = setInterval(() => {
    if (raw.destroyed || sent >= answer.body.length) {
      clearInterval(timer);
      raw.end();
      return;
    }
    raw.write(answer.body.subarray(sent, sent + bytesPerSecond));
    sent += bytesPerSecond;
  }, 1000);
  timer.unref();
}

function page(status: number, title: string): RawAnswer {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: HTML, body: Buffer.from(body) };
}

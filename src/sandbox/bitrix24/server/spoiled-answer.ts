import { htmlPage, type RawAnswer } from '../../common/send-answer.js';
import { RestError } from '../wire/rest-error.js';
import type { Fault, FaultKind } from './faults.js';

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

const REFUSALS: Partial<Record<FaultKind, readonly [status: number, code: string, text: string]>> = {
  http500: [500, 'INTERNAL_SERVER_ERROR', 'Internal server error'],
  'query-limit': [503, 'QUERY_LIMIT_EXCEEDED', 'Too many requests'],
  'operation-limit': [429, 'OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit.'],
  overload: [503, 'OVERLOAD_LIMIT', 'REST API is blocked due to overload.'],
  'expired-token': [401, 'expired_token', 'The access token provided has expired.'],
  'invalid-token': [401, 'invalid_token', 'Unable to get application by token'],
  'invalid-grant': [400, 'invalid_grant', 'Refresh token is not valid'],
  'payment-required': [401, 'PAYMENT_REQUIRED', 'Payment required'],
  'access-denied': [403, 'ACCESS_DENIED', 'REST API is available only on commercial plans.'],
  'portal-deleted': [500, 'PORTAL_DELETED', 'Portal was deleted'],
};

const PAGES: Partial<Record<FaultKind, RawAnswer>> = {
  'http500-html': htmlPage(500, 'Internal Server Error'),
  'http502-html': htmlPage(502, 'Bad Gateway'),
  'html-200': htmlPage(200, 'The portal is being updated'),
  garbage: json('{"result":{"items":[{"id":1,,\u0000'),
  'empty-body': json(''),
  'result-null': json('{"result":null}'),
  'error-200': json('{"error":"INTERNAL_SERVER_ERROR","error_description":"Internal server error"}'),
};

/** What a request is refused with before it is carried out; nothing when the fault acts later. */
export function refusalOfFault(fault: Fault): RawAnswer | RestError | null {
  const refusal = REFUSALS[fault.kind];
  return refusal === undefined ? (PAGES[fault.kind] ?? null) : new RestError(...refusal);
}

function json(text: string): RawAnswer {
  return { status: 200, headers: JSON_TYPE, body: Buffer.from(text) };
}

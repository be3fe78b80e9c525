import { FaultQueue, type Fault } from '../../common/fault-queue.js';
import { htmlPage, type RawAnswer } from '../../common/send-answer.js';
import { ApiError, forbidden, paymentRequired, problem, unauthorized } from './api-error.js';

/** What can go wrong on demand; names that Bitrix24's sandbox has too mean the same here. */
export const FAULT_KINDS = [
  'http500-html',
  'http502-html',
  'http504',
  'http500',
  'query-limit',
  'ban',
  'html-200',
  'garbage',
  'empty-body',
  'no-rows',
  'truncated',
  'reset',
  'empty-page',
  'hang',
  'slow',
  'latency',
  'answer-lost',
  'applied-500',
  'applied-502',
  'applied-504',
  'expired-token',
  'access-denied',
  'payment-required',
  'invalid-grant',
  'drift',
  'unknown-fields',
  'null-fields',
  'unknown-status',
  'big-ids',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];
export type ApiFault = Fault<FaultKind>;

/** These spoil the rows of a list, not the answer. */
const INNER: ReadonlySet<FaultKind> = new Set([
  'empty-page',
  'drift',
  'unknown-fields',
  'null-fields',
  'unknown-status',
  'big-ids',
]);

export class Faults extends FaultQueue<FaultKind> {
  constructor() {
    super(INNER);
  }
}

const JSON_TYPE = { 'content-type': 'application/hal+json' } as const;

const PAGES: Partial<Record<FaultKind, RawAnswer>> = {
  'http500-html': htmlPage(500, 'Internal Server Error'),
  'http502-html': htmlPage(502, 'Bad Gateway'),
  http504: htmlPage(504, 'Gateway Time-out'),
  'html-200': htmlPage(200, 'Технические работы'),
  ban: htmlPage(403, '403 Forbidden'),
  garbage: {
    status: 200,
    headers: JSON_TYPE,
    body: Buffer.from('{"_page":1,"_embedded":{"leads":[{"id":1,,\u0000'),
  },
  'empty-body': { status: 200, headers: JSON_TYPE, body: Buffer.alloc(0) },
  'no-rows': { status: 200, headers: JSON_TYPE, body: Buffer.from('{"_page":1,"_links":{}}') },
};

/** What is answered although the request was carried out; nothing when the fault is another. */
export function answerAfter(fault: ApiFault | null): RawAnswer | null {
  switch (fault?.kind) {
    case 'applied-500':
      return problem(500, serverError());
    case 'applied-502':
      return htmlPage(502, 'Bad Gateway');
    case 'applied-504':
      return htmlPage(504, 'Gateway Time-out');
    default:
      return null;
  }
}

/** What a request is refused with before it is carried out; nothing when the fault acts later. */
export function refusalOfFault(fault: ApiFault, language: 'ru' | 'en'): RawAnswer | ApiError | null {
  switch (fault.kind) {
    case 'http500':
      return problem(500, serverError());
    case 'query-limit':
      return tooMany('text');
    case 'expired-token':
      return unauthorized(language);
    case 'access-denied':
      return forbidden();
    case 'payment-required':
      return paymentRequired();
    case 'invalid-grant':
      return revoked(language);
    default:
      return PAGES[fault.kind] ?? null;
  }
}

export function serverError() {
  return {
    title: 'ErrInternalServer',
    status: 500,
    detail: 'Internal server error',
    trace_id: '0af7651916cd43dd',
  };
}

/** 429: on one platform a plain line, on the other problem JSON. */
export function tooMany(style: 'text' | 'json'): RawAnswer | ApiError {
  if (style === 'text') {
    return { status: 429, headers: { 'content-type': 'text/html' }, body: Buffer.from('Too Many Requests') };
  }
  return new ApiError(429, 'Too Many Requests', 'Too many requests', { retry_after: 300 });
}

/** A used or revoked refresh token. */
export function revoked(language: 'ru' | 'en', hint = 'Token has been revoked'): RawAnswer {
  const ru = language === 'ru';
  return problem(401, {
    hint,
    title: ru ? 'Некорректный запрос' : 'Invalid request',
    type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson',
    status: 401,
    detail: ru
      ? 'В запросе отсутствует ряд параметров или параметры невалидны'
      : 'The request lacks parameters or they are not valid',
  });
}

import type { RawAnswer } from '../../common/send-answer.js';

export interface ItemErrors {
  readonly request_id: string;
  readonly errors: readonly { readonly code: string; readonly path: string; readonly detail: string }[];
}

/** A refusal as the API answers it: problem JSON. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly extra: Readonly<Record<string, unknown>> = {},
  ) {
    super(`${status} ${detail}`);
  }

  answer(): RawAnswer {
    const { status, title, detail } = this;
    const body = { ...this.extra, title, type: `https://httpstatus.es/${status}`, status, detail };
    return problem(status, body);
  }
}

export const PROBLEM_HEADERS = { 'content-type': 'application/problem+json' } as const;

export function problem(status: number, body: unknown): RawAnswer {
  return { status, headers: PROBLEM_HEADERS, body: Buffer.from(JSON.stringify(body)) };
}

export function badRequest(detail: string): ApiError {
  return new ApiError(400, 'Bad Request', detail);
}

export function invalidItems(errors: readonly ItemErrors[]): ApiError {
  return new ApiError(400, 'Bad Request', 'Request validation failed', { 'validation-errors': errors });
}

/** The account's own language, so that nobody takes the text for a code. */
export function unauthorized(language: 'ru' | 'en'): ApiError {
  const detail = language === 'ru' ? 'Неверный логин или пароль' : 'Invalid user name or password';
  return new ApiError(401, 'Unauthorized', detail);
}

export function forbidden(detail = 'Access denied'): ApiError {
  return new ApiError(403, 'Forbidden', detail);
}

export function notFound(detail: string): ApiError {
  return new ApiError(404, 'Not Found', detail);
}

export function unprocessable(detail: string): ApiError {
  return new ApiError(422, 'Unprocessable Entity', detail);
}

export function paymentRequired(): ApiError {
  return new ApiError(402, 'Payment Required', 'Payment required');
}

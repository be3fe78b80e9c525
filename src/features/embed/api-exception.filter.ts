import {
  BadRequestException,
  Catch,
  HttpException,
  Injectable,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HostError } from '../../contract/failure.js';
import { ApiError, type Bilingual } from '../../infra/http/api-error.js';
import { sessionOf } from '../../infra/http/current-session.decorator.js';
import { Log } from '../../infra/log.js';

interface Told {
  readonly status: number;
  readonly code: string;
  readonly text: Bilingual;
}

const BY_STATUS: Readonly<Record<number, Omit<Told, 'status'>>> = {
  400: {
    code: 'bad-request',
    text: { ru: 'Запрос составлен неверно.', en: 'The request is not well-formed.' },
  },
  404: { code: 'not-found', text: { ru: 'Такого адреса нет.', en: 'There is no such address.' } },
  413: { code: 'too-large', text: { ru: 'Слишком большой запрос.', en: 'The request is too large.' } },
  415: {
    code: 'bad-request',
    text: { ru: 'Запрос составлен неверно.', en: 'The request is not well-formed.' },
  },
};

const HOST_AWAY: Told = {
  status: 503,
  code: 'host-unavailable',
  text: {
    ru: 'CRM сейчас не отвечает. Подождите минуту и попробуйте ещё раз.',
    en: 'The CRM does not answer right now. Wait a minute and try again.',
  },
};

const BROKEN: Told = {
  status: 500,
  code: 'internal',
  text: {
    ru: 'У нас что-то сломалось. Попробуйте ещё раз; если не поможет, сообщите номер запроса в поддержку.',
    en: 'Something broke on our side. Try again; if that does not help, tell support the request’s number.',
  },
};

/** Every error of ours in one form and in the person's language; what was not expected is logged, never shown. */
@Catch()
@Injectable()
export class ApiExceptionFilter implements ExceptionFilter {
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log.child('http');
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    if (reply.sent) return;
    const told = tell(error);
    if (told.status >= 500) this.record(error, request);
    const ready = error instanceof HttpException && told.status === 503 ? error.getResponse() : null;
    const language = sessionOf(request)?.language ?? languageOf(request);
    const { status, code, text } = told;
    const details = error instanceof ApiError ? error.details : faultsOf(error);
    const body = {
      error: {
        code,
        message: text[language],
        requestId: request.id,
        ...(details !== undefined && { details }),
      },
    };
    void reply
      .status(status)
      .header('cache-control', 'no-store')
      .send(ready ?? body);
  }

  private record(error: unknown, request: FastifyRequest): void {
    this.log.error('a request failed', {
      requestId: request.id,
      route: request.routeOptions.url ?? 'none',
      detail: error instanceof Error ? error.message : String(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
  }
}

function tell(error: unknown): Told {
  if (error instanceof ApiError) return error;
  if (error instanceof HostError) return HOST_AWAY;
  const status = statusOf(error);
  const known = BY_STATUS[status];
  if (known) return { status, ...known };
  return status === 503 ? { ...HOST_AWAY, code: 'unavailable' } : BROKEN;
}

/** Nest's own exceptions and Fastify's errors (a body too large, a body that is no JSON) carry their status. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : 500;
}

/** What the request's own checks found, field by field: for programs, whose authors read English. */
function faultsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof BadRequestException)) return undefined;
  const { message } = error.getResponse() as { readonly message?: unknown };
  return Array.isArray(message) ? message.map(String) : undefined;
}

function languageOf(request: FastifyRequest): 'ru' | 'en' {
  return /^\s*en\b/i.test(request.headers['accept-language'] ?? '') ? 'en' : 'ru';
}

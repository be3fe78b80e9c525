import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import { ApiError } from '../../infra/http/api-error.js';
import { sessionOf } from '../../infra/http/current-session.decorator.js';
import { ReplayRepository, type Claim, type ReplayKey } from './replay.repository.js';

const KEY_FORM = /^[\w-]{8,100}$/;
const WAIT_MS = 10_000;
const POLL_MS = 100;

/** A write with an `Idempotency-Key` happens once; its repeats get the first one's answer. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly replays: ReplayRepository) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const person = sessionOf(request);
    const key = request.headers['idempotency-key'];
    if (!person || key === undefined || request.method === 'GET') return next.handle();
    if (typeof key !== 'string' || !KEY_FORM.test(key)) throw badKey();
    const replayKey = { accountId: person.accountId, userId: person.userId, key };
    return from(this.once(replayKey, request, http.getResponse<FastifyReply>(), next));
  }

  private async once(
    key: ReplayKey,
    request: FastifyRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const claim = await this.claim(key, hashOf(request));
    if (claim.kind === 'reused') throw reusedKey();
    if (claim.kind === 'running') throw stillRunning();
    if (claim.kind === 'done') {
      void reply.status(claim.status);
      return claim.answer;
    }
    try {
      const answer: unknown = await firstValueFrom(next.handle(), { defaultValue: undefined });
      await this.replays.store(key, reply.statusCode, answer);
      return answer;
    } catch (error) {
      await this.replays.release(key);
      throw error;
    }
  }

  /** A double click meets its twin at work and waits for the twin's answer. */
  private async claim(key: ReplayKey, hash: string): Promise<Claim> {
    for (let waited = 0; ; waited += POLL_MS) {
      const claim = await this.replays.claim(key, hash);
      if (claim.kind !== 'running' || waited >= WAIT_MS) return claim;
      await sleep(POLL_MS);
    }
  }
}

function hashOf(request: FastifyRequest): string {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  return hash.update(request.rawBody ?? '').digest('hex');
}

function badKey(): ApiError {
  return new ApiError(400, 'bad-idempotency-key', {
    ru: 'Ключ повтора составлен неверно.',
    en: 'The idempotency key is not well-formed.',
  });
}

function reusedKey(): ApiError {
  return new ApiError(409, 'idempotency-key-reused', {
    ru: 'Этот ключ повтора уже был у другого запроса.',
    en: 'This idempotency key was used for another request.',
  });
}

function stillRunning(): ApiError {
  return new ApiError(409, 'still-running', {
    ru: 'Это действие ещё выполняется. Обновите страницу через несколько секунд.',
    en: 'This is still being done. Reload the page in a few seconds.',
  });
}

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { SessionClaims } from '../crypto/sessions.js';

const SESSIONS = new WeakMap<object, SessionClaims>();

/** Called by the guard when the bearer token proved right. */
export function rememberSession(request: FastifyRequest, claims: SessionClaims): void {
  SESSIONS.set(request, claims);
}

/** Null on routes that the guard does not cover. */
export function sessionOf(request: FastifyRequest): SessionClaims | null {
  return SESSIONS.get(request) ?? null;
}

/** The person who asks, in a route under `/api`. */
export const CurrentSession = createParamDecorator((_: unknown, context: ExecutionContext): SessionClaims => {
  const claims = sessionOf(context.switchToHttp().getRequest<FastifyRequest>());
  if (!claims) throw new Error('this route is not covered by the session guard');
  return claims;
});

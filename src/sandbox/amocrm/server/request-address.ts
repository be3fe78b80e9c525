import type { FastifyRequest } from 'fastify';
import type { AccountStore } from '../store/account-store.js';

/** Origin the client used; addresses in answers are built on it. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`;
}

/** After a rename any other host knows no such account. */
export function isElsewhere(store: AccountStore, request: FastifyRequest): boolean {
  const to = store.settings.renamedTo;
  return to !== null && request.host !== new URL(to).host;
}

export function queryOf(request: FastifyRequest): string {
  const mark = request.url.indexOf('?');
  return mark === -1 ? '' : request.url.slice(mark + 1);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CrmContext, PortalUser } from './crm-context.js';

/** What the page asked for cannot be done; the message is shown to the person who asked. */
export class PageError extends Error {
  constructor(
    readonly status: 400 | 401 | 404 | 422,
    message: string,
  ) {
    super(message);
    this.name = 'PageError';
  }
}

export type Fields = Readonly<Record<string, unknown>>;

/** The toy login: `?user=` or the header `x-portal-user`; without either, the portal's first admin. */
export function currentUser(portal: CrmContext, request: FastifyRequest): PortalUser {
  const given = request.headers['x-portal-user'] ?? queryOf(request)['user'];
  if (given === undefined || given === '') return firstAdmin(portal);
  const id = wholeNumber(given, 'user');
  const user = portal.user(id);
  if (user === undefined) throw new PageError(401, `there is no user ${id} in this portal`);
  if (!user.active) throw new PageError(401, `${user.name} has left the company`);
  return user;
}

function firstAdmin(portal: CrmContext): PortalUser {
  const users = portal.users().filter((user) => user.active);
  const user = users.find((one) => one.admin) ?? users[0];
  if (user === undefined) throw new PageError(401, 'the portal has no users');
  return user;
}

export function queryOf(request: FastifyRequest): Fields {
  return isFields(request.query) ? request.query : {};
}

export function bodyOf(request: FastifyRequest): Fields {
  if (request.body === undefined || request.body === null) return {};
  if (!isFields(request.body)) throw new PageError(400, 'the body must be a JSON object');
  return request.body;
}

/** A number of the address, e.g. `id` of `/portal/deals/:id`. */
export function pathNumber(request: FastifyRequest, name: string): number {
  return wholeNumber(isFields(request.params) ? request.params[name] : undefined, name);
}

export function pathText(request: FastifyRequest, name: string): string {
  return text(isFields(request.params) ? request.params[name] : undefined, name);
}

export function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw new PageError(400, `${name} must be text`);
  if (value.length > 2000) throw new PageError(400, `${name} is longer than 2000 characters`);
  return value;
}

export function optionalText(value: unknown, name: string): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : text(value, name);
}

export function wholeNumber(value: unknown, name: string): number {
  const number =
    typeof value === 'number' ? value : /^\d{1,15}$/u.test(String(value)) ? Number(value) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < 0) throw new PageError(400, `${name} must be a whole number`);
  return number;
}

export function optionalNumber(value: unknown, name: string): number | undefined {
  return value === undefined || value === null || value === '' ? undefined : wholeNumber(value, name);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The portal refuses with plain messages: they are the answer, not a crash. */
export function answerFault(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const message = error instanceof Error ? error.message : 'something went wrong';
  return reply.code(statusOf(error)).send({ error: message });
}

function statusOf(error: unknown): number {
  if (error instanceof PageError) return error.status;
  const given =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof given === 'number' && given >= 400 && given < 500 ? given : 422;
}

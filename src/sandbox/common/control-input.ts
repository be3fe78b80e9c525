import type { FastifyReply, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';

/** A mistake of whoever drives the control API. */
export class ControlError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** A mistake is answered in plain words. */
export function answerControlFault(
  error: unknown,
  _request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error instanceof ControlError ? error.status : 400;
  return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
}

/** The body as an object; an empty body is an empty object. */
export function readBody(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const text = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
  if (text.trim() === '') {
    return {};
  }
  const parsed = parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new ControlError(400, 'the body must be a JSON object');
  }
  return parsed as Readonly<Record<string, unknown>>;
}

function parse(text: string): unknown {
  try {
    return secureJson.parse(text) as unknown;
  } catch {
    throw new ControlError(400, 'the body is no JSON');
  }
}

export function optionalNumber(body: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new ControlError(400, `${name} must be a number`);
  }
  return value;
}

export function optionalText(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'string') {
    throw new ControlError(400, `${name} must be text`);
  }
  return value;
}

export function requiredText(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined || value === '') {
    throw new ControlError(400, `${name} is missing`);
  }
  return value;
}

export function requiredNumber(body: Readonly<Record<string, unknown>>, name: string): number {
  const value = optionalNumber(body, name);
  if (value === undefined) {
    throw new ControlError(400, `${name} is missing`);
  }
  return value;
}

export function optionalFlag(body: Readonly<Record<string, unknown>>, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== 'boolean') {
    throw new ControlError(400, `${name} must be true or false`);
  }
  return value;
}

/** The number in a path such as `/deals/57`. */
export function pathNumber(request: FastifyRequest, name = 'id'): number {
  const value = Number((request.params as Readonly<Record<string, string>>)[name]);
  if (!Number.isInteger(value)) {
    throw new ControlError(404, `${name} must be a number`);
  }
  return value;
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) {
    throw new ControlError(404, `there is no ${what}`);
  }
  return value;
}

import type { FastifyRequest } from 'fastify';

/** Set by the body parser for hooks and frames: the bytes as they came, already bounded in size. */
export interface RawBodyRequest extends FastifyRequest {
  readonly rawBody?: Buffer;
}

/** An inbound call in the form that a host's own code reads; repeated parameters and headers keep their first value. */
export function toHostRequest(request: RawBodyRequest): {
  readonly method: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: Buffer;
  readonly key?: string;
} {
  const { key } = (request.params ?? {}) as { readonly key?: unknown };
  return {
    method: request.method,
    query: firstValues(request.query as Record<string, unknown>),
    headers: firstValues(request.headers),
    contentType: request.headers['content-type'] ?? '',
    body: request.rawBody ?? Buffer.alloc(0),
    ...(typeof key === 'string' && { key }),
  };
}

function firstValues(source: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const result: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(source)) {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof first === 'string') result[name] = first;
  }
  return result;
}

import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { uuidv7 } from '../ids.js';
import { withLogContext } from '../log.js';
import type { Metrics } from '../metrics.js';
import { isStorable, isWithinBounds, membersFor } from './json-bounds.js';

/** The largest body that anybody may send us: hosts send a few kilobytes. */
const BODY_LIMIT_BYTES = 1_048_576;
/** A request that is not here whole by then is a slow one on purpose. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;

declare module 'fastify' {
  interface FastifyRequest {
    /** The bytes as they came: hosts' hooks and frames are read by the host's own code. */
    rawBody?: Buffer;
  }
}

/** Fastify with bounds on everything that comes from outside. Bodies that are not JSON reach the route as bytes. */
export function createHttpAdapter(trustProxy: boolean): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS },
    trustProxy,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    genReqId: () => uuidv7(),
  });
}

export async function prepareHttp(app: NestFastifyApplication, metrics: Metrics): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  addParsers(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    // Customers' data: neither a proxy nor the browser's disk is to keep it.
    if (request.url.startsWith('/api')) void reply.header('cache-control', 'no-store');
    withLogContext({ requestId: request.id }, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.httpSeconds.observe(
      { route: request.routeOptions.url ?? 'none', method: request.method, status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    );
    done();
  });
  // Everything but the frames is never framed; the frames' routes set their own policy for their one portal.
  await fastify.register(helmet, {
    frameguard: false,
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    crossOriginOpenerPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
    },
  });
}

function addParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const bytes = keepBytes(request, body);
    try {
      if (!isWithinBounds(bytes, membersFor(request.routeOptions.config)))
        throw new RangeError('too deep or too many members');
      const value: unknown = bytes.length === 0 ? {} : secureJson.parse(bytes);
      if (!isStorable(bytes, value)) throw new RangeError('a text that no database keeps');
      done(null, value);
    } catch {
      done(badRequest());
    }
  });
  // Mail programs that switch letters off by one click post a multipart form (RFC 8058, 3.2); nobody reads its fields.
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      keepBytes(request, body);
      done(null, body);
    });
  }
}

function badRequest(): Error {
  return Object.assign(new Error('the request cannot be read'), { statusCode: 400 });
}

function keepBytes(request: FastifyRequest, body: string | Buffer): Buffer {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  request.rawBody = bytes;
  return bytes;
}

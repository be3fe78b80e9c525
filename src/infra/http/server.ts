import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { uuidv7 } from '../ids.js';
import { withLogContext } from '../log.js';
import type { Metrics } from '../metrics.js';
import { isWithinBounds, membersFor } from './json-bounds.js';

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
    keepBytes(request, body);
    try {
      if (!isWithinBounds(request.rawBody ?? Buffer.alloc(0), membersFor(request.routeOptions.config)))
        throw new RangeError('too deep or too many members');
      done(null, body.length === 0 ? {} : secureJson.parse(body));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
    }
  });
  for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
    fastify.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      keepBytes(request, body);
      done(null, body);
    });
  }
}

function keepBytes(request: FastifyRequest, body: string | Buffer): void {
  request.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(body);
}

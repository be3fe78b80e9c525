import fastify, { type FastifyInstance } from 'fastify';
import type { PortalCertificate } from './certificate.js';

const BODY_LIMIT = 32 * 1024 * 1024;

export function makeServer(certificate: PortalCertificate | null): FastifyInstance {
  const common = {
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  };
  return certificate === null
    ? fastify(common)
    : fastify({
        ...common,
        https: { key: certificate.key, cert: certificate.certificate },
      });
}

/** Routes that read every body by themselves, as bytes. */
export function mountRaw(app: FastifyInstance, routes: (scope: FastifyInstance) => void): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    routes(scope);
    done();
  });
}

export interface ListenOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Name in addresses; `localhost` listens on the loopback only, anything else on every interface. */
  readonly host?: string | undefined;
  readonly tls: boolean;
}

/** @returns the origin */
export async function listen(app: FastifyInstance, options: ListenOptions): Promise<string> {
  const host = options.host ?? 'localhost';
  await app.listen({ port: options.port, host: host === 'localhost' ? 'localhost' : '::' });
  const bound = app.server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;
  return `${options.tls ? 'https' : 'http'}://${host}:${port}`;
}

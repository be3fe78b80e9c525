import type { FastifyInstance } from 'fastify';
import type { PortalContext } from '../portal-context.js';

/** Mounts the portal's own page; the address answers with the company's name until the page is built. */
export function registerPortalPage(app: FastifyInstance, portal: PortalContext): void {
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(portal.companyName));
}

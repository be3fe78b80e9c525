import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { BootView, DoorView } from '../../../src/features/embed/boot.view.js';
import { framePage, framePolicy } from '../../../src/features/embed/frame-page.js';
import { refuse, type Scene } from '../widget/mock-server.js';

const SKELETON = path.resolve(import.meta.dirname, '../../../dist-web/index.html');

/** Token that the fake account's page sends; every other one is refused. */
export const PERSON_TOKEN = 'person-token';

/** Our routes for a frame that opens empty, over a scene in memory. */
export function answerEntries(app: FastifyInstance, scene: Scene, portalOrigin: () => string): void {
  app.get<{ Querystring: { LANG?: string; theme?: string } }>(
    '/embed/amocrm/frame',
    async (request, reply) => {
      const { theme } = request.query;
      const door: DoorView = {
        host: 'amocrm',
        portalOrigin: portalOrigin(),
        language: request.query.LANG === 'en' ? 'en' : 'ru',
        theme: 'auto',
        ...(theme === 'light' || theme === 'dark' ? { around: theme } : {}),
      };
      return reply
        .header('content-security-policy', framePolicy(portalOrigin()))
        .type('text/html; charset=utf-8')
        .send(framePage(await readFile(SKELETON, 'utf8'), door));
    },
  );
  app.options('/embed/amocrm/session', (_request, reply) =>
    reply
      .header('access-control-allow-origin', portalOrigin())
      .header('access-control-allow-methods', 'POST')
      .header('access-control-allow-headers', 'x-auth-token, content-type')
      .code(204)
      .send(),
  );
  app.post<{ Body: { screen: BootView['screen']; dealId: string } }>(
    '/embed/amocrm/session',
    (request, reply) => {
      reply.header('access-control-allow-origin', portalOrigin());
      if (scene.entryError) return refuse(reply, scene.entryError);
      if (request.headers['x-auth-token'] !== PERSON_TOKEN)
        return refuse(reply, { status: 401, code: 'not-proven' });
      const session = `entered-${scene.sessions.size}`;
      scene.sessions.add(session);
      const { screen, dealId } = request.body;
      scene.entered.push({ screen, dealId });
      const boot: BootView = {
        ...scene.boot,
        host: 'amocrm',
        // The app's own pages are reached by its menu; a scene that shows one stands there at once.
        screen: ['plan', 'home'].includes(scene.boot.screen) ? screen : scene.boot.screen,
        dealId: dealId === '' ? null : dealId,
        installing: false,
        session,
        sessionExpiresAt: new Date(Date.now() + 600_000).toISOString(),
        portalOrigin: portalOrigin(),
      };
      return reply.send({ ...boot, automationKey: 'key-of-the-automation' });
    },
  );
}

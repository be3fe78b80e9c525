import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { PortalContext } from '../portal-context.js';
import { registerChangeStream } from '../../common/page/change-stream.js';
import { registerDealRoutes } from '../../common/page/deal-routes.js';
import { registerFrameRoutes } from './frame-routes.js';
import { PageError, answerFault, pathText } from '../../common/page/page-request.js';
import { registerTaskRoutes } from '../../common/page/task-routes.js';

const ASSETS = join(import.meta.dirname, 'assets');
const BODY_LIMIT_BYTES = 65_536;
/** Addresses a link may lead to; the page itself decides what it shows there. */
const SCREENS = [
  '/',
  ...['crm', 'company', 'marketplace', 'workgroups', 'notifications'].flatMap((one) => [
    `/${one}`,
    `/${one}/*`,
  ]),
];
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Mounts the portal's own page: its screens, their files under `/portal/assets/`, and their data under `/portal/`.
 * It reads and changes the portal only through {@link PortalContext}, so that whatever a person does here looks to an
 * application exactly like a person's work.
 */
export function registerPortalPage(app: FastifyInstance, portal: PortalContext): void {
  app.register(async (scope) => {
    scope.removeContentTypeParser('application/json');
    scope.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES },
      (_request, body, done) => {
        const parsed = parseJson(String(body));
        if (parsed instanceof PageError) done(parsed);
        else done(null, parsed);
      },
    );
    scope.setErrorHandler(answerFault);
    for (const screen of SCREENS) {
      scope.get(screen, async (_request, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .header('cache-control', 'no-store')
          .send(await readFile(join(ASSETS, 'index.html'))),
      );
    }
    scope.get('/portal/assets/:file', async (request, reply) => {
      const file = pathText(request, 'file');
      const type = TYPES[extname(file)];
      if (type === undefined || !/^[a-z-]+\.[a-z]+$/u.test(file))
        throw new PageError(404, 'there is no such file');
      const content = await readFile(join(ASSETS, file)).catch(() => null);
      if (content === null) throw new PageError(404, 'there is no such file');
      return reply.type(type).header('cache-control', 'no-cache').send(content);
    });
    registerDealRoutes(scope, portal);
    registerTaskRoutes(scope, portal);
    registerFrameRoutes(scope, portal);
    registerChangeStream(scope, portal);
  });
}

function parseJson(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    return new PageError(400, 'the body is not JSON');
  }
}

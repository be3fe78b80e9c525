import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { registerChangeStream } from './change-stream.js';
import type { CrmContext } from './crm-context.js';
import { PageError, answerFault, pathText } from './page-request.js';

const COMMON_ASSETS = join(import.meta.dirname, 'assets');
const BODY_LIMIT_BYTES = 65_536;
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export interface CrmPage {
  readonly context: CrmContext;
  /** Folder of the host's own files; a name it lacks is taken from the files all hosts share. */
  readonly assets: string;
  /** Addresses a link may lead to; the page itself decides what it shows there. */
  readonly screens: readonly string[];
  /** The page's data addresses. */
  readonly routes: (app: FastifyInstance) => void;
}

/**
 * Mounts the own page of a simulated host: its screens, their files under `/portal/assets/`, their data under
 * `/portal/`. It reads and changes the CRM only through {@link CrmContext}, so that whatever a person does here looks
 * to an application exactly like a person's work.
 */
export function registerCrmPage(app: FastifyInstance, page: CrmPage): void {
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
    for (const screen of page.screens) {
      scope.get(screen, async (_request, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .header('cache-control', 'no-store')
          .send(await readFile(join(page.assets, 'index.html'))),
      );
    }
    scope.get('/portal/assets/:file', async (request, reply) => {
      const file = pathText(request, 'file');
      const type = TYPES[extname(file)];
      if (type === undefined || !/^[a-z-]+\.[a-z]+$/u.test(file))
        throw new PageError(404, 'there is no such file');
      const content = await firstOf(join(page.assets, file), join(COMMON_ASSETS, file));
      if (content === null) throw new PageError(404, 'there is no such file');
      return reply.type(type).header('cache-control', 'no-cache').send(content);
    });
    page.routes(scope);
    registerChangeStream(scope, page.context);
  });
}

async function firstOf(...files: readonly string[]): Promise<Buffer | null> {
  for (const file of files) {
    const content = await readFile(file).catch(() => null);
    if (content !== null) return content;
  }
  return null;
}

function parseJson(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    return new PageError(400, 'the body is not JSON');
  }
}

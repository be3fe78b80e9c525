import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { PageError, pathText } from '../../common/page/page-request.js';
import type { AccountContext } from '../account-context.js';
import type { WidgetShelf } from './widget-shelf.js';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.twig': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.gif': 'image/gif',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};

/** What the host's page lends to widgets, from the packages of the same names. */
const LIBRARIES: Readonly<Record<string, string>> = {
  'require.js': 'requirejs/require.js',
  'jquery.js': 'jquery/dist/jquery.js',
  'underscore.js': 'underscore/underscore-umd.js',
  'twig.js': 'twig/twig.min.js',
};

const resolve = createRequire(import.meta.url).resolve;

/** Files of uploaded widgets, and the libraries of the page. */
export function registerWidgetFiles(app: FastifyInstance, account: AccountContext, shelf: WidgetShelf): void {
  app.get('/upl/:code/widget/*', (request, reply) => {
    const code = pathText(request, 'code');
    const name = pathText(request, '*');
    const integration = account.integrations().find((one) => one.code === code);
    const bytes = integration === undefined ? undefined : shelf.get(integration.id)?.files.get(name);
    if (bytes === undefined) throw new PageError(404, 'the widget has no such file');
    return reply
      .type(TYPES[extname(name)] ?? 'application/octet-stream')
      .header('cache-control', 'no-cache')
      .send(bytes);
  });
  app.get('/portal/libraries/:file', async (request, reply) => {
    const file = LIBRARIES[pathText(request, 'file')];
    if (file === undefined) throw new PageError(404, 'there is no such file');
    return reply.type('text/javascript; charset=utf-8').send(await readFile(library(file)));
  });
}

/** Packages that hide their files behind `exports` are found by their main file. */
function library(file: string): string {
  const [name = '', ...rest] = file.split('/');
  const main = resolve(name);
  const root = main.slice(0, main.lastIndexOf(`node_modules`) + `node_modules/${name}`.length);
  return [root, ...rest].join('/');
}

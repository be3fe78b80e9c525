import { createServer, type Server } from 'node:http';
import { afterEach } from '@jest/globals';
import {
  startBitrix24Portal,
  type Bitrix24Portal,
  type Bitrix24PortalOptions,
} from '../../src/sandbox/bitrix24/portal.js';
import { parseBracketForm } from '../../src/sandbox/common/bracket-form.js';
import { smallCompany } from './small-company.js';

type Tree = Readonly<Record<string, unknown>>;

/** An answer with its parsed body; text that is no JSON stays text. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Tree;
  readonly text: string;
}

export interface ReceivedCall {
  readonly path: string;
  readonly event: string;
  readonly form: Tree;
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) {
    await close();
  }
});

/** A portal that ends with the test. */
export async function portalOf(options: Partial<Bitrix24PortalOptions> = {}): Promise<Bitrix24Portal> {
  const portal = await startBitrix24Portal({ port: 0, limits: false, company: smallCompany(), ...options });
  closers.push(() => portal.close());
  return portal;
}

/** An application's server that notes every form posted to it; `status` is what it answers with. */
export async function listener(status = 200): Promise<{ url: string; calls: ReceivedCall[] }> {
  const calls: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const form = parseBracketForm(Buffer.concat(chunks).toString('utf8'));
      calls.push({
        path: request.url ?? '',
        event: typeof form['event'] === 'string' ? form['event'] : '',
        form,
      });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => closed(server));
  const bound = server.address();
  return { url: `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`, calls };
}

/** An application, installed and with tokens of the user. */
export function installed(portal: Bitrix24Portal, handlerUrl: string, userId = 1) {
  const application = portal.store.applications.register({
    title: 'Test',
    handlerUrl: `${handlerUrl}/app`,
    installUrl: `${handlerUrl}/install`,
  });
  portal.context.issueFrameAuth(application.id, 1, 'DEFAULT', {});
  portal.context.finishInstall(application.id);
  const pair = portal.store.tokens.issuePair(application.id, userId);
  const call = (method: string, params: Tree = {}) =>
    post(`${portal.url}/rest/${method}`, { ...params, auth: pair.access });
  return { application, pair, call };
}

/** Calls through the incoming webhook. */
export function hook(portal: Bitrix24Portal, method: string, params: unknown = {}): Promise<Answer> {
  return post(portal.webhook + method, params);
}

export function control(portal: Bitrix24Portal, path: string, body: unknown = {}): Promise<Answer> {
  return post(`${portal.control}${path}`, body);
}

export async function post(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return read(
    await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    }),
  );
}

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  let body: Tree = {};
  try {
    body = JSON.parse(text) as Tree;
  } catch {
    body = {};
  }
  return { status: response.status, headers: response.headers, body, text };
}

/** The value at a path such as `result.items.0.id`. */
export function at(tree: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (node, key) => (typeof node === 'object' && node !== null ? (node as Tree)[key] : undefined),
      tree,
    );
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

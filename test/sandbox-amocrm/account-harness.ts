import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach } from '@jest/globals';
import {
  startAmocrmPortal,
  type AmocrmPortal,
  type AmocrmPortalOptions,
} from '../../src/sandbox/amocrm/portal.js';
import { parseBracketForm } from '../../src/sandbox/common/bracket-form.js';
import { read, type Answer } from '../sandbox/portal-harness.js';
import { smallCompany } from '../sandbox/small-company.js';

type Tree = Readonly<Record<string, unknown>>;

export interface HeardRequest {
  readonly method: string;
  readonly url: URL;
  readonly contentType: string;
  readonly body: string;
  /** The body as PHP would read it. */
  readonly form: Tree;
}

export interface Integrator {
  readonly url: string;
  readonly heard: HeardRequest[];
  /** What it answers with; may be changed at any time. */
  status: number;
}

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** An account that ends with the test. */
export async function accountOf(options: Partial<AmocrmPortalOptions> = {}): Promise<AmocrmPortal> {
  const portal = await startAmocrmPortal({ port: 0, limits: false, company: smallCompany(), ...options });
  closers.push(() => portal.close());
  return portal;
}

/** An integration's server that notes everything sent to it. */
export async function integratorOf(): Promise<Integrator> {
  const heard: HeardRequest[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      heard.push({
        method: request.method ?? '',
        url: new URL(request.url ?? '/', 'http://localhost'),
        contentType: request.headers['content-type'] ?? '',
        body,
        form: parseBracketForm(body),
      });
      response.writeHead(integrator.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => closed(server));
  const bound = server.address();
  const port = typeof bound === 'object' ? bound?.port : 0;
  const integrator: Integrator = { url: `http://127.0.0.1:${port}`, heard, status: 200 };
  return integrator;
}

export interface Grant {
  readonly clientId: string;
  readonly secret: string;
  readonly redirectUri: string;
  readonly access: string;
  readonly refresh: string;
}

/** An installed integration with tokens of the user. */
export async function granted(portal: AmocrmPortal, userId = 1, url = 'http://127.0.0.1:9'): Promise<Grant> {
  const redirectUri = `${url}/oauth/amocrm/callback`;
  const integration = portal.store.integrations.register({ redirectUri, uninstallUrl: `${url}/uninstall` });
  integration.state = 'installed';
  const { access, refresh } = await portal.store.tokens.issuePair(integration.id, userId);
  return { clientId: integration.id, secret: integration.secret, redirectUri, access, refresh };
}

/** Calls the API; the service's own token when no other is given. */
export async function api(
  portal: AmocrmPortal,
  verb: string,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return read(
    await fetch(path.startsWith('http') ? path : `${portal.url}/api/v4/${path}`, {
      method: verb,
      headers: {
        authorization: `Bearer ${portal.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    }),
  );
}

export function as(access: string, more: Readonly<Record<string, string>> = {}) {
  return { authorization: `Bearer ${access}`, ...more };
}

export async function token(portal: AmocrmPortal, fields: Tree): Promise<Answer> {
  return read(
    await fetch(`${portal.url}/oauth2/access_token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fields),
    }),
  );
}

/** Rows of a list's answer. */
export function rows(answer: Answer, key: string): readonly Tree[] {
  const embedded = answer.body['_embedded'] as Readonly<Record<string, readonly Tree[]>> | undefined;
  return embedded?.[key] ?? [];
}

export function nextOf(answer: Answer): string | undefined {
  const links = answer.body['_links'] as Readonly<Record<string, { readonly href: string }>> | undefined;
  return links?.['next']?.href;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

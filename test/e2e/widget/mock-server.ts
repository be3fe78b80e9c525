import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ServerResponse } from 'node:http';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { BootView, InstallView } from '../../../src/features/embed/boot.view.js';
import type { DeadLetterView } from '../../../src/features/embed/dead-letter.view.js';
import type { OffDaysView } from '../../../src/features/pushing/day.view.js';
import type { PlanView, StepCommandAnswer } from '../../../src/features/plans/plan.view.js';
import { answerEntries } from '../amocrm/mock-entry.js';
import { actOnInstall } from './mock-install.js';
import { actOnStep } from './mock-plan.js';

const DIST = path.resolve(import.meta.dirname, '../../../dist-web');

export interface ApiError {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly details?: unknown;
}

/** What the mock server answers; a test changes it as it goes. */
export interface Scene {
  boot: Omit<BootView, 'session' | 'sessionExpiresAt' | 'portalOrigin'>;
  plan: PlanView;
  home: unknown;
  install: InstallView;
  letters: readonly DeadLetterView[];
  /** Answers every reading call with this instead. */
  readError: ApiError | null;
  /** Answers the next writing calls with these instead, first to last; `null` lets one through. */
  writeErrors: (ApiError | 'drop' | null)[];
  delayMs: number;
  /** Bearer tokens that are accepted. */
  sessions: Set<string>;
  /** The host token that `POST /api/session` trades for a session. */
  hostToken: string;
  /** Refuses a frame that opens empty with this. */
  entryError: ApiError | null;
  /** Answers of the app's own pages, by `METHOD /api/path` with `:names`; each gets the call and says what to send. */
  routes: Readonly<Record<string, MockRoute>>;
  /** What frames that opened empty asked for. */
  entered: { readonly screen: string; readonly dealId: string }[];
}

export interface MockCall {
  readonly query: URLSearchParams;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Undefined answers 204; an `ApiError` with a `status` refuses. */
export type MockRoute = (call: MockCall) => unknown;

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly key: string | null;
  readonly body: unknown;
}

export interface MockServer {
  readonly origin: string;
  readonly scene: Scene;
  /** Every API call so far. */
  readonly heard: Heard[];
  /** Sends an event down every open stream. */
  push(name: string, data: unknown): void;
  /** Breaks every open stream. */
  cutStreams(): void;
  openStreams(): number;
  close(): Promise<void>;
}

/** Our server as the widget sees it: the built page under the real policy, and the API over a scene in memory. */
export async function startMockServer(portalOrigin: () => string, scene: Scene): Promise<MockServer> {
  const app = Fastify({ forceCloseConnections: true });
  const streams = new Set<ServerResponse>();
  const heard: Heard[] = [];
  await app.register(fastifyStatic, { root: DIST, prefix: '/widgets/', maxAge: '1y', immutable: true });
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(String(body))));
    },
  );
  app.post('/embed/bitrix24/:place', (_request, reply) => page(reply, scene, portalOrigin()));
  app.get('/embed/bitrix24/:place', (_request, reply) => page(reply, scene, portalOrigin()));
  app.get('/bare', async (_request, reply) =>
    html(reply, await readFile(path.join(DIST, 'index.html'), 'utf8'), `'none'`),
  );
  answerEntries(app, scene, portalOrigin);
  api(app, scene, heard);
  stream(app, streams);
  const address = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    origin: address.replace('127.0.0.1', 'app.localhost'),
    scene,
    heard,
    push: (name, data) =>
      streams.forEach((line) => line.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)),
    cutStreams: () => streams.forEach((line) => line.destroy()),
    openStreams: () => streams.size,
    close: async () => {
      streams.forEach((line) => line.destroy());
      await app.close();
    },
  };
}

async function page(reply: FastifyReply, scene: Scene, portalOrigin: string): Promise<FastifyReply> {
  const boot: BootView = {
    ...scene.boot,
    session: [...scene.sessions][0] ?? 'none',
    sessionExpiresAt: new Date(Date.now() + 600_000).toISOString(),
    portalOrigin,
  };
  const json = JSON.stringify(boot).replaceAll('<', '\\u003c');
  const file = await readFile(path.join(DIST, 'index.html'), 'utf8');
  return html(
    reply,
    file.replace(/(<script type="application\/json" id="boot">)/, (tag) => tag + json),
    portalOrigin,
  );
}

function html(reply: FastifyReply, text: string, ancestors: string): FastifyReply {
  return reply
    .header(
      'content-security-policy',
      `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${ancestors}`,
    )
    .type('text/html; charset=utf-8')
    .send(text);
}

function api(app: FastifyInstance, scene: Scene, heard: Heard[]): void {
  app.addHook('preHandler', async (request, reply) => {
    if (!request.url.startsWith('/api/')) return;
    const key = request.headers['idempotency-key'];
    heard.push({
      method: request.method,
      path: request.url,
      key: typeof key === 'string' ? key : null,
      body: request.body,
    });
    if (scene.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, scene.delayMs));
    const refusal = refusalOf(request, scene);
    if (refusal === 'drop') {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    if (refusal) return refuse(reply, refusal);
  });
  app.post<{ Body: { form?: Record<string, string> } }>('/api/session', (request, reply) => {
    if (request.body.form?.['AUTH_ID'] !== scene.hostToken)
      return refuse(reply, { status: 401, code: 'host-token-refused' });
    const session = `renewed-${scene.sessions.size}`;
    scene.sessions.add(session);
    return reply.send({ session, sessionExpiresAt: new Date(Date.now() + 600_000).toISOString() });
  });
  app.get('/api/plan/:deal', () => scene.plan);
  app.get('/api/home', () => scene.home);
  app.get('/api/install', () => scene.install);
  app.get('/api/alerts/count', () => ({ all: 12, unacted: 3 }));
  app.put('/api/preferences', (_request, reply) => reply.code(204).send());
  app.post<{ Params: { step: string; command: string }; Body: Record<string, string> }>(
    '/api/plan/:deal/steps/:step/:command',
    (request) => {
      const before = scene.plan;
      scene.plan = actOnStep(scene.plan, request.params.step, request.params.command, request.body);
      undone.set('u1', before);
      return { plan: scene.plan, undo: 'u1' } satisfies StepCommandAnswer;
    },
  );
  const undone = new Map<string, PlanView>();
  app.post<{ Body: { undo: string } }>('/api/plan/:deal/undo', (request, reply) => {
    const before = undone.get(request.body.undo);
    if (!before?.plan || !scene.plan.plan) return refuse(reply, { status: 409, code: 'undo-expired' });
    scene.plan = { ...before, plan: { ...before.plan, revision: scene.plan.plan.revision + 1 } };
    return reply.send({ plan: scene.plan, undo: null });
  });
  app.post('/api/plan/:deal/launch', () => ({ plan: scene.plan, undo: null }));
  actOnInstall(app, scene);
  app.all('/api/*', (request, reply) => answerByScene(request, reply, scene));
}

function answerByScene(request: FastifyRequest, reply: FastifyReply, scene: Scene): FastifyReply {
  const url = new URL(request.url, 'http://mock');
  for (const [pattern, route] of Object.entries(scene.routes)) {
    const [method = '', path = ''] = pattern.split(' ');
    const names = new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const found = method === request.method ? names.exec(url.pathname) : null;
    if (!found) continue;
    const params = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    );
    const answer = route({ query: url.searchParams, params, body: request.body });
    if (answer === undefined) return reply.code(204).send();
    if (isRefusal(answer)) return refuse(reply, answer);
    return reply.send(answer);
  }
  // Asked for wherever a date is chosen; a scene that is about it says more.
  if (url.pathname === '/api/day/off-days')
    return reply.send({ from: '2026-01-01', to: '2099-01-01', off: [] } satisfies OffDaysView);
  return refuse(reply, { status: 404, code: 'not-found' });
}

function isRefusal(answer: unknown): answer is ApiError {
  return typeof answer === 'object' && answer !== null && 'status' in answer && 'code' in answer;
}

function stream(app: FastifyInstance, streams: Set<ServerResponse>): void {
  app.get('/api/plan/:deal/events', (request, reply) => {
    reply.hijack();
    const line = reply.raw;
    line.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    line.write(`retry: 300\n\n: hello\n\n`);
    streams.add(line);
    request.raw.on('close', () => streams.delete(line));
  });
}

function refusalOf(request: FastifyRequest, scene: Scene): ApiError | 'drop' | null {
  if (request.url === '/api/session') return null;
  const session = (request.headers.authorization ?? '').replace('Bearer ', '');
  if (!scene.sessions.has(session)) return { status: 401, code: 'session-expired' };
  if (request.method === 'GET') return scene.readError;
  return scene.writeErrors.shift() ?? null;
}

export function refuse(reply: FastifyReply, error: ApiError): FastifyReply {
  const { code, message = '', details } = error;
  return reply.code(error.status).send({ error: { code, message, requestId: 'req-0042', details } });
}

import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { CrmContext } from './crm-context.js';

const GATHER_MS = 100;
const HEARTBEAT_MS = 20_000;
/** Beyond this many changes at once the page reads everything again, so naming them would be wasted. */
const NAMED_CHANGES = 200;

/** `GET /portal/stream`: server-sent events `{changes, more}`, gathered for a tenth of a second. */
export function registerChangeStream(app: FastifyInstance, portal: CrmContext): void {
  const listeners = new Set<ServerResponse>();
  let gathered: unknown[] = [];
  let more = false;
  let timer: NodeJS.Timeout | null = null;

  const write = (text: string): void => {
    for (const listener of listeners) listener.write(text);
  };
  const flush = (): void => {
    timer = null;
    write(`data: ${JSON.stringify({ changes: gathered, more })}\n\n`);
    gathered = [];
    more = false;
  };
  const unsubscribe = portal.subscribe((change) => {
    if (listeners.size === 0) return;
    if (gathered.length < NAMED_CHANGES) gathered.push(change);
    else more = true;
    timer ??= setTimeout(flush, GATHER_MS);
  });
  const heartbeat = setInterval(() => write(': still here\n\n'), HEARTBEAT_MS).unref();

  app.get('/portal/stream', (request, reply) => {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    listeners.add(response);
    request.raw.on('close', () => listeners.delete(response));
  });
  app.addHook('preClose', () => {
    unsubscribe();
    clearInterval(heartbeat);
    if (timer !== null) clearTimeout(timer);
    for (const listener of listeners) listener.end();
    listeners.clear();
  });
}

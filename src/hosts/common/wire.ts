import { type Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { type Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';
import type { HttpAnswer } from './transport.js';

export interface Agents {
  readonly https: HttpsAgent;
  readonly http: HttpAgent;
}

export interface WireCall {
  readonly method: string;
  readonly address: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
}

/** No whole answer within the time. */
export class TooLate extends Error {}

/** A batch of 50 pages with every field is about 3 MB; far beyond it somebody plays a joke on us. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const OURS = { accept: 'application/json', 'accept-encoding': 'gzip, br', 'user-agent': 'Dozhim' } as const;

const UNPACK: Readonly<
  Record<string, (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>>
> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
};

/**
 * One request and its whole answer, whatever its status; redirects are not followed and proxies of the environment not
 * asked: one would resolve names for us and undo the guard against private addresses. Node's own client, for a copy is
 * thousands of requests in a row, and a client around it costs as much again as the request itself. Throws `TooLate`,
 * or an error with the `code` that Node gives.
 */
export async function exchange(agents: Agents, call: WireCall, timeoutMs: number): Promise<HttpAnswer> {
  const { status, headers, body } = await received(agents, call, timeoutMs);
  const encoding = headers['content-encoding'] ?? 'identity';
  return {
    status,
    body: encoding === 'identity' ? textOf(body) : await unpacked(body.chunks, encoding),
    location: headers['location'] ?? null,
    headers,
  };
}

interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

interface Body {
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
}

function received(agents: Agents, call: WireCall, timeoutMs: number): Promise<Received> {
  const { method, address, text } = call;
  const secure = address.protocol === 'https:';
  const length = text === null ? {} : { 'content-length': String(Buffer.byteLength(text)) };
  const headers = { ...OURS, ...call.headers, ...length };
  return new Promise((done, fail) => {
    const request = secure
      ? requestHttps(address, { method, headers, agent: agents.https })
      : requestHttp(address, { method, headers, agent: agents.http });
    let late = false;
    // A total deadline: the idle timeout of a socket never fires on a host that drips one byte a second.
    const deadline = setTimeout(() => {
      late = true;
      request.destroy();
    }, timeoutMs).unref();
    const over = (error: Error): void => {
      clearTimeout(deadline);
      fail(late ? new TooLate() : error);
    };
    // Not once: a connection may complain again, and nobody to hear it would end the process.
    request.on('error', over);
    request.once('response', (response) => {
      gather(response, over, (body) => {
        clearTimeout(deadline);
        done({ status: response.statusCode ?? 0, headers: headersOf(response), body });
      });
    });
    request.end(text ?? undefined);
  });
}

function gather(response: IncomingMessage, fail: (error: Error) => void, done: (body: Body) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    chunks.push(chunk);
    if (bytes > MAX_ANSWER_BYTES) response.destroy(coded('the answer is too large', 'ETOOLARGE'));
  });
  response.on('error', fail);
  response.once('end', () => {
    if (response.complete) done({ chunks, bytes });
    else fail(coded('the answer broke off', 'ECONNRESET'));
  });
}

/** Repeated headers: what Node makes of them, lists left out. */
function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') texts[name] = value;
  return texts;
}

/** Bodies are put together here, one after the other: a buffer of its own for each page is most of a copy's garbage. */
let desk = Buffer.allocUnsafeSlow(512 * 1024);
const LARGEST_DESK = 8 * 1024 * 1024;

function textOf({ chunks, bytes }: Body): string {
  const [only, more] = chunks;
  if (!only) return '';
  if (!more) return withoutMark(only.toString());
  if (bytes > LARGEST_DESK) return withoutMark(Buffer.concat(chunks, bytes).toString());
  if (bytes > desk.length) desk = Buffer.allocUnsafeSlow(Math.min(2 * bytes, LARGEST_DESK));
  let at = 0;
  for (const chunk of chunks) at += chunk.copy(desk, at);
  return withoutMark(desk.toString('utf8', 0, at));
}

async function unpacked(chunks: readonly Buffer[], encoding: string): Promise<string> {
  const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined;
  if (!unpack) throw coded('an encoding that was not asked for', 'EENCODING');
  if (chunks.length === 0) return '';
  const body = await unpack(Buffer.concat(chunks), { maxOutputLength: MAX_ANSWER_BYTES });
  return withoutMark(body.toString());
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function coded(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

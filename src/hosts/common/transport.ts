import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import axios, { type AxiosInstance } from 'axios';
import type { StillInTime } from '../../contract/client.js';
import { publicLookup } from './private-address.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
  /** Lower-case names; repeated headers keep their first value. */
  readonly headers: Readonly<Record<string, string>>;
}

/** No whole answer arrived. `sent` is false only when the request surely did not reach the host. */
export class WireFault extends Error {
  constructor(
    readonly code: string,
    readonly sent: boolean,
    readonly timedOut: boolean,
  ) {
    super(code);
    this.name = 'WireFault';
  }
}

export interface Transport {
  /** Throws `WireFault`, never anything else. Any status is an answer; redirects are never followed. */
  send(request: HttpCall, timeoutMs: number): Promise<HttpAnswer>;
  /** The same for the commonest kind of request. */
  post(url: string, body: HttpBody, timeoutMs: number): Promise<HttpAnswer>;
}

export interface HttpBody {
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  /** Asked when the first byte can go out, on a connection that stands; false: nothing is sent, which is a `WireFault`. */
  readonly stillInTime?: StillInTime;
}

/** Who judges which origins may be called although they are local or without TLS. */
export interface OriginJudge {
  trusted(origin: string): boolean;
}

/** A batch of 50 pages with every field is about 3 MB; far beyond it somebody plays a joke on us. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Leaves a byte order mark out. */
const UTF8 = new TextDecoder();

const TOO_LATE = 'ELATE';

const NEVER_SENT = new Set([
  TOO_LATE,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EPRIVATE',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

export function axiosTransport(judge: OriginJudge): Transport {
  const outside = { keepAlive: true, maxSockets: 16, lookup: publicLookup };
  const trusted = { keepAlive: true, maxSockets: 16 };
  const publicHttp = axiosWith(new HttpsAgent(outside), new HttpAgent(outside));
  const trustedHttp = axiosWith(new HttpsAgent(trusted), new HttpAgent(trusted));

  async function send(call: HttpCall, timeoutMs: number): Promise<HttpAnswer> {
    const { method, url, headers, body, stillInTime } = call;
    const http = judge.trusted(new URL(url).origin) ? trustedHttp : publicHttp;
    // A total deadline: the idle timeout of a socket never fires on a host that drips one byte a second.
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await http.request<Readable>({
        method,
        url,
        headers: { ...headers, ...body?.headers, ...(body && { 'content-type': body.contentType }) },
        ...(body && { data: body.text }),
        ...(stillInTime && { transport: leavingInTime(url, stillInTime) }),
        signal: deadline,
      });
      const named = textHeaders(answer.headers);
      return {
        status: answer.status,
        body: await textIn(answer.data),
        location: named['location'] ?? null,
        headers: named,
      };
    } catch (error) {
      throw wireFault(error, deadline.aborted);
    }
  }

  return { send, post: (url, body, timeoutMs) => send({ method: 'POST', url, body }, timeoutMs) };
}

/**
 * Holds a request back until its connection stands, and lets it go only when it is still in time: a process that is
 * frozen while it connects must not write when it thaws, minutes after another one has done its work.
 */
function leavingInTime(url: string, stillInTime: StillInTime) {
  const secure = url.startsWith('https:');
  const request = secure ? httpsRequest : httpRequest;
  return {
    request: (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void): ClientRequest => {
      const held = request(options, onAnswer);
      const end = held.end.bind(held);
      held.end = ((body: string | Buffer) => {
        const go = (): void => {
          if (stillInTime()) end(body);
          else held.destroy(Object.assign(new Error('too late'), { code: TOO_LATE }));
        };
        const leave = (socket: Socket): void => {
          if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', go);
          else go();
        };
        if (held.socket) leave(held.socket);
        else held.once('socket', leave);
        return held;
      }) as typeof held.end;
      return held;
    },
  };
}

/**
 * The client itself would keep a whole body in its request, which lives on until old objects are collected: a first
 * copy's pages were a third of all that was collected.
 */
async function textIn(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new WireFault('too large', true, false);
    chunks.push(chunk);
  }
  return UTF8.decode(Buffer.concat(chunks, size));
}

function textHeaders(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
  );
  return Object.fromEntries(texts);
}

function axiosWith(httpsAgent: HttpsAgent, httpAgent: HttpAgent): AxiosInstance {
  return axios.create({
    httpsAgent,
    httpAgent,
    maxRedirects: 0,
    // A proxy from the environment would resolve names for us and undo the guard against private addresses.
    proxy: false,
    responseType: 'stream',
    transformResponse: [],
    transformRequest: [],
    validateStatus: () => true,
    headers: { accept: 'application/json', 'user-agent': 'Dozhim' },
  });
}

function wireFault(error: unknown, timedOut: boolean): WireFault {
  if (timedOut) return new WireFault('timeout', true, true);
  const named = (error as { readonly code?: unknown } | null)?.code;
  const code = typeof named === 'string' ? named : 'network';
  return new WireFault(code, !NEVER_SENT.has(code), false);
}

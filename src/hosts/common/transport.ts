import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { publicLookup } from './private-address.js';
import { type Agents, exchange, TooLate } from './wire.js';

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
}

/** Who judges which origins may be called although they are local or without TLS. */
export interface OriginJudge {
  trusted(origin: string): boolean;
}

const NEVER_SENT = new Set([
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

export function wireTransport(judge: OriginJudge): Transport {
  const outside = agentsWith({ lookup: publicLookup });
  const trusted = agentsWith({});

  async function send({ method, url, headers, body }: HttpCall, timeoutMs: number): Promise<HttpAnswer> {
    const address = new URL(url);
    const agents = judge.trusted(address.origin) ? trusted : outside;
    const all = { ...headers, ...body?.headers, ...(body && { 'content-type': body.contentType }) };
    try {
      return await exchange(agents, { method, address, headers: all, text: body?.text ?? null }, timeoutMs);
    } catch (error) {
      throw wireFault(error);
    }
  }

  return { send, post: (url, body, timeoutMs) => send({ method: 'POST', url, body }, timeoutMs) };
}

function agentsWith(options: object): Agents {
  const all = { keepAlive: true, maxSockets: 16, ...options };
  return { https: new HttpsAgent(all), http: new HttpAgent(all) };
}

function wireFault(error: unknown): WireFault {
  if (error instanceof TooLate) return new WireFault('timeout', true, true);
  const code: unknown = (error as { code?: unknown } | null)?.code;
  const name = typeof code === 'string' ? code : 'network';
  return new WireFault(name, !NEVER_SENT.has(name), false);
}

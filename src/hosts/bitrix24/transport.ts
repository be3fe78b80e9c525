import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosInstance, isAxiosError } from 'axios';
import type { Endpoints } from './endpoints.js';
import { publicLookup } from './private-address.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  readonly location: string | null;
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
  post(url: string, body: HttpBody, timeoutMs: number): Promise<HttpAnswer>;
}

export interface HttpBody {
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A batch of 50 pages with every field is about 3 MB; far beyond it somebody plays a joke on us. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

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

export function axiosTransport(endpoints: Endpoints): Transport {
  const outside = { keepAlive: true, maxSockets: 16, lookup: publicLookup };
  const trusted = { keepAlive: true, maxSockets: 16 };
  const publicHttp = axiosWith(new HttpsAgent(outside), new HttpAgent(outside));
  const trustedHttp = axiosWith(new HttpsAgent(trusted), new HttpAgent(trusted));

  return {
    async post(url, body, timeoutMs) {
      const http = endpoints.trusted(new URL(url).origin) ? trustedHttp : publicHttp;
      // A total deadline: the idle timeout of a socket never fires on a host that drips one byte a second.
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await http.post<string>(url, body.text, {
          headers: { ...body.headers, 'content-type': body.contentType },
          signal: deadline,
        });
        const location: unknown = answer.headers['location'];
        return {
          status: answer.status,
          body: typeof answer.data === 'string' ? answer.data : '',
          location: typeof location === 'string' ? location : null,
        };
      } catch (error) {
        throw wireFault(error, deadline.aborted);
      }
    },
  };
}

function axiosWith(httpsAgent: HttpsAgent, httpAgent: HttpAgent): AxiosInstance {
  return axios.create({
    httpsAgent,
    httpAgent,
    maxRedirects: 0,
    // A proxy from the environment would resolve names for us and undo the guard against private addresses.
    proxy: false,
    responseType: 'text',
    transformResponse: [],
    transformRequest: [],
    validateStatus: () => true,
    maxContentLength: MAX_ANSWER_BYTES,
    headers: { accept: 'application/json', 'user-agent': 'Dozhim' },
  });
}

function wireFault(error: unknown, timedOut: boolean): WireFault {
  if (timedOut) return new WireFault('timeout', true, true);
  const code = isAxiosError(error) ? (error.code ?? 'network') : 'network';
  return new WireFault(code, !NEVER_SENT.has(code), false);
}

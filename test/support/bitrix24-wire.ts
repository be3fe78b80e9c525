import type { HostSession } from '../../src/contract/host.js';
import { RestClient, type Surroundings } from '../../src/hosts/bitrix24/client.js';
import { endpointsTrusting } from '../../src/hosts/bitrix24/endpoints.js';
import { axiosTransport } from '../../src/hosts/common/transport.js';

/** The host's own parts with real HTTP underneath and hardly any patience: fast for tests, and faked with nock. */
export function surroundings(requestTimeoutMs = 5000): Surroundings {
  const endpoints = endpointsTrusting([]);
  return {
    application: { clientId: 'local.wire', clientSecret: 'secret' },
    endpoints,
    transport: axiosTransport(endpoints),
    patience: { requestTimeoutMs, firstDelayMs: 1, longestDelayMs: 4, waitInPlaceMs: 200 },
    limits: 'cloud',
  };
}

export function restClient(session: HostSession, requestTimeoutMs?: number): RestClient {
  return new RestClient(session, surroundings(requestTimeoutMs));
}

export const PORTAL = 'https://portal.example.com';

/** What the portal wraps around a result. */
export function ok(result: unknown, more: Readonly<Record<string, unknown>> = {}) {
  return { result, ...more, time: { start: 1, finish: 2, duration: 1, processing: 1 } };
}

/** A batch's answer by PHP's rules: empty maps are lists. */
export function batchOk(
  results: Readonly<Record<string, unknown>>,
  errors: Readonly<Record<string, unknown>> = {},
  times: Readonly<Record<string, unknown>> = {},
) {
  const map = (value: Readonly<Record<string, unknown>>) => (Object.keys(value).length === 0 ? [] : value);
  return ok({
    result: map(results),
    result_error: map(errors),
    result_total: [],
    result_next: [],
    result_time: map(times),
  });
}

/** The commands of a batch request body, decoded. */
export function commandsOf(body: unknown): ReadonlyMap<string, { method: string; query: URLSearchParams }> {
  const { cmd } = body as { readonly cmd: Readonly<Record<string, string>> };
  return new Map(
    Object.entries(cmd).map(([key, text]) => {
      const [method = '', query = ''] = text.split(/\?(.*)/s);
      return [key, { method, query: new URLSearchParams(query) }];
    }),
  );
}

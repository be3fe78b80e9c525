import { ApiFailure, failureOf } from './failure.js';

export interface ApiClientOptions {
  readonly session: string;
  /** Brings a fresh session; rejects when the host gives none. */
  readonly renew: () => Promise<string>;
  readonly fetch?: typeof fetch;
  /** First pause before a write is repeated; doubled each time. */
  readonly retryPauseMs?: number;
}

/** Writing needs it, reading does not: it comes after the first paint. */
export function retries(): Promise<typeof import('p-retry')> {
  return import('p-retry').catch((cause: unknown) => {
    throw new ApiFailure(0, 'network', String(cause), null, false);
  });
}

const READ_LIMIT_MS = 15_000;
const WRITE_LIMIT_MS = 20_000;

/**
 * Our own HTTP API. The session lives in memory only; an expired one is renewed once for all callers that wait for it, and
 * the call is repeated once. Writes carry a key, so that repeating one after a broken connection never does it twice.
 */
export class ApiClient {
  #session: string;
  #renewal: Promise<string> | null = null;
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#session = options.session;
    this.#options = options;
  }

  /** Rejects with `ApiFailure`. */
  read<Answer>(path: string): Promise<Answer> {
    return this.#json<Answer>(path, { method: 'GET', signal: AbortSignal.timeout(READ_LIMIT_MS) });
  }

  /** Repeats by itself while the way is broken, under one key. Rejects with `ApiFailure`. */
  async write<Answer>(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body: unknown = {},
    options: { readonly keepalive?: boolean } = {},
  ): Promise<Answer> {
    const key = crypto.randomUUID();
    const { default: pRetry } = await retries();
    return pRetry(
      () =>
        this.#json<Answer>(path, {
          method,
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          signal: AbortSignal.timeout(WRITE_LIMIT_MS),
          ...(options.keepalive ? { keepalive: true } : {}),
        }),
      {
        retries: 3,
        factor: 2,
        minTimeout: this.#options.retryPauseMs ?? 700,
        randomize: true,
        shouldRetry: ({ error }) => error instanceof ApiFailure && error.passing,
      },
    );
  }

  /** An open answer to be read as it comes. Rejects with `ApiFailure`. */
  async stream(path: string, signal: AbortSignal, lastEventId: string | null): Promise<Response> {
    const headers: Record<string, string> = { accept: 'text/event-stream' };
    if (lastEventId !== null) headers['last-event-id'] = lastEventId;
    return this.#authorised(path, { method: 'GET', signal, headers });
  }

  async #json<Answer>(path: string, init: RequestInit): Promise<Answer> {
    const response = await this.#authorised(path, init);
    if (response.status === 204) return undefined as Answer;
    try {
      return (await response.json()) as Answer;
    } catch {
      throw new ApiFailure(
        0,
        'bad-answer',
        'the answer is not JSON',
        response.headers.get('x-request-id'),
        false,
      );
    }
  }

  async #authorised(path: string, init: RequestInit): Promise<Response> {
    const first = await this.#send(path, init, this.#session);
    if (first.status !== 401) return accepted(first);
    const failure = await failureOf(first);
    this.#renewal ??= this.#renewed(failure).finally(() => {
      this.#renewal = null;
    });
    return accepted(await this.#send(path, init, await this.#renewal));
  }

  async #renewed(failure: ApiFailure): Promise<string> {
    try {
      this.#session = await this.#options.renew();
      return this.#session;
    } catch {
      throw failure;
    }
  }

  async #send(path: string, init: RequestInit, session: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${session}`);
    try {
      return await (this.#options.fetch ?? fetch)(path, {
        ...init,
        headers,
        cache: 'no-store',
        credentials: 'omit',
      });
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : 'no connection';
      throw new ApiFailure(0, 'network', what, null, false);
    }
  }
}

async function accepted(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw await failureOf(response);
}

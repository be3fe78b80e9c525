import type { BeforeSend } from '../../contract/client.js';
import type { HostSession } from '../../contract/host.js';
import type { Lane } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { type Patience, persist } from '../common/patience.js';
import { phpQuery, type QueryTree } from '../common/query.js';
import { type Transport, WireFault } from '../common/transport.js';
import { NOT_FOUND, readBody, serverTimeOf, UNAUTHORISED } from './answers.js';
import type { Endpoints, Platform } from './endpoints.js';
import { Governor, type Pace } from './limits.js';

/** Our integration, as it is registered on one platform. */
export interface Application {
  readonly platform: Platform;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Registered address of return; equal byte by byte in every exchange, also when refreshing. */
  readonly redirectUri: string;
  /** A token that somebody made by hand for one account; it is never renewed. */
  readonly longLivedToken: string | null;
}

/** What every part of this host shares. */
export interface Surroundings {
  readonly application: Application;
  readonly endpoints: Endpoints;
  readonly transport: Transport;
  readonly patience: Patience;
  /** Null: accounts do not share a limit. */
  readonly pace: Pace | null;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the account's address, e.g. `/api/v4/leads`. */
  readonly path: string;
  readonly query?: QueryTree;
  readonly body?: unknown;
}

export interface CallManner {
  readonly lane: Lane;
  /** False: the work must not happen twice, so only failures before execution are repeated. */
  readonly repeatable: boolean;
  /** Awaited right before each request goes out; what it throws ends the call with nothing sent. See `HostClient.writeTasks`. */
  readonly beforeSend?: BeforeSend;
  /** Aborted: nobody waits for the answer any more, so a request that has not left yet stays. */
  readonly signal?: AbortSignal | undefined;
}

/** API calls of one account: limits, tokens, retries. Throws `CallFault`, which is a `HostError`. */
export class ApiClient {
  readonly #governor: Governor;
  #hostTime: { readonly at: Instant; readonly readAt: number } | null = null;

  constructor(
    readonly session: HostSession,
    readonly surroundings: Surroundings,
  ) {
    this.#governor = new Governor(session, surroundings.patience);
  }

  /** The answer's body; null where the host answers with nothing. */
  async call(request: ApiRequest, manner: CallManner): Promise<unknown> {
    return persist(() => this.callOnce(request, manner), this.surroundings.patience, !manner.repeatable);
  }

  async get(
    path: string,
    query: QueryTree = {},
    lane: Lane = 'high',
    signal?: AbortSignal,
  ): Promise<unknown> {
    return this.call({ method: 'GET', path, query }, { lane, repeatable: true, signal });
  }

  async callOnce(request: ApiRequest, manner: CallManner): Promise<unknown> {
    const token = await this.session.accessToken();
    try {
      return await this.#exchange(request, token, manner);
    } catch (error) {
      if (!(error instanceof CallFault) || !mayBeStale(error, request)) throw error;
      // An account that was renamed answers under its old name as if the token were wrong, or not at all. Renewing
      // finds its new name.
      const fresh = await this.session.renewToken(token);
      return this.#exchange(request, fresh, manner);
    }
  }

  /** The host's clock by its latest answer, carried on by ours; null before the first one. */
  hostTime(): Instant | null {
    const known = this.#hostTime;
    return known && known.at + Math.floor(performance.now() - known.readAt);
  }

  async #exchange(request: ApiRequest, token: string, manner: CallManner): Promise<unknown> {
    const probe = await this.#governor.admit(manner.lane, manner.signal);
    try {
      await this.surroundings.pace?.turn();
      const body = await this.#send(request, token, manner);
      await this.#governor.passed(probe);
      return body;
    } catch (error) {
      throw error instanceof CallFault ? await this.#governor.refused(error) : error;
    } finally {
      this.#governor.settled(probe);
    }
  }

  async #send(request: ApiRequest, token: string, manner: CallManner): Promise<unknown> {
    const { transport, patience } = this.surroundings;
    const { method, path, body } = request;
    const query = request.query ? phpQuery(request.query) : '';
    const call = {
      method,
      url: `${this.session.endpoint()}${path}${query === '' ? '' : `?${query}`}`,
      headers: { authorization: `Bearer ${token}`, 'x-client-uuid': this.surroundings.application.clientId },
      ...(body !== undefined && {
        body: { contentType: 'application/json' as const, text: JSON.stringify(body) },
      }),
    };
    const stillInTime = await manner.beforeSend?.();
    try {
      const timed = stillInTime ? { ...call, stillInTime } : call;
      const answer = await transport.send(timed, patience.requestTimeoutMs);
      const at = serverTimeOf(answer);
      if (at !== null) this.#hostTime = { at, readAt: performance.now() };
      return readBody(answer, nameOf(request), this.session.clock.now());
    } catch (error) {
      if (error instanceof WireFault) throw lostAnswer(error, nameOf(request), manner);
      throw error;
    }
  }
}

/** Without ids and queries: a name for logs and pauses. */
function nameOf({ method, path }: ApiRequest): string {
  return `${method} ${path.replace(/\/\d+/g, '/*')}`;
}

/** A list is never missing; when it seems so, nobody lives at this address any more. */
function mayBeStale(fault: CallFault, { path }: ApiRequest): boolean {
  return fault.code === UNAUTHORISED || (fault.code === NOT_FOUND && !/\/\d+(?:\/|$)/.test(path));
}

function lostAnswer(fault: WireFault, method: string, manner: CallManner): CallFault {
  const persistence = fault.timedOut ? 'timeout' : 'transient';
  const kind = fault.sent && !manner.repeatable ? 'unknownOutcome' : 'unavailable';
  return new CallFault({ kind, detail: fault.code }, persistence, fault.sent, '', method);
}

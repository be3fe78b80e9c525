import type { BeforeSend } from '../../contract/client.js';
import type { HostSession } from '../../contract/host.js';
import type { Lane } from '../../contract/streams.js';
import { type Envelope, readEnvelope } from './answers.js';
import { type BatchAnswer, type Command, readBatch, toCommandStrings } from './batch.js';
import { CallFault } from '../common/call-fault.js';
import type { Endpoints } from './endpoints.js';
import { isDeadToken } from './error-codes.js';
import { BUCKET_RULES, Governor, type PortalLimits } from './limits.js';
import { type Patience, persist } from '../common/patience.js';
import type { QueryTree } from '../common/query.js';
import type { Application } from './oauth.js';
import { provenNewHome } from './rename.js';
import { type HttpAnswer, type Transport, WireFault } from '../common/transport.js';

/** What every part of this host shares. */
export interface Surroundings {
  readonly application: Application;
  readonly endpoints: Endpoints;
  readonly transport: Transport;
  readonly patience: Patience;
  readonly limits: PortalLimits;
}

export interface CallManner {
  readonly lane: Lane;
  /** False: the work must not happen twice, so only failures before execution are repeated. */
  readonly repeatable: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Awaited right before each request goes out; what it throws ends the call with nothing sent. See `HostClient.writeTasks`. */
  readonly beforeSend?: BeforeSend;
}

export const READ: CallManner = { lane: 'high', repeatable: true };

/** REST calls of one account: limits, tokens, renames, retries. Throws `CallFault`, which is a `HostError`. */
export class RestClient {
  readonly #governor: Governor;

  constructor(
    readonly session: HostSession,
    readonly surroundings: Surroundings,
  ) {
    this.#governor = new Governor(session, surroundings.patience, BUCKET_RULES[surroundings.limits]);
  }

  async call(method: string, params: QueryTree, manner: CallManner = READ): Promise<Envelope> {
    return this.persist(() => this.callOnce(method, params, manner), manner);
  }

  async batch(commands: readonly Command[], manner: CallManner = READ): Promise<BatchAnswer> {
    return this.persist(() => this.batchOnce(commands, manner), manner);
  }

  /** Repeats a piece of work made of `…Once` calls as one. */
  async persist<Result>(work: () => Promise<Result>, manner: CallManner): Promise<Result> {
    return persist(work, this.surroundings.patience, !manner.repeatable);
  }

  async callOnce(method: string, params: QueryTree, manner: CallManner): Promise<Envelope> {
    await this.#governor.admit(new Set([method]), manner.lane);
    const envelope = await this.#exchange(method, params, manner);
    await this.#governor.observe(method, envelope.time);
    return envelope;
  }

  /** At most 50 commands. Faults of single commands are in the answer; what fails the whole request is thrown. */
  async batchOnce(commands: readonly Command[], manner: CallManner): Promise<BatchAnswer> {
    const methods = new Set(commands.map(({ method }) => method));
    await this.#governor.admit(new Set([...methods, 'batch']), manner.lane);
    const envelope = await this.#exchange('batch', { halt: 0, cmd: toCommandStrings(commands) }, manner);
    const answer = readBatch(envelope, commands, this.session.clock.now());
    await this.#governor.observe('batch', envelope.time);
    for (const method of methods) await this.#governor.observe(method, answer.timeOf(method));
    for (const pause of answer.pauses) await this.#governor.pause(pause.method, pause.until);
    return answer;
  }

  async #exchange(method: string, params: QueryTree, manner: CallManner): Promise<Envelope> {
    const token = await this.session.accessToken();
    try {
      return await this.#send(method, params, token, manner);
    } catch (error) {
      if (!(error instanceof CallFault) || !isDeadToken(error)) throw await this.#noted(error, method);
    }
    // An invalid token is renewed too: another process's refresh kills the access token that we still hold.
    const fresh = await this.session.renewToken(token);
    try {
      return await this.#send(method, params, fresh, manner);
    } catch (error) {
      throw await this.#noted(error, method);
    }
  }

  /** Tells the shared limits what a refusal said before it is thrown on. */
  async #noted(error: unknown, method: string): Promise<unknown> {
    if (!(error instanceof CallFault) || error.failure.kind !== 'throttled') return error;
    const { retryAt } = error.failure;
    if (error.code === 'query_limit_exceeded') await this.#governor.drained(retryAt);
    if (error.code === 'operation_time_limit') await this.#governor.pause(method, retryAt);
    if (error.code === 'overload_limit') {
      await this.#governor.pause('*', retryAt);
      this.session.log.warn('the portal blocked the app for overload', { method });
    }
    return error;
  }

  async #send(method: string, params: QueryTree, token: string, manner: CallManner): Promise<Envelope> {
    const answer = await this.#post(this.session.endpoint(), method, params, token, manner);
    const home = await this.#newHome(answer, token);
    const final = home ? await this.#post(home, method, params, token, manner) : answer;
    return readEnvelope(final, method, this.session.clock.now());
  }

  async #newHome(answer: HttpAnswer, token: string): Promise<string | null> {
    if (answer.status !== 301 && answer.status !== 302 && answer.status !== 307 && answer.status !== 308)
      return null;
    const home = await provenNewHome(answer.location, token, this.session, this.surroundings);
    await this.session.moved(home);
    return home;
  }

  async #post(
    endpoint: string,
    method: string,
    params: QueryTree,
    token: string,
    manner: CallManner,
  ): Promise<HttpAnswer> {
    const { transport, patience } = this.surroundings;
    // The token goes last: some old task methods read parameters by position.
    const text = JSON.stringify(manner.headers ? params : { ...params, auth: token });
    const headers = manner.headers && { ...manner.headers, authorization: `Bearer ${token}` };
    const body = { contentType: 'application/json' as const, text, ...(headers && { headers }) };
    const stillInTime = await manner.beforeSend?.();
    try {
      const call = {
        method: 'POST',
        url: `${endpoint}${method}`,
        body,
        ...(stillInTime && { stillInTime }),
      } as const;
      return await transport.send(call, manner.timeoutMs ?? patience.requestTimeoutMs);
    } catch (error) {
      if (error instanceof WireFault) throw lostAnswer(error, method, manner);
      throw error;
    }
  }
}

function lostAnswer(fault: WireFault, method: string, manner: CallManner): CallFault {
  const persistence = fault.timedOut ? 'timeout' : 'transient';
  const kind = fault.sent && !manner.repeatable ? 'unknownOutcome' : 'unavailable';
  return new CallFault({ kind, detail: fault.code }, persistence, fault.sent, '', method);
}

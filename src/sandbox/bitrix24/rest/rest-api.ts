import { createDeal, deleteDeal } from '../store/deal-actions.js';
import { NOBODY, type PortalStore } from '../store/portal-store.js';
import type { Fault, Faults } from '../server/faults.js';
import type { Limits } from '../server/limits.js';
import { RestError, RestV3Error } from '../wire/rest-error.js';
import { RowsPage } from '../wire/rows-page.js';
import { normalMethod, readCommands, resolveReferences } from './batch.js';
import { causeOf, checkRights, type Answer, type Caller, type Method } from './method.js';
import { asFlag, asRecord, asText, Params, phpContainer } from './params.js';
import type { MethodRegistry } from './registry.js';
import type { IdempotencyStore } from './task-v3-methods.js';

const MAX_COMMANDS = 50;

/** Body of an answer as a tree; pages of rows inside are already written. */
export type AnswerTree = Readonly<Record<string, unknown>>;

/** Runs single calls and batches, bills them, and puts them into the host's envelope. */
export class RestApi {
  constructor(
    private readonly store: PortalStore,
    private readonly registry: MethodRegistry,
    private readonly limits: Limits,
    private readonly faults: Faults,
    private readonly idempotency: IdempotencyStore,
  ) {}

  async single(name: string, params: Params, caller: Caller): Promise<AnswerTree> {
    const started = this.store.clock.now();
    const answer = await this.call(name, params, caller);
    const { result, total, next } = answer;
    return { result, next, total, time: this.time(started, ownerOf(caller), name) };
  }

  async batch(params: Params, caller: Caller): Promise<AnswerTree> {
    const started = this.store.clock.now();
    const halt = asFlag(params.get('halt'));
    const raw = new Map<string, unknown>();
    const parts = { result: {}, error: {}, total: {}, next: {}, time: {} } as Record<
      'result' | 'error' | 'total' | 'next' | 'time',
      Record<string, unknown>
    >;
    const owner = ownerOf(caller);
    for (const [index, command] of readCommands(params.get('cmd')).entries()) {
      const begun = this.store.clock.now();
      try {
        if (index >= MAX_COMMANDS) {
          throw new RestError(400, 'ERROR_BATCH_LENGTH_EXCEEDED', 'Max batch length exceeded');
        }
        if (command.method === 'batch') {
          throw new RestError(405, 'ERROR_BATCH_METHOD_NOT_ALLOWED', 'Method is not allowed for batch usage');
        }
        const query = asRecord(resolveReferences(command.query, raw));
        const answer = await this.call(command.method, new Params(query), caller, true);
        raw.set(command.key, answer.result);
        parts.result[command.key] = answer.result;
        if (answer.total !== undefined) {
          parts.total[command.key] = answer.total;
        }
        if (answer.next !== undefined) {
          parts.next[command.key] = answer.next;
        }
        parts.time[command.key] = this.time(begun, owner, this.billed(command.method));
      } catch (error) {
        parts.error[command.key] = refusalOf(error);
        if (halt) {
          break;
        }
      }
    }
    return {
      result: {
        result: phpContainer(parts.result),
        result_error: phpContainer(parts.error),
        result_total: phpContainer(parts.total),
        result_next: phpContainer(parts.next),
        result_time: phpContainer(parts.time),
      },
      time: this.time(started, owner, 'batch'),
    };
  }

  /** A single REST 3.0 call; `key` is the `Idempotency-Key`. */
  async v3(
    name: string,
    body: Readonly<Record<string, unknown>>,
    caller: Caller,
    key: string | null,
  ): Promise<{ readonly tree: AnswerTree; readonly replayed: boolean }> {
    const started = this.store.clock.now();
    const owner = ownerOf(caller);
    const { auth: _auth, ...payload } = body;
    const text = JSON.stringify(payload);
    const scope = `${owner}\n${caller.person.id}\n${name}`;
    const known = key === null ? null : this.idempotency.look(scope, key, text);
    const answer = known ?? (await this.callV3(name, payload, caller));
    if (key !== null && known === null) {
      this.idempotency.keep(scope, key, text, answer);
    }
    return {
      tree: { result: answer.result, time: this.time(started, owner, name) },
      replayed: known !== null,
    };
  }

  /** The bare list of REST 3.0: in order, and all or nothing. */
  async v3Batch(commands: readonly unknown[], caller: Caller): Promise<AnswerTree> {
    const started = this.store.clock.now();
    const results: unknown[] = [];
    for (const command of commands) {
      const { method, query } = asRecord(command);
      if (asText(method) === '') {
        throw new RestV3Error(400, 'INVALIDSELECTEXCEPTION', 'A command must name its method');
      }
      const answer = await this.callV3(normalMethod(asText(method)), asRecord(query), caller);
      results.push(answer.result);
    }
    return { result: results, time: this.time(started, ownerOf(caller), 'batch') };
  }

  private async callV3(
    name: string,
    payload: Readonly<Record<string, unknown>>,
    caller: Caller,
  ): Promise<Answer> {
    const method = this.registry.findV3(name);
    if (method === undefined) {
      throw new RestV3Error(404, 'METHODNOTFOUNDEXCEPTION', `Method ${name} is not found`);
    }
    return this.run(method, new Params(payload), caller, false);
  }

  private async call(name: string, params: Params, caller: Caller, inBatch = false): Promise<Answer> {
    const method = this.registry.find(name);
    if (method === undefined) {
      throw new RestError(404, 'ERROR_METHOD_NOT_FOUND', 'Method not found!');
    }
    const fault = this.faults.takeInner(method.name);
    if (fault?.kind === 'inner-error') {
      throw new RestError(400, fault.code, 'The method failed');
    }
    const answer = await this.run(method, ordered(method, params), caller, inBatch);
    return fault === null ? answer : this.spoil(fault, answer);
  }

  private async run(method: Method, params: Params, caller: Caller, inBatch: boolean): Promise<Answer> {
    checkRights(method, caller);
    const owner = ownerOf(caller);
    const billed = inBatch ? this.billed(method.name) : method.name;
    this.limits.checkOperating(owner, billed);
    const answer = await method.run({ caller, params, cause: causeOf(caller, params) });
    this.limits.charge(owner, billed, this.limits.cost(method.name));
    return answer;
  }

  private billed(method: string): string {
    return this.limits.settings.batchAccounting === 'measured' ? 'batch' : method;
  }

  private spoil(fault: Fault, answer: Answer): Answer {
    if (fault.kind === 'drift') {
      this.drift(fault.amount);
      return answer;
    }
    return { result: emptied(answer.result), total: 0 };
  }

  /** Rows already passed by a walk go, so that offsets shift; as many come at the end. */
  private drift(rows: number): void {
    for (let index = 0; index < rows; index++) {
      const first = this.store.deals.rowAt(0);
      if (first !== undefined) {
        deleteDeal(this.store, first, NOBODY);
        createDeal(this.store, { title: 'Drift' }, NOBODY);
      }
    }
  }

  time(started: number, owner: string, method: string): Readonly<Record<string, unknown>> {
    const finish = this.store.clock.now();
    const duration = Math.max(0.001, (finish - started) / 1000);
    return {
      start: started / 1000,
      finish: finish / 1000,
      duration,
      processing: duration,
      date_start: this.store.zone.iso(Math.floor(started / 1000)),
      date_finish: this.store.zone.iso(Math.floor(finish / 1000)),
      operating_reset_at: this.limits.resetAt(owner, method),
      operating: Number(this.limits.operating(owner, method).toFixed(6)),
    };
  }
}

/** Whose operating time it is: the application's, or the webhook's. */
export function ownerOf(caller: Caller): string {
  return caller.application?.id ?? `webhook ${caller.person.id}`;
}

function ordered(method: Method, params: Params): Params {
  if (method.positional === undefined) {
    return params;
  }
  return new Params(Object.fromEntries(method.positional.map((name, index) => [name, params.values[index]])));
}

function refusalOf(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof RestError) {
    return error.body();
  }
  throw error;
}

function emptied(result: unknown): unknown {
  if (result instanceof RowsPage || Array.isArray(result)) {
    return [];
  }
  return Object.fromEntries(
    Object.entries(asRecord(result)).map(([key, value]) => [
      key,
      value instanceof RowsPage || Array.isArray(value) ? [] : value,
    ]),
  );
}

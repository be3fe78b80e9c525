import type { Instant } from '../../domain/crm/time.js';
import { isObject, type JsonObject } from '../common/json.js';
import { type Envelope, errorOf, readTime, type TimeFacts } from './answers.js';
import { CallFault } from '../common/call-fault.js';
import { faultOfCode } from './error-codes.js';
import { textOf } from '../common/values.js';
import { phpQuery, type QueryTree } from '../common/query.js';

/** The host's own bound; one more and, depending on the version, all or the rest fail. */
export const BATCH_SIZE = 50;

export interface Command {
  /** Starts with a letter: numeric keys would turn the answer into a list. */
  readonly key: string;
  readonly method: string;
  readonly params: QueryTree;
}

export type CommandAnswer =
  | {
      readonly kind: 'ok';
      readonly value: unknown;
      readonly next: number | null;
      readonly total: number | null;
    }
  | { readonly kind: 'failed'; readonly fault: CallFault }
  /** Neither a result nor an error: nobody knows. */
  | { readonly kind: 'missing' };

export interface BatchAnswer {
  of(key: string): CommandAnswer;
  /** The fullest reading of a method's operating time in this answer. */
  timeOf(method: string): TimeFacts;
  /** Methods that the host paused for us while the batch ran. */
  readonly pauses: readonly { readonly method: string; readonly until: Instant }[];
  readonly time: TimeFacts;
}

export function toCommandStrings(commands: readonly Command[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    commands.map(({ key, method, params }) => [key, `${method}?${phpQuery(params)}`]),
  );
}

/** Throws `CallFault` when the envelope is not that of a batch. */
export function readBatch(envelope: Envelope, commands: readonly Command[], now: Instant): BatchAnswer {
  const body = envelope.result;
  if (!isObject(body) || body['result'] === undefined) {
    throw new CallFault(
      { kind: 'unavailable', detail: 'a batch without results' },
      'transient',
      true,
      '',
      'batch',
    );
  }
  const parts = {
    results: mapOf(body['result']),
    errors: mapOf(body['result_error']),
    totals: mapOf(body['result_total']),
    nexts: mapOf(body['result_next']),
    times: mapOf(body['result_time']),
  };
  const answers = new Map<string, CommandAnswer>();
  for (const [index, command] of commands.entries())
    answers.set(command.key, readPart(parts, command, index, now));
  return {
    of: (key) => answers.get(key) ?? { kind: 'missing' },
    timeOf: (method) => fullestTime(commands, method, parts.times),
    pauses: [...answers.values()].flatMap(pauseOf),
    time: envelope.time,
  };
}

interface Parts {
  readonly results: JsonObject;
  readonly errors: JsonObject;
  readonly totals: JsonObject;
  readonly nexts: JsonObject;
  readonly times: JsonObject;
}

/** PHP writes an empty map as `[]` and a map with keys 0, 1, … as a list: both become maps again. */
function mapOf(value: unknown): JsonObject {
  if (Array.isArray(value)) return Object.fromEntries(value.entries());
  return isObject(value) ? value : {};
}

function readPart(parts: Parts, command: Command, index: number, now: Instant): CommandAnswer {
  const { key, method } = command;
  const error = pick(parts.errors, key, index);
  if (error !== undefined) {
    const time = readTime(pick(parts.times, key, index));
    const said = isObject(error) ? errorOf(error) : null;
    const fault = faultOfCode(said ?? { code: '', text: textOf(error) ?? '' }, {
      status: 400,
      method,
      now,
      time,
    });
    return { kind: 'failed', fault };
  }
  const value = pick(parts.results, key, index);
  if (value === undefined || value === null) return { kind: 'missing' };
  return { kind: 'ok', value, next: numberIn(parts.nexts, key), total: numberIn(parts.totals, key) };
}

function pick(map: JsonObject, key: string, index: number): unknown {
  return map[key] ?? map[String(index)];
}

function numberIn(map: JsonObject, key: string): number | null {
  const value = map[key];
  return typeof value === 'number' ? value : null;
}

function pauseOf(answer: CommandAnswer): readonly { readonly method: string; readonly until: Instant }[] {
  if (answer.kind !== 'failed' || answer.fault.code !== 'operation_time_limit') return [];
  const { failure } = answer.fault;
  if (failure.kind !== 'throttled' || !failure.method) return [];
  return [{ method: failure.method, until: failure.retryAt }];
}

const NO_TIME: TimeFacts = { finishedAt: null, operating: null, operatingResetAt: null, duration: null };

function fullestTime(commands: readonly Command[], method: string, times: JsonObject): TimeFacts {
  let fullest = NO_TIME;
  for (const [index, command] of commands.entries()) {
    if (command.method !== method) continue;
    const time = readTime(pick(times, command.key, index));
    if ((time.operating ?? -1) > (fullest.operating ?? -1)) fullest = time;
  }
  return fullest;
}

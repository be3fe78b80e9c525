import type { Instant } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { faultOfCode } from './error-codes.js';
import { isObject, type JsonObject, parseObject } from '../common/json.js';
import type { HttpAnswer } from '../common/transport.js';

export interface Envelope {
  readonly result: unknown;
  readonly total: number | null;
  readonly next: number | null;
  readonly time: TimeFacts;
}

/** What `time` says; every part may be missing (self-hosted portals, old versions). */
export interface TimeFacts {
  /** The host's clock at the end of the call. */
  readonly finishedAt: Instant | null;
  /** Seconds of the last ten minutes billed to this method. */
  readonly operating: number | null;
  readonly operatingResetAt: Instant | null;
  /** Wall seconds inside the host. */
  readonly duration: number | null;
}

/** Throws `CallFault` on everything that is not a proper answer, whatever its HTTP status says. */
export function readEnvelope(answer: HttpAnswer, method: string, now: Instant): Envelope {
  const body = parseObject(answer.body);
  if (!body) throw oddAnswer(answer, method);
  const error = errorOf(body);
  if (error) throw faultOfCode(error, { status: answer.status, method, now, time: readTime(body['time']) });
  if (answer.status < 200 || answer.status > 299 || body['result'] === undefined || body['result'] === null) {
    throw oddAnswer(answer, method);
  }
  return {
    result: body['result'],
    total: numberOf(body['total']),
    next: numberOf(body['next']),
    time: readTime(body['time']),
  };
}

export interface HostErrorText {
  readonly code: string;
  readonly text: string;
}

/** Classic errors are two strings, REST 3.0 has an object, and an empty code is an error all the same. */
export function errorOf(body: JsonObject): HostErrorText | null {
  const error = body['error'];
  if (error === undefined || error === null) return null;
  if (isObject(error)) return { code: textOf(error['code']), text: textOf(error['message']) };
  const description = body['error_description'] ?? body['error_message'];
  return { code: textOf(error), text: textOf(description) };
}

export function readTime(value: unknown): TimeFacts {
  const time = isObject(value) ? value : {};
  const finish = numberOf(time['finish']);
  const reset = numberOf(time['operating_reset_at']);
  return {
    finishedAt: finish === null ? null : Math.round(finish * 1000),
    operating: numberOf(time['operating']),
    operatingResetAt: reset === null ? null : Math.round(reset * 1000),
    duration: numberOf(time['duration']),
  };
}

function oddAnswer(answer: HttpAnswer, method: string): CallFault {
  if (answer.status === 413) return new CallFault({ kind: 'tooLarge' }, 'never', false, '', method);
  const what =
    answer.body === '' ? 'an empty body' : answer.body.trimStart().startsWith('<') ? 'HTML' : 'no result';
  const detail = `HTTP ${answer.status} with ${what}`;
  return new CallFault({ kind: 'unavailable', detail }, 'transient', true, '', method);
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

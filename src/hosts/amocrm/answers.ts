import type { HostFailure } from '../../contract/failure.js';
import type { Instant } from '../../domain/crm/time.js';
import { CallFault, type Persistence } from '../common/call-fault.js';
import { isObject, type JsonObject } from '../common/json.js';
import type { HttpAnswer } from '../common/transport.js';
import { numberOf, rowsOf, textOf } from '../common/values.js';

/** Codes of our own by which the client tells faults apart. */
export const UNAUTHORISED = 'unauthorised';
export const NOT_FOUND = 'not found';
export const THROTTLED = 'throttled';
export const BLOCKED = 'blocked';
export const TOO_SLOW = 'too slow';

/** One bad element fails a whole request; this says which elements and why. Nothing of the request was written. */
export class ValidationFault extends CallFault {
  constructor(
    /** What was wrong, by the `request_id` of the element; empty when the host does not say. */
    readonly offenders: ReadonlyMap<string, string>,
    where: string,
    method: string,
  ) {
    super({ kind: 'malformed', where }, 'never', false, 'validation', method);
  }
}

/**
 * The body of a proper answer; null for an empty one (204), which is how the host says "nothing here". Throws
 * `CallFault`. Texts of the host are translated and never compared; some refusals come as HTML or plain text.
 */
export function readBody(answer: HttpAnswer, method: string, now: Instant): unknown {
  const { status } = answer;
  if (status === 204) return null;
  const body = parsed(answer.body);
  if (status >= 200 && status <= 202) {
    if (typeof body === 'object' && body !== null) return body;
    throw unavailable(`HTTP ${status} without JSON`, method);
  }
  throw faultOf(answer, isObject(body) ? body : null, method, now);
}

/** The host's clock when it answered, in whole seconds. */
export function serverTimeOf(answer: HttpAnswer): Instant | null {
  const at = Date.parse(answer.headers['date'] ?? '');
  return Number.isNaN(at) ? null : at;
}

function faultOf(answer: HttpAnswer, body: JsonObject | null, method: string, now: Instant): CallFault {
  const fault = (failure: HostFailure, code: string, persistence: Persistence = 'never') =>
    new CallFault(failure, persistence, false, code, method);
  switch (answer.status) {
    case 400:
      return validationFault(body, method);
    case 401:
      return fault({ kind: 'reauthorise', detail: hintOf(body) }, UNAUTHORISED);
    case 402:
      return fault({ kind: 'paymentRequired' }, '');
    case 403:
      // A refusal of rights is explained in JSON; the ban is a bare page of the web server.
      if (body) return fault({ kind: 'forbidden', scope: method }, '');
      return fault({ kind: 'unavailable', detail: 'the account blocks our requests (HTTP 403)' }, BLOCKED);
    case 404:
      return fault({ kind: 'gone' }, NOT_FOUND);
    case 413:
      return fault({ kind: 'tooLarge' }, '');
    case 429:
      return fault({ kind: 'throttled', retryAt: now + retryMs(answer, body) }, THROTTLED, 'throttle');
    case 504:
      return new CallFault({ kind: 'unavailable', detail: 'HTTP 504' }, 'timeout', true, TOO_SLOW, method);
    default:
      if (answer.status >= 500) return unavailable(`HTTP ${answer.status}`, method);
      if (answer.status < 400) return unavailable(`HTTP ${answer.status}: a redirect`, method, 'doubtful');
      return fault({ kind: 'malformed', where: `HTTP ${answer.status}` }, '');
  }
}

function validationFault(body: JsonObject | null, method: string): ValidationFault {
  const offenders = new Map<string, string>();
  for (const each of rowsOf(body?.['validation-errors'])) {
    const id = textOf(each['request_id']);
    const errors = rowsOf(each['errors']).map((error) => `${plain(error['code'])} ${plain(error['path'])}`);
    if (id !== null) offenders.set(id, errors.join(', ') || 'refused');
  }
  const where = [...offenders.values()].slice(0, 3).join('; ') || 'the host does not say what';
  return new ValidationFault(offenders, where, method);
}

/** Codes and paths only: the texts may repeat what a customer wrote. */
function plain(value: unknown): string {
  return (textOf(value) ?? '').replace(/[^\w.\-[\]]/g, '').slice(0, 60);
}

function hintOf(body: JsonObject | null): string {
  const hint = textOf(body?.['hint']);
  return hint === null ? 'the token is not accepted' : hint.replace(/[^\w .,-]/g, '').slice(0, 80);
}

const LONGEST_PAUSE_MS = 10 * 60_000;

/** Zero when the host does not say: the client then chooses. */
function retryMs(answer: HttpAnswer, body: JsonObject | null): number {
  const seconds = numberOf(body?.['retry_after']) ?? numberOf(answer.headers['retry-after']) ?? 0;
  return Math.min(Math.max(seconds, 0) * 1000, LONGEST_PAUSE_MS);
}

function unavailable(detail: string, method: string, persistence: Persistence = 'transient'): CallFault {
  return new CallFault({ kind: 'unavailable', detail }, persistence, true, '', method);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

import type { HostFailure } from '../../contract/failure.js';
import type { Instant } from '../../domain/crm/time.js';
import type { HostErrorText, TimeFacts } from './answers.js';
import { CallFault, type Persistence } from '../common/call-fault.js';

/** After this block only the vendor's support helps; asking more often makes it worse. */
const OVERLOAD_PAUSE_MS = 60 * 60 * 1000;
/** The sheet's minimum when the host names no reset. */
const METHOD_PAUSE_MS = 10_000;
/** The operating window is ten minutes long: no honest reset is farther away. */
const LONGEST_METHOD_PAUSE_MS = 10 * 60 * 1000;
/** The host's bucket gives back one request in this time. */
const BUCKET_STEP_MS = 500;

const FORBIDDEN = new Set([
  'access_denied',
  'insufficient_scope',
  'user_access_error',
  'invalid_credentials',
  'allowed_only_intranet_user',
  'wrong_auth_type',
  'error_method_not_found',
  'method_confirm_waiting',
  'method_confirm_denied',
  'error_wrong_context',
]);
const DEAD_TOKEN = new Set(['expired_token', 'invalid_token', 'no_auth_found']);
const PAYMENT = new Set(['payment_required', 'application_payment_required']);
const DISCONNECTED = new Set([
  'portal_deleted',
  'application_not_installed',
  'invalid_client',
  'wrong_client',
]);
const GONE = new Set(['not_found', 'error_not_found', 'owner_not_found', '1048582']);
const PASSING = new Set(['internal_server_error', 'error_unexpected_answer', 'bad_gateway']);
const TOO_LARGE = new Set(['error_batch_length_exceeded']);
/** Codes that say nothing; with them comes anything from a hiccup to a wrong field. */
const EMPTY = new Set(['', '0', '100', 'error_core']);

/** Whether a fresh token may help. */
export function isDeadToken(fault: CallFault): boolean {
  return DEAD_TOKEN.has(fault.code);
}

/** One table for single calls and for the parts of a batch. Codes come in any case. */
export function faultOfCode(error: HostErrorText, context: FaultContext): CallFault {
  const { status, method } = context;
  const code = error.code.trim().toLowerCase();
  const known = knownFault(code, context);
  if (known) return new CallFault(known.failure, known.persistence, false, code, method);
  if (PASSING.has(code) || (status >= 500 && status <= 599)) {
    const detail = `HTTP ${status} ${code}`;
    return new CallFault({ kind: 'unavailable', detail }, 'transient', true, code, method);
  }
  const failure: HostFailure = { kind: 'malformed', where: `${code || 'no code'}: ${plainText(error.text)}` };
  const doubtful = EMPTY.has(code) || (status >= 200 && status <= 299);
  return new CallFault(failure, doubtful ? 'doubtful' : 'never', false, code, method);
}

export interface FaultContext {
  readonly status: number;
  readonly method: string;
  /** Our clock when the answer came. */
  readonly now: Instant;
  readonly time: TimeFacts | null;
}

interface KnownFault {
  readonly failure: HostFailure;
  readonly persistence: Persistence;
}

function knownFault(code: string, context: FaultContext): KnownFault | null {
  const limit = limitFault(code, context);
  if (limit) return limit;
  const failure = finalFailure(code, context.method);
  return failure && { failure, persistence: 'never' };
}

function limitFault(code: string, context: FaultContext): KnownFault | null {
  const { now, method } = context;
  if (code === 'query_limit_exceeded') {
    return { failure: { kind: 'throttled', retryAt: now + BUCKET_STEP_MS }, persistence: 'throttle' };
  }
  if (code === 'operation_time_limit') {
    const retryAt = now + methodPauseMs(context);
    return { failure: { kind: 'throttled', retryAt, method }, persistence: 'throttle' };
  }
  if (code !== 'overload_limit') return null;
  return { failure: { kind: 'throttled', retryAt: now + OVERLOAD_PAUSE_MS }, persistence: 'never' };
}

function finalFailure(code: string, method: string): HostFailure | null {
  if (DEAD_TOKEN.has(code) || DISCONNECTED.has(code)) return { kind: 'reauthorise', detail: code };
  if (PAYMENT.has(code)) return { kind: 'paymentRequired' };
  if (FORBIDDEN.has(code)) return { kind: 'forbidden', scope: `${method} (${code})` };
  if (GONE.has(code)) return { kind: 'gone' };
  return TOO_LARGE.has(code) ? { kind: 'tooLarge' } : null;
}

/** The reset is told by the host's clock; what counts is how far it is away, so that a wrong clock of ours is harmless. */
function methodPauseMs(context: FaultContext): number {
  const resetAt = context.time?.operatingResetAt;
  if (resetAt === null || resetAt === undefined) return METHOD_PAUSE_MS;
  const away = resetAt - (context.time?.finishedAt ?? context.now);
  return Math.min(Math.max(away, METHOD_PAUSE_MS), LONGEST_METHOD_PAUSE_MS);
}

/** The host's texts hold HTML; the start is enough for a log line. */
function plainText(text: string): string {
  return text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}

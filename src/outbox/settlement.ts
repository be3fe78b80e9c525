import type { TaskWrite, TaskWriteOutcome } from '../contract/client.js';
import { decideOnFailure, type FailureDecision } from '../contract/failure-policy.js';
import type { HostTask } from '../domain/crm/records.js';
import type { Instant } from '../domain/crm/time.js';
import { afterWrite, appliedByCreation, effectOf, withPending } from './applied-task.js';
import { nextStep } from './next-write.js';
import type { AppliedTask, OutboxState, OutboxTask } from './task.types.js';

/** What a row becomes after an attempt; recorded only while the row is still ours. */
export interface Settlement {
  readonly key: string;
  /** The wish that was acted on: a newer one makes the row due at once. */
  readonly rev: number;
  readonly state: OutboxState;
  readonly hostTaskId: string | null;
  readonly applied: AppliedTask | null;
  /** When to look again; null: there is nothing to do. */
  readonly delayMs: number | null;
  readonly attempts: number;
  readonly fault: string | null;
}

/** A lost answer is often followed by a task that is there: the first look costs little. */
const FIRST_LOOK_MS = 1_000;

/** Pure: an outcome of `writeTasks`. `decision` is what the policy says about a refusal. */
export function settleWrite(
  task: OutboxTask,
  write: TaskWrite,
  outcome: TaskWriteOutcome,
  decision: FailureDecision | null,
  now: Instant,
): Settlement {
  if (outcome.kind === 'ok') return carriedOut(task, write, outcome.taskId, outcome.modifiedAt);
  if (outcome.kind === 'unknown' || !decision) return uncertain(task, write);
  return refused(task, write, decision, now);
}

/** What the policy says about this outcome; null unless it is a refusal. */
export function decisionOn(
  task: OutboxTask,
  outcome: TaskWriteOutcome,
  now: Instant,
  jitter: number,
): FailureDecision | null {
  if (outcome.kind !== 'refused') return null;
  return decideOnFailure(outcome.failure, task.attempts + 1, now, jitter);
}

function carriedOut(
  task: OutboxTask,
  write: TaskWrite,
  taskId: string,
  modifiedAt: Instant | null,
): Settlement {
  const creation = write.kind === 'create';
  const base = creation || !task.applied ? appliedByCreation(task.desired) : task.applied;
  const applied = afterWrite(base, effectOf(write, task.desired), modifiedAt);
  const hostTaskId = creation ? taskId : task.hostTaskId;
  return settled(task, { ...task, state: 'created', hostTaskId, applied });
}

/** Nobody knows whether a creation happened; a change of an existing task is simply repeated. */
function uncertain(task: OutboxTask, write: TaskWrite): Settlement {
  const attempts = task.attempts + 1;
  const applied = underWay(task, write);
  if (write.kind === 'create') {
    return { ...unchanged(task), state: 'unknown', applied, delayMs: FIRST_LOOK_MS, attempts };
  }
  return { ...unchanged(task), applied, delayMs: FIRST_LOOK_MS * Math.min(attempts, 60), attempts };
}

/** What the row says while the write is under way; stored before the request goes out. */
export function underWay(task: OutboxTask, write: TaskWrite): AppliedTask {
  if (write.kind === 'create' || !task.applied) return appliedByCreation(task.desired);
  return withPending(task.applied, effectOf(write, task.desired));
}

function refused(task: OutboxTask, write: TaskWrite, decision: FailureDecision, now: Instant): Settlement {
  const state: OutboxState = write.kind === 'create' ? 'planned' : 'created';
  const applied = write.kind === 'create' ? null : withoutPending(task.applied);
  const back = { ...unchanged(task), state, applied };
  switch (decision.kind) {
    case 'retry':
      return { ...back, delayMs: decision.at - now, attempts: task.attempts + 1 };
    case 'pause':
      return { ...back, delayMs: Math.max(0, decision.at - now) };
    case 'shrink':
      return { ...back, delayMs: 0, attempts: task.attempts + 1 };
    case 'reconnect':
      return { ...back, delayMs: 0 };
    case 'lookUp':
      return uncertain(task, write);
    case 'forget':
      if (write.kind !== 'create') return gone(task);
      return failed(task, 'the deal or the owner is not there');
    case 'deadLetter':
      return failed(task, decision.reason);
  }
}

/**
 * Pure: the host was asked about an uncertain creation. "Not there" is believed only after `waitMs`: until then the
 * request may still be under way inside the host.
 */
export function settleLookUp(
  task: OutboxTask,
  found: HostTask | undefined,
  now: Instant,
  waitMs: number,
): Settlement {
  if (found) {
    const applied = task.applied ?? appliedByCreation(task.desired);
    return settled(task, { ...task, state: 'created', hostTaskId: found.id, applied });
  }
  const left = (task.sendingAt ?? now) + waitMs - now;
  if (left > 0) return { ...unchanged(task), state: 'unknown', delayMs: left };
  return notThere(task);
}

/** Pure: the host surely does not have it. */
export function notThere(task: OutboxTask): Settlement {
  const wanted = task.desired.state === 'open';
  return {
    ...unchanged(task),
    state: wanted ? 'planned' : 'withdrawn',
    applied: null,
    delayMs: wanted ? 0 : null,
  };
}

/** The row as it was, to be looked at later. */
export function postponed(task: OutboxTask, delayMs: number): Settlement {
  return { ...unchanged(task), delayMs };
}

/** Nothing is left to do, or the next step follows at once. */
export function settled(task: OutboxTask, after: OutboxTask): Settlement {
  const next = nextStep(after);
  return {
    ...unchanged(task),
    state: next.kind === 'withdraw' ? 'withdrawn' : after.state,
    hostTaskId: after.hostTaskId,
    applied: after.applied,
    delayMs: next.kind === 'write' || next.kind === 'lookUp' ? 0 : null,
    attempts: 0,
  };
}

export function gone(task: OutboxTask): Settlement {
  return { ...unchanged(task), state: 'gone', delayMs: null };
}

export function failed(task: OutboxTask, reason: string): Settlement {
  return {
    ...unchanged(task),
    state: 'failed',
    applied: withoutPending(task.applied),
    delayMs: null,
    attempts: task.attempts + 1,
    fault: reason,
  };
}

function unchanged(task: OutboxTask): Settlement {
  return {
    key: task.key,
    rev: task.desiredRev,
    state: task.state,
    hostTaskId: task.hostTaskId,
    applied: task.applied,
    delayMs: null,
    attempts: task.attempts,
    fault: null,
  };
}

function withoutPending(applied: AppliedTask | null): AppliedTask | null {
  return applied && { ...applied, pending: {} };
}

import type { TaskDraft, TaskWrite } from '../contract/client.js';
import { draftOf, sameField } from './applied-task.js';
import type { AppliedTask, DesiredTask, OutboxTask, TaskField } from './task.types.js';

/** What has to happen with a row next. */
export type NextStep =
  | { readonly kind: 'write'; readonly write: TaskWrite }
  /** A request may have gone out: ask the host before anything is sent. */
  | { readonly kind: 'lookUp' }
  /** No longer wanted and never sent. */
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'nothing' };

/** Pure: compares what is wanted with what is there. Repeated until it says `nothing`. */
export function nextStep(task: OutboxTask): NextStep {
  switch (task.state) {
    case 'planned':
      return task.desired.state === 'open' ? creation(task) : { kind: 'withdraw' };
    case 'sending':
    case 'unknown':
      return { kind: 'lookUp' };
    case 'created':
      return correction(task);
    case 'withdrawn':
    case 'gone':
    case 'failed':
      return { kind: 'nothing' };
  }
}

function creation(task: OutboxTask): NextStep {
  return {
    kind: 'write',
    write: { kind: 'create', key: task.key, task: draftOf(task.dealId, task.desired) },
  };
}

function correction({ desired, applied, hostTaskId }: OutboxTask): NextStep {
  if (!applied || hostTaskId === null) return { kind: 'nothing' };
  const wanted = applied.byHand.includes('state') ? applied.content.state : desired.state;
  if (wanted === 'open' && applied.content.state !== 'open') {
    return { kind: 'write', write: { kind: 'reopen', taskId: hostTaskId } };
  }
  // Completed or cancelled, the task is closed: nobody gains from closing it in another way.
  if (wanted !== 'open') {
    return applied.content.state === 'open' ? closing(hostTaskId, desired) : { kind: 'nothing' };
  }
  const changes = changesOf(desired, applied);
  return Object.keys(changes).length > 0
    ? { kind: 'write', write: { kind: 'update', taskId: hostTaskId, changes } }
    : { kind: 'nothing' };
}

function closing(taskId: string, desired: DesiredTask): NextStep {
  if (desired.state === 'cancelled') {
    return { kind: 'write', write: { kind: 'cancel', taskId, comment: desired.comment ?? '' } };
  }
  const comment = desired.comment === null ? {} : { comment: desired.comment };
  return { kind: 'write', write: { kind: 'complete', taskId, ...comment } };
}

const WRITTEN = ['title', 'description', 'ownerId', 'dueAt', 'durationMinutes'] as const;

function changesOf(desired: DesiredTask, applied: AppliedTask): Partial<TaskDraft> {
  const changed = WRITTEN.filter(
    (name) => !sameField(name, desired, applied.content) && !applied.byHand.includes(name as TaskField),
  );
  return Object.fromEntries(changed.map((name) => [name, desired[name]]));
}

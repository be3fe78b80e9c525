import type { TaskDraft, TaskWrite } from '../contract/client.js';
import type { HostTask, HostTaskState } from '../domain/crm/records.js';
import type { Instant } from '../domain/crm/time.js';
import type { AppliedTask, DesiredState, DesiredTask, TaskContent } from './task.types.js';

/** What the host will have once it carried out the creation of this wish. */
export function appliedByCreation(desired: DesiredTask): AppliedTask {
  const { comment: _comment, ...content } = desired;
  return { content: { ...content, state: 'open' }, modifiedAt: null, before: {}, pending: {}, byHand: [] };
}

/** The fields that a write changes, with their new values. */
export function effectOf(write: TaskWrite, desired: DesiredTask): Partial<TaskContent> {
  switch (write.kind) {
    case 'create':
      return {};
    case 'update': {
      const { dealId: _dealId, ...changes } = write.changes;
      return changes;
    }
    case 'complete':
    case 'cancel':
      return { state: desired.state };
    case 'reopen':
      return { state: 'open' };
  }
}

/** The same task with a write under way: a read may show its values from now on. */
export function withPending(applied: AppliedTask, effect: Partial<TaskContent>): AppliedTask {
  return { ...applied, pending: { ...applied.pending, ...effect } };
}

/** The same task after the host carried the write out. */
export function afterWrite(
  applied: AppliedTask,
  effect: Partial<TaskContent>,
  modifiedAt: Instant | null,
): AppliedTask {
  return {
    ...applied,
    content: { ...applied.content, ...effect },
    before: valuesOf(applied.content, effect),
    pending: {},
    modifiedAt: latest(applied.modifiedAt, modifiedAt),
  };
}

/** A host's state in our three words, given what we believe it to be. */
export function stateSeen(state: HostTaskState, applied: DesiredState): DesiredState {
  // A host without "cancelled" shows our cancelled task as completed, declined or deferred: all still cancelled.
  if (applied === 'cancelled' && state !== 'open' && state !== 'inProgress') return 'cancelled';
  switch (state) {
    case 'completed':
    // The owner says "done"; waiting for a person to accept it is the host's own matter.
    case 'awaitingControl':
      return 'completed';
    case 'declined':
      return 'cancelled';
    case 'open':
    case 'inProgress':
    case 'deferred':
      return 'open';
  }
}

/** The draft of a creation. */
export function draftOf(dealId: string, desired: DesiredTask): TaskDraft {
  const { title, description, ownerId, dueAt, durationMinutes } = desired;
  return { dealId, title, description, ownerId, dueAt, durationMinutes };
}

/** A read of the host shows these fields; what it does not show we believe as written. */
export function contentSeen(task: HostTask, applied: TaskContent): TaskContent {
  return {
    ...applied,
    title: task.title,
    ownerId: task.ownerId ?? applied.ownerId,
    dueAt: task.dueAt,
    state: stateSeen(task.state, applied.state),
  };
}

/** Hosts keep whole seconds and tidy the white space of titles: neither is a hand edit. */
export function sameField(
  field: keyof TaskContent,
  one: Partial<TaskContent>,
  other: Partial<TaskContent>,
): boolean {
  if (field === 'dueAt') return wholeSecond(one.dueAt) === wholeSecond(other.dueAt);
  if (field === 'title') return tidy(one.title) === tidy(other.title);
  return one[field] === other[field];
}

function tidy(title: string | undefined): string | undefined {
  return title?.replace(/\s+/g, ' ').trim();
}

function wholeSecond(instant: Instant | null | undefined): number | null {
  return typeof instant === 'number' ? Math.floor(instant / 1000) : null;
}

export function latest(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null) return other;
  return other === null ? one : Math.max(one, other);
}

function valuesOf(content: TaskContent, fields: Partial<TaskContent>): Partial<TaskContent> {
  const names = Object.keys(fields) as (keyof TaskContent)[];
  return Object.fromEntries(names.map((name) => [name, content[name]]));
}

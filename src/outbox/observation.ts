import type { HostTask } from '../domain/crm/records.js';
import type { Instant } from '../domain/crm/time.js';
import { contentSeen, latest, sameField } from './applied-task.js';
import type { AppliedTask, DesiredTask, OutboxTask, TaskContent, TaskField } from './task.types.js';

/** What a person did to a step's task in the host. */
export type TaskFact =
  | {
      readonly kind: 'completed';
      readonly at: Instant;
      readonly by: string | null;
      /** What was written as the task's result; absent: nothing. */
      readonly result?: string;
    }
  /** The result of a task that was completed before. */
  | { readonly kind: 'resultWritten'; readonly at: Instant; readonly result: string }
  /** Closed without success by hand. */
  | { readonly kind: 'declined'; readonly at: Instant; readonly by: string | null }
  | { readonly kind: 'reopened'; readonly at: Instant }
  | { readonly kind: 'deadlineChanged'; readonly at: Instant; readonly dueAt: Instant | null }
  | { readonly kind: 'ownerChanged'; readonly at: Instant; readonly ownerId: string }
  | { readonly kind: 'titleChanged'; readonly at: Instant; readonly title: string }
  | { readonly kind: 'deleted' };

/** Facts about one step's task, none of them an echo of our own writes. */
export interface TaskObservation {
  readonly key: string;
  readonly planId: string;
  readonly stepKey: string;
  readonly visitSeq: number;
  readonly dealId: string;
  readonly taskId: string;
  readonly facts: readonly TaskFact[];
}

export interface Sighting {
  readonly applied: AppliedTask;
  readonly facts: readonly TaskFact[];
  /** False: there is nothing to store. */
  readonly changed: boolean;
}

const SEEN: readonly TaskField[] = ['title', 'ownerId', 'dueAt', 'state'];

/**
 * Pure: what a read of the host's task tells. A value is an echo when it is what we wrote, are writing, or want; it is
 * stale when it is what our last write replaced and the host's time does not say that somebody touched it since.
 */
export function observeTask(task: HostTask, row: OutboxTask, applied: AppliedTask): Sighting {
  const stale = applied.modifiedAt !== null && task.modifiedAt < applied.modifiedAt;
  if (stale) return { applied, facts: [], changed: false };
  const seen = contentSeen(task, applied.content);
  const touched = SEEN.filter(
    (field) => !sameField(field, seen, applied.content) && !isOlder(field, seen, task, applied),
  );
  const echoes = touched.filter((field) => isOurs(field, seen, applied, row.desired));
  const byHandNow = touched.filter((field) => !echoes.includes(field));
  const facts = byHandNow.map((field) => factOf(field, task, seen));
  const result = seen.state === 'completed' ? writtenIn(task) : undefined;
  const isNews = result !== undefined && result !== applied.result;
  const isLate = isNews && !touched.includes('state') && result !== row.desired.comment?.trim();
  return {
    applied: {
      ...applied,
      content: { ...applied.content, ...pick(seen, touched) },
      modifiedAt: latest(applied.modifiedAt, task.modifiedAt),
      before: { ...applied.before, ...pick(applied.content, echoes) },
      pending: applied.pending,
      byHand: [...applied.byHand.filter((field) => !touched.includes(field)), ...byHandNow],
      ...(result !== undefined && { result }),
    },
    facts: isLate ? [...facts, { kind: 'resultWritten', at: task.modifiedAt, result }] : facts,
    changed: touched.length > 0 || isNews,
  };
}

/** A read from before our last write, whose second the host's clock does not tell apart. */
function isOlder(field: TaskField, seen: TaskContent, task: HostTask, applied: AppliedTask): boolean {
  if (!(field in applied.before) || !sameField(field, seen, applied.before)) return false;
  return applied.modifiedAt === null || task.modifiedAt <= applied.modifiedAt;
}

function isOurs(field: TaskField, seen: TaskContent, applied: AppliedTask, desired: DesiredTask): boolean {
  const pending = field in applied.pending && sameField(field, seen, applied.pending);
  return pending || sameField(field, seen, desired);
}

function factOf(field: TaskField, task: HostTask, seen: TaskContent): TaskFact {
  const at = task.modifiedAt;
  switch (field) {
    case 'title':
      return { kind: 'titleChanged', at, title: seen.title };
    case 'ownerId':
      return { kind: 'ownerChanged', at, ownerId: seen.ownerId };
    case 'dueAt':
      return { kind: 'deadlineChanged', at, dueAt: seen.dueAt };
    case 'state':
      return stateFact(task, seen);
  }
}

function stateFact(task: HostTask, seen: TaskContent): TaskFact {
  if (seen.state === 'open') return { kind: 'reopened', at: task.modifiedAt };
  const ended = { at: task.completedAt ?? task.modifiedAt, by: task.completedBy };
  if (seen.state !== 'completed') return { kind: 'declined', ...ended };
  const result = writtenIn(task);
  return { kind: 'completed', ...ended, ...(result !== undefined && { result }) };
}

function writtenIn({ result }: HostTask): string | undefined {
  return result?.trim() || undefined;
}

function pick(content: TaskContent, fields: readonly TaskField[]): Partial<TaskContent> {
  return Object.fromEntries(fields.map((field) => [field, content[field]]));
}

import type { AccountStore } from './account-store.js';
import type { Cause } from './cause.js';
import type { EventType } from './event-log.js';
import { noteClosestTask } from './lead-actions.js';
import type { Task, TaskEntity } from './task.js';

/** What a write may change; absent means untouched. */
export interface TaskChanges {
  text?: string;
  ownerId?: number;
  entity?: TaskEntity | null;
  entityId?: number;
  typeId?: number;
  duration?: number;
  completeTill?: number;
  completed?: boolean;
  result?: string | null;
}

export function createTask(store: AccountStore, changes: TaskChanges, cause: Cause): Task {
  const now = store.clock.seconds();
  const task: Task = {
    id: store.tasks.nextId(),
    text: changes.text ?? '',
    ownerId: changes.ownerId ?? (cause.userId === 0 ? store.people.firstAdmin().id : cause.userId),
    createdBy: cause.userId,
    updatedBy: cause.userId,
    created: now,
    updated: now,
    entityId: changes.entityId ?? 0,
    entity: changes.entity ?? null,
    typeId: changes.typeId ?? 1,
    duration: changes.duration ?? 0,
    completeTill: changes.completeTill ?? now + 86_400,
    completed: changes.completed ?? false,
    completedAt: changes.completed === true ? now : 0,
    result: changes.result ?? null,
  };
  store.tasks.insert(task);
  bind(store, task);
  note(store, task, 'task_added');
  store.hooks.task('add', task);
  announce(store, task, 'created');
  return task;
}

/** Writes what differs; completing takes a result along. */
export function updateTask(store: AccountStore, task: Task, changes: TaskChanges, cause: Cause): Task {
  const before = { ...task };
  const entries = Object.entries(changes) as [keyof TaskChanges, unknown][];
  const differing = entries.filter(([key, value]) => value !== undefined && task[key] !== value);
  if (differing.length === 0) return task;
  Object.assign(task, Object.fromEntries(differing));
  const now = store.clock.seconds();
  task.updated = now;
  task.updatedBy = cause.userId;
  if (task.completed !== before.completed) task.completedAt = task.completed ? now : 0;
  store.tasks.touch(task);
  bind(store, task);
  noteDifferences(store, before, task);
  const closes = task.completed && !before.completed;
  store.hooks.task('update', task, {
    action_close: closes ? 1 : 0,
    ...(before.text === task.text ? {} : { old_text: before.text }),
    ...(before.ownerId === task.ownerId ? {} : { old_responsible_user_id: before.ownerId }),
  });
  if (before.ownerId !== task.ownerId) {
    store.hooks.task('responsible', task, { old_responsible_user_id: before.ownerId });
  }
  announce(store, task, 'changed');
  return task;
}

export function deleteTask(store: AccountStore, task: Task, cause: Cause): void {
  store.tasks.remove(task.id);
  task.updatedBy = cause.userId;
  if (task.entity === 'leads') {
    store.tasksByLead.get(task.entityId)?.delete(task.id);
    noteClosestTask(store, task.entityId);
  }
  note(store, task, 'task_deleted');
  store.hooks.task('delete', task);
  announce(store, task, 'deleted');
}

function bind(store: AccountStore, task: Task): void {
  if (task.entity !== 'leads') return;
  const bound = store.tasksByLead.get(task.entityId) ?? new Set<number>();
  bound.add(task.id);
  store.tasksByLead.set(task.entityId, bound);
  noteClosestTask(store, task.entityId);
}

function noteDifferences(store: AccountStore, before: Task, task: Task): void {
  if (task.completed && !before.completed) note(store, task, 'task_completed');
  if (task.result !== null && task.result !== before.result) {
    note(store, task, 'task_result_added', undefined, { note: { id: task.id } });
  }
  if (task.completeTill !== before.completeTill) {
    note(
      store,
      task,
      'task_deadline_changed',
      { task_deadline: { timestamp: before.completeTill } },
      { task_deadline: { timestamp: task.completeTill } },
    );
  }
  if (task.text !== before.text) {
    note(store, task, 'task_text_changed', { task: { text: before.text } }, { task: { text: task.text } });
  }
  if (task.typeId !== before.typeId) {
    note(
      store,
      task,
      'task_type_changed',
      { task_type: { id: before.typeId } },
      { task_type: { id: task.typeId } },
    );
  }
  if (task.ownerId !== before.ownerId) {
    note(
      store,
      task,
      'entity_responsible_changed',
      { responsible_user: { id: before.ownerId } },
      { responsible_user: { id: task.ownerId } },
    );
  }
}

function note(
  store: AccountStore,
  task: Task,
  type: EventType,
  before?: Readonly<Record<string, unknown>>,
  after?: Readonly<Record<string, unknown>>,
): void {
  store.events.append({
    type,
    entity: 'task',
    entityId: task.id,
    at: store.clock.seconds(),
    by: task.updatedBy,
    ...(before === undefined ? {} : { before: [before] }),
    ...(after === undefined ? {} : { after: [after] }),
  });
}

function announce(store: AccountStore, task: Task, action: 'created' | 'changed' | 'deleted'): void {
  const dealIds = task.entity === 'leads' ? [task.entityId] : [];
  store.announce({ kind: 'task', action, id: task.id, dealIds });
}

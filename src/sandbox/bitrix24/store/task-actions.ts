import type { Cause } from '../events/event-bus.js';
import { noteActivity } from './deal-actions.js';
import type { FieldValue } from './field-table.js';
import type { Person } from './people.js';
import type { PortalStore } from './portal-store.js';
import { dealIdsOf, type Task, type TaskStatus } from './task.js';

/** What a write may change; absent means untouched. */
export interface TaskChanges {
  title?: string;
  description?: string;
  status?: TaskStatus;
  priority?: number;
  responsibleId?: number;
  createdBy?: number;
  accomplices?: readonly number[];
  auditors?: readonly number[];
  crm?: readonly string[];
  tags?: readonly string[];
  parentId?: number;
  groupId?: number;
  xmlId?: string | null;
  deadline?: number | null;
  startPlan?: number | null;
  endPlan?: number | null;
  taskControl?: boolean;
  allowChangeDeadline?: boolean;
}

export function createTask(store: PortalStore, changes: TaskChanges, cause: Cause): Task {
  const now = store.clock.seconds();
  const actor = cause.userId === 0 ? store.people.firstAdmin().id : cause.userId;
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  const task: Task = { ...blankTask(store.tasks.nextId(), actor, now), ...Object.fromEntries(given) };
  store.tasks.insert(task);
  note(store, task, actor, 'NEW', null, null);
  for (const dealId of dealIdsOf(task)) {
    noteActivity(store, dealId, actor);
  }
  const data = {
    FIELDS_BEFORE: 'undefined',
    FIELDS_AFTER: { ID: task.id },
    IS_ACCESSIBLE_BEFORE: 'N',
    IS_ACCESSIBLE_AFTER: 'undefined',
  };
  store.events.emit('ONTASKADD', `task:${task.id}`, data, cause);
  store.announce({ kind: 'task', action: 'created', id: task.id, dealIds: dealIdsOf(task) });
  return task;
}

function blankTask(id: number, actor: number, now: number): Task {
  return {
    id,
    title: '',
    description: '',
    status: 2,
    priority: 1,
    responsibleId: actor,
    createdBy: actor,
    changedBy: actor,
    closedBy: 0,
    accomplices: [],
    auditors: [],
    crm: [],
    tags: [],
    parentId: 0,
    groupId: 0,
    xmlId: null,
    deadline: null,
    startPlan: null,
    endPlan: null,
    created: now,
    changed: now,
    closed: null,
    taskControl: false,
    allowChangeDeadline: false,
    history: [],
    checklist: [],
    comments: [],
  };
}

/** Writes what differs; nothing differs: no event. */
export function updateTask(store: PortalStore, task: Task, changes: TaskChanges, cause: Cause): Task {
  const actor = cause.userId === 0 ? task.changedBy : cause.userId;
  let changed = false;
  for (const [key, value] of Object.entries(changes) as [keyof TaskChanges, FieldValue | undefined][]) {
    if (value === undefined || JSON.stringify(task[key]) === JSON.stringify(value)) {
      continue;
    }
    note(store, task, actor, HISTORY_NAMES[key] ?? key.toUpperCase(), task[key], value);
    if (key === 'crm') {
      store.tasks.rebind(task, value as unknown as readonly string[]);
    } else {
      Object.assign(task, { [key]: value });
    }
    changed = true;
  }
  if (!changed) {
    return task;
  }
  const now = store.clock.seconds();
  if (changes.status !== undefined) {
    task.closed = task.status === 5 ? now : null;
    task.closedBy = task.status === 5 ? actor : 0;
  }
  task.changed = now;
  task.changedBy = actor;
  store.tasks.touch(task);
  const data = {
    FIELDS_BEFORE: { ID: task.id },
    FIELDS_AFTER: { ID: task.id },
    IS_ACCESSIBLE_BEFORE: 'undefined',
    IS_ACCESSIBLE_AFTER: 'undefined',
  };
  store.events.emit('ONTASKUPDATE', `task:${task.id}`, data, cause);
  store.announce({ kind: 'task', action: 'changed', id: task.id, dealIds: dealIdsOf(task) });
  return task;
}

/** Completes; with control switched on the task waits for its creator instead. */
export function completeTask(store: PortalStore, task: Task, cause: Cause): Task {
  const controlled = task.taskControl && cause.userId !== task.createdBy;
  return updateTask(store, task, { status: controlled ? 4 : 5 }, cause);
}

export function deleteTask(store: PortalStore, task: Task, cause: Cause): void {
  store.tasks.remove(task.id);
  const data = {
    FIELDS_BEFORE: { ID: task.id },
    FIELDS_AFTER: 'undefined',
    IS_ACCESSIBLE_BEFORE: 'Y',
    IS_ACCESSIBLE_AFTER: 'undefined',
  };
  store.events.emit('ONTASKDELETE', `task:${task.id}`, data, cause);
  store.announce({ kind: 'task', action: 'deleted', id: task.id, dealIds: dealIdsOf(task) });
}

/** Admins see all; others what they create, do, help with or watch, and what their departments' people do. */
export function seesTask(person: Person, owners: ReadonlySet<number> | null, task: Task): boolean {
  return (
    owners === null ||
    task.createdBy === person.id ||
    task.accomplices.includes(person.id) ||
    task.auditors.includes(person.id) ||
    owners.has(task.responsibleId)
  );
}

/** Who may change a task: an admin, its creator, the responsible. */
export function changesTask(person: Person, task: Task): boolean {
  return person.admin || task.createdBy === person.id || task.responsibleId === person.id;
}

const HISTORY_NAMES: Partial<Record<keyof TaskChanges, string>> = {
  responsibleId: 'RESPONSIBLE_ID',
  createdBy: 'CREATED_BY',
  crm: 'UF_CRM_TASK',
  parentId: 'PARENT_ID',
  groupId: 'GROUP_ID',
  startPlan: 'START_DATE_PLAN',
  endPlan: 'END_DATE_PLAN',
};

function note(
  store: PortalStore,
  task: Task,
  userId: number,
  field: string,
  from: FieldValue,
  to: FieldValue,
): void {
  task.history.push({ id: store.nextPartId(), at: store.clock.seconds(), userId, field, from, to });
}

import type { PortalStore } from '../store/portal-store.js';
import {
  changesTask,
  completeTask,
  createTask,
  deleteTask,
  seesTask,
  updateTask,
  type TaskChanges,
} from '../store/task-actions.js';
import type { Task } from '../store/task.js';
import { RestError } from '../wire/rest-error.js';
import { rowValue, type CrmLists } from './crm-lists.js';
import { listAnswer, type Answer, type Call, type Method } from './method.js';
import { asNumber, Params } from './params.js';
import { coreError, readTaskChanges } from './task-write.js';

const SCOPE = 'task|tasks';

/** `tasks.task.*` of the classic REST: UPPER names in, camelCase text out. */
export function taskMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  const act =
    (run: (call: Call, task: Task) => Task): ((call: Call) => Answer) =>
    (call) => {
      const task = requireTask(store, call, asNumber(call.params.get('taskId')));
      requireChange(call, task);
      return { result: { task: taskValue(lists, run(call, task), null) } };
    };
  const status = (value: TaskChanges['status']) =>
    act((call, task) => updateTask(store, task, value === undefined ? {} : { status: value }, call.cause));
  const methods: readonly (readonly [string, (call: Call) => Answer])[] = [
    ['add', (call) => add(store, lists, call)],
    ['update', (call) => update(store, lists, call)],
    ['get', (call) => get(store, lists, call)],
    ['list', (call) => list(store, lists, call)],
    ['complete', act((call, task) => completeTask(store, task, call.cause))],
    ['renew', status(2)],
    ['start', status(3)],
    ['pause', status(2)],
    ['defer', status(6)],
    ['approve', status(5)],
    ['disapprove', status(2)],
    [
      'delegate',
      act((call, task) =>
        updateTask(
          store,
          task,
          readTaskChanges(store, { RESPONSIBLE_ID: call.params.get('userId') }),
          call.cause,
        ),
      ),
    ],
    ['delete', (call) => remove(store, call)],
    ['history.list', (call) => history(store, call)],
    ['getaccess', (call) => access(store, call)],
    ['counters.get', (call) => counters(store, call)],
  ];
  return methods.map(([name, run]) => ({ name: `tasks.task.${name}`, scope: SCOPE, run }));
}

/** The task, or the number the host answers with when it is not there or not to be seen. */
export function requireTask(store: PortalStore, call: Call, id: number): Task {
  if (!Number.isFinite(id)) {
    throw new RestError(400, '100', 'Could not find value for parameter {taskId}');
  }
  const task = store.tasks.get(id);
  const person = call.caller.person;
  if (task === undefined || !seesTask(person, store.people.visibleOwners(person), task)) {
    throw new RestError(400, '1048582', 'Task not found or access denied.<br>');
  }
  return task;
}

export function requireChange(call: Call, task: Task): void {
  if (!changesTask(call.caller.person, task)) {
    throw coreError('Action is not available');
  }
}

function add(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const fields = call.params.record('fields');
  const changes = readTaskChanges(store, fields);
  if ((changes.title ?? '') === '') {
    throw coreError('Task name is not specified');
  }
  if (changes.responsibleId === undefined) {
    throw coreError('Responsible person is not specified');
  }
  if ((changes.startPlan === undefined) !== (changes.endPlan === undefined)) {
    throw coreError('Both planned dates are required');
  }
  requireAuthor(call, changes);
  return { result: { task: taskValue(lists, createTask(store, changes, call.cause), null) } };
}

/** Only an admin may write a task in somebody else's name. */
export function requireAuthor(call: Call, changes: TaskChanges): void {
  const person = call.caller.person;
  if (changes.createdBy !== undefined && changes.createdBy !== person.id && !person.admin) {
    throw coreError('You cannot create a task in the name of another employee');
  }
}

function update(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const task = requireTask(store, call, asNumber(call.params.get('taskId')));
  requireChange(call, task);
  const fields = call.params.record('fields');
  const changes = readTaskChanges(store, fields);
  const status = asNumber(fields['STATUS']);
  if (status >= 2 && status <= 6) {
    changes.status = status as NonNullable<TaskChanges['status']>;
  }
  updateTask(store, task, changes, call.cause);
  return { result: { task: taskValue(lists, task, null) } };
}

function get(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const task = requireTask(store, call, asNumber(call.params.get('taskId')));
  return { result: { task: taskValue(lists, task, call.params.select()) } };
}

function list(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const person = call.caller.person;
  const owners = store.people.visibleOwners(person);
  const overdue = overdueTest(store, call);
  const filter = Object.fromEntries(
    Object.entries(call.params.record('filter')).filter(
      ([key]) => !(overdue !== null && key.endsWith('STATUS')),
    ),
  );
  const params = new Params({ ...call.params.raw, filter, FILTER: filter });
  const seen = owners === null ? null : (task: Task): boolean => seesTask(person, owners, task);
  return listAnswer(
    lists.tasks,
    { ...call, params },
    {
      visible: overdue === null ? seen : (task) => overdue(task) && (seen === null || seen(task)),
      // What is overdue changes with the time, without any change of a task.
      choice: overdue === null ? '' : `overdue at ${store.clock.seconds()}`,
      wrap: (page) => ({ tasks: page }),
      select: call.params.select(),
    },
  );
}

/** `STATUS` in a filter knows pseudo values; -1, overdue, is the one that is played. */
function overdueTest(store: PortalStore, call: Call): ((task: Task) => boolean) | null {
  const filter = call.params.record('filter');
  if (asNumber(filter['STATUS'] ?? filter['=STATUS']) !== -1) {
    return null;
  }
  const now = store.clock.seconds();
  return (task) => task.status !== 5 && task.deadline !== null && task.deadline < now;
}

function remove(store: PortalStore, call: Call): Answer {
  const task = requireTask(store, call, asNumber(call.params.get('taskId')));
  requireChange(call, task);
  deleteTask(store, task, call.cause);
  return { result: { task: true } };
}

function history(store: PortalStore, call: Call): Answer {
  const task = requireTask(store, call, asNumber(call.params.get('taskId')));
  return {
    result: {
      list: task.history.map((entry) => {
        const person = store.people.get(entry.userId);
        return {
          id: String(entry.id),
          createdDate: store.zone.iso(entry.at),
          field: entry.field,
          value: { from: entry.from, to: entry.to },
          user: { id: String(entry.userId), name: person?.firstName ?? '', lastName: person?.lastName ?? '' },
        };
      }),
    },
  };
}

function access(store: PortalStore, call: Call): Answer {
  const task = requireTask(store, call, asNumber(call.params.get('taskId')));
  const users = call.params.list('users').map(asNumber);
  const asked = users.length > 0 ? users : [call.caller.person.id];
  const allowed = asked.map((id) => {
    const person = store.people.get(id);
    const may = person !== undefined && changesTask(person, task);
    const open = task.status !== 5;
    return [
      String(id),
      { COMPLETE: may && open, RENEW: may && !open, EDIT: may, REMOVE: may, DELEGATE: may, READ: true },
    ] as const;
  });
  return { result: { allowedActions: Object.fromEntries(allowed) } };
}

function counters(store: PortalStore, call: Call): Answer {
  const userId = call.params.number('userId');
  const now = store.clock.seconds();
  let expired = 0;
  for (const task of store.tasks) {
    if (task.responsibleId === userId && task.status !== 5 && task.deadline !== null && task.deadline < now) {
      expired += 1;
    }
  }
  return {
    result: {
      total: { counter: expired, code: expired > 0 ? 2 : 0 },
      expired: { counter: expired, code: 2 },
      new_comments: { counter: 0, code: 0 },
    },
  };
}

function taskValue(lists: CrmLists, task: Task, select: readonly string[] | null): Record<string, unknown> {
  return rowValue(lists.tasks, task, select);
}

import { createHash } from 'node:crypto';
import type { PortalStore } from '../store/portal-store.js';
import {
  completeTask,
  createTask,
  deleteTask,
  updateTask,
  changesTask,
  seesTask,
} from '../store/task-actions.js';
import type { Task, TaskStatus } from '../store/task.js';
import { RestV3Error } from '../wire/rest-error.js';
import { rowValue, type CrmLists } from './crm-lists.js';
import type { Answer, Call, Method } from './method.js';
import { asNumber, asRecord } from './params.js';
import { readTaskV3Changes } from './task-write.js';

const STATUSES: Readonly<Record<TaskStatus, string>> = {
  2: 'pending',
  3: 'in_progress',
  4: 'supposedly_completed',
  5: 'completed',
  6: 'deferred',
};

/** The page size measured on real portals, whatever the documented 1000. */
const V3_PAGE = 50;

/** `tasks.task.*` of REST 3.0: numbers and camelCase, filter by id only, its own errors. */
export function taskV3Methods(store: PortalStore, lists: CrmLists): readonly Method[] {
  const methods: readonly (readonly [string, (call: Call) => Answer])[] = [
    ['tasks.task.add', (call) => add(store, lists, call)],
    [
      'tasks.task.update',
      (call) => {
        const task = requireTask(store, call, true);
        const changes = readTaskV3Changes(store, call.params.record('fields'));
        updateTask(store, task, changes, call.cause);
        return { result: { result: true } };
      },
    ],
    [
      'tasks.task.delete',
      (call) => {
        deleteTask(store, requireTask(store, call, true), call.cause);
        return { result: { result: true } };
      },
    ],
    [
      'tasks.task.complete',
      (call) => {
        completeTask(store, requireTask(store, call, true), call.cause);
        return { result: { result: true } };
      },
    ],
    ['tasks.task.get', (call) => ({ result: { item: value(lists, requireTask(store, call, false), call) } })],
    ['tasks.task.list', (call) => list(store, lists, call)],
    ['tasks.task.access.get', () => ({ result: { item: { read: true, edit: true, complete: true } } })],
    ['rest.documentation.openapi', () => ({ result: openApi() })],
  ];
  return methods.map(([name, run]) => ({
    name,
    scope: name.startsWith('tasks.') ? 'tasks' : '',
    v3: true,
    run,
  }));
}

export const V3_NAMES: readonly string[] = [
  'tasks.task.add',
  'tasks.task.update',
  'tasks.task.delete',
  'tasks.task.complete',
  'tasks.task.get',
  'tasks.task.list',
  'tasks.task.access.get',
  'rest.documentation.openapi',
];

function add(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const changes = readTaskV3Changes(store, call.params.record('fields'));
  const missing = [
    ...((changes.title ?? '') === '' ? ['title'] : []),
    ...(changes.createdBy === undefined ? ['creatorId'] : []),
    ...(changes.responsibleId === undefined ? ['responsibleId'] : []),
  ];
  if (missing.length > 0) {
    throw new RestV3Error(
      400,
      'VALIDATION_REQUESTVALIDATIONEXCEPTION',
      'Request validation failed',
      missing.map((field) => ({ field, message: `Required field ${field} is not specified` })),
    );
  }
  if (changes.createdBy !== call.caller.person.id && !call.caller.person.admin) {
    throw new RestV3Error(403, 'ACCESSDENIEDEXCEPTION', 'Access denied');
  }
  return { result: { item: value(lists, createTask(store, changes, call.cause), call) } };
}

function list(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const person = call.caller.person;
  const owners = store.people.visibleOwners(person);
  const { after, ids } = readV3Filter(call);
  const { limit, offset } = readPagination(call);
  const rows: Task[] = [];
  let skipped = 0;
  for (let index = store.tasks.indexAfter(after); index < store.tasks.size && rows.length < limit; index++) {
    const task = store.tasks.rowAt(index);
    if (task === undefined || (ids !== null && !ids.includes(task.id)) || !seesTask(person, owners, task)) {
      continue;
    }
    skipped += 1;
    if (skipped > offset) {
      rows.push(task);
    }
  }
  const select = call.params.select() ?? ['id'];
  return { result: { items: rows.map((task) => pick(full(lists, task), select)) } };
}

/** Only the id can be filtered by. */
function readV3Filter(call: Call): { readonly after: number; readonly ids: readonly number[] | null } {
  let after = 0;
  let ids: readonly number[] | null = null;
  for (const filter of call.params.list('filter')) {
    const parts = Array.isArray(filter) ? (filter as readonly unknown[]) : [];
    if (parts[0] !== 'id') {
      throw new RestV3Error(400, 'UNKNOWNFILTERFIELDEXCEPTION', 'Only id can be filtered by');
    }
    if (parts[1] === '>') {
      after = asNumber(parts[2]);
    } else if (parts[1] === 'in') {
      ids = (Array.isArray(parts[2]) ? (parts[2] as readonly unknown[]) : []).map(asNumber);
    } else {
      ids = [asNumber(parts.at(-1))];
    }
  }
  return { after, ids };
}

function readPagination(call: Call): { readonly limit: number; readonly offset: number } {
  const pagination = asRecord(call.params.get('pagination'));
  const limit = Math.min(V3_PAGE, Math.max(1, asNumber(pagination['limit']) || V3_PAGE));
  const page = Math.max(1, asNumber(pagination['page']) || 1);
  return { limit, offset: asNumber(pagination['offset']) || (page - 1) * limit };
}

function requireTask(store: PortalStore, call: Call, change: boolean): Task {
  const task = store.tasks.get(call.params.number('id'));
  const person = call.caller.person;
  if (task === undefined || !seesTask(person, store.people.visibleOwners(person), task)) {
    throw new RestV3Error(404, 'ENTITYNOTFOUNDEXCEPTION', 'Task not found');
  }
  if (change && !changesTask(person, task)) {
    throw new RestV3Error(403, 'ACCESSDENIEDEXCEPTION', 'Access denied');
  }
  return task;
}

function value(lists: CrmLists, task: Task, call: Call): Record<string, unknown> {
  const select = call.params.select();
  return select === null ? full(lists, task) : pick(full(lists, task), select);
}

function full(lists: CrmLists, task: Task): Record<string, unknown> {
  const { createdBy, ufCrmTask: _crm, realStatus: _status, ...row } = rowValue(lists.tasksV3, task);
  return {
    ...row,
    creatorId: createdBy,
    status: STATUSES[task.status],
    crmItemIds: task.crm,
    accomplices: task.accomplices,
    auditors: task.auditors,
    tags: task.tags,
  };
}

/** Unknown names are dropped silently; the id always comes. */
function pick(row: Record<string, unknown>, select: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name === 'id' || select.includes(name)));
}

function openApi(): Readonly<Record<string, unknown>> {
  const paths = V3_NAMES.map((name) => [`/${name}`, { post: { operationId: name, responses: {} } }] as const);
  return { openapi: '3.0.0', info: { title: 'REST API', version: '3' }, paths: Object.fromEntries(paths) };
}

interface Stored {
  readonly bodyHash: string;
  readonly until: number;
  readonly answer: Answer;
}

/** The idempotency store of REST 3.0: success is kept 24 hours, failure never. */
export class IdempotencyStore {
  private readonly stored = new Map<string, Stored>();

  constructor(private readonly nowSeconds: () => number) {}

  /** The stored answer, nothing for a new key; refuses a malformed key and a key used with another body. */
  look(scope: string, key: string, body: string): Answer | null {
    if (!/^[\x20-\x7e]{1,255}$/.test(key)) {
      throw new RestV3Error(400, 'INVALIDIDEMPOTENCYKEYEXCEPTION', 'Invalid Idempotency-Key');
    }
    const known = this.stored.get(`${scope}\n${key}`);
    if (known === undefined || known.until <= this.nowSeconds()) {
      return null;
    }
    if (known.bodyHash !== hash(body)) {
      throw new RestV3Error(
        422,
        'IDEMPOTENCYKEYREUSEDEXCEPTION',
        'Idempotency-Key was used with another request body',
      );
    }
    return known.answer;
  }

  keep(scope: string, key: string, body: string, answer: Answer): void {
    this.stored.set(`${scope}\n${key}`, {
      bodyHash: hash(body),
      until: this.nowSeconds() + 86_400,
      answer,
    });
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

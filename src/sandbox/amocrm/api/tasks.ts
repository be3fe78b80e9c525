import type { AccountStore } from '../store/account-store.js';
import { createTask, updateTask, type TaskChanges } from '../store/task-actions.js';
import type { Task, TaskEntity } from '../store/task.js';
import { badRequest, forbidden, notFound } from '../server/api-error.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf } from './hal.js';
import { readItems, readOne, refuseFaulty, responsible, type Item } from './items.js';
import { Matches, allRows, queryKey } from './matches.js';
import { among, filterOf, numbersOf, orderOf, rangeOf, textsOf, within } from './query.js';

const ENTITIES: readonly TaskEntity[] = ['leads', 'contacts', 'companies', 'customers'];
const ORDERS = ['created_at', 'complete_till', 'id'] as const;

/** Tasks. There is no way to delete one. */
export function taskRoutes(): readonly Route[] {
  const matches = new Matches();
  return [
    { verb: 'GET', path: 'tasks', name: 'tasks.list', run: (call) => listTasks(call, matches) },
    { verb: 'GET', path: 'tasks/:id', name: 'tasks.get', run: getTask },
    { verb: 'POST', path: 'tasks', name: 'tasks.add', run: addTasks },
    { verb: 'PATCH', path: 'tasks', name: 'tasks.update', run: updateTasks },
    { verb: 'PATCH', path: 'tasks/:id', name: 'tasks.update', run: updateOneTask },
  ];
}

function listTasks(call: Call, matches: Matches): ApiAnswer {
  const { store, caller } = call;
  const write = (task: Task) => JSON.stringify(taskView(call, task));
  const visible = store.people.visibleOwners(caller.person);
  const order = orderOf(call, ORDERS);
  if (visible === null && call.query['filter'] === undefined && order === null) {
    return list(call, { key: 'tasks', rows: allRows(store.tasks), write });
  }
  const suits = taskFilter(call);
  const rows = matches.find(queryKey('tasks', call.search, caller.person.id), store.tasks, () => {
    const found = candidates(call).filter((task) => among(visible, task.ownerId) && suits(task));
    if (order === null) return found;
    const sign = order.descending ? -1 : 1;
    return found.toSorted((left, right) => sign * (place(left, order.field) - place(right, order.field)));
  });
  return list(call, { key: 'tasks', rows, write });
}

function place(task: Task, field: (typeof ORDERS)[number]): number {
  return field === 'id' ? task.id : field === 'created_at' ? task.created : task.completeTill;
}

/** Tasks of one lead are found without a walk over all. */
function candidates(call: Call): readonly Task[] {
  const entity = textsOf(filterOf(call, 'entity_type'));
  const ids = numbersOf(filterOf(call, 'entity_id'));
  if (ids === null || entity?.has('leads') !== true || entity.size > 1) return [...call.store.tasks];
  return [...ids].flatMap((id) => call.store.tasksOf(id)).sort((left, right) => left.id - right.id);
}

function taskFilter(call: Call): (task: Task) => boolean {
  const ids = numbersOf(filterOf(call, 'id'));
  const owners = numbersOf(filterOf(call, 'responsible_user_id'));
  const completed = numbersOf(filterOf(call, 'is_completed'));
  // `task_type_id`, the name the task itself uses, is not looked at.
  const types = numbersOf(filterOf(call, 'task_type'));
  const entities = textsOf(filterOf(call, 'entity_type'));
  const entityIds = numbersOf(filterOf(call, 'entity_id'));
  const updated = rangeOf(filterOf(call, 'updated_at'), 'since');
  if (entityIds !== null && entities === null) throw badRequest('Filter entity_id needs entity_type');
  return (task) =>
    among(ids, task.id) &&
    among(owners, task.ownerId) &&
    among(completed, task.completed ? 1 : 0) &&
    among(types, task.typeId) &&
    among(entities, task.entity ?? '') &&
    among(entityIds, task.entityId) &&
    within(updated, task.updated);
}

function getTask(call: Call): ApiAnswer {
  const task = call.store.tasks.get(idOf(call));
  if (task === undefined || !sees(call, task)) return EMPTY;
  return ok(taskView(call, task));
}

function addTasks(call: Call): ApiAnswer {
  const items = readItems(call);
  const drafts = items.map((item) => changesOf(call, item, true));
  refuseFaulty(items);
  const tasks = drafts.map((draft, index) => {
    const task = createTask(call.store, draft, call.cause);
    return {
      id: task.id,
      request_id: items[index]?.requestId ?? '0',
      _links: linkTo(call, `tasks/${task.id}`),
    };
  });
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { tasks } });
}

function updateTasks(call: Call): ApiAnswer {
  const items = readItems(call);
  const plans = items.map((item) => {
    const task = call.store.tasks.get(item.whole('id', true) ?? 0);
    if (task === undefined) item.fault('id', 'NotSupportedChoice');
    else if (!sees(call, task)) throw forbidden();
    return { task, changes: changesOf(call, item, false), item };
  });
  refuseFaulty(items);
  const tasks = plans.flatMap(({ task, changes, item }) =>
    task === undefined ? [] : [updated(call, task, changes, item)],
  );
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { tasks } });
}

function updateOneTask(call: Call): ApiAnswer {
  const task = call.store.tasks.get(idOf(call));
  if (task === undefined || !sees(call, task)) throw notFound('Task not found');
  const item = readOne(call);
  const changes = changesOf(call, item, false);
  refuseFaulty([item]);
  return ok(updated(call, task, changes, item));
}

function updated(call: Call, task: Task, changes: TaskChanges, item: Item) {
  updateTask(call.store, task, changes, call.cause);
  const links = linkTo(call, `tasks/${task.id}`);
  return { id: task.id, updated_at: task.updated, request_id: item.requestId, _links: links };
}

function sees(call: Call, task: Task): boolean {
  return among(call.store.people.visibleOwners(call.caller.person), task.ownerId);
}

function changesOf(call: Call, item: Item, fresh: boolean): TaskChanges {
  const entity = entityOf(item);
  const entityId = item.whole('entity_id');
  const typeId = item.whole('task_type_id');
  if (typeId !== undefined && !call.store.taskTypes.some((type) => type.id === typeId)) {
    item.fault('task_type_id', 'NotSupportedChoice');
  }
  if (entity !== undefined && entityId !== undefined && !exists(call.store, entity, entityId)) {
    item.fault('entity_id', 'NotSupportedChoice');
  }
  const result = item.record('result');
  const changes = {
    text: item.text('text', fresh),
    completeTill: item.whole('complete_till', fresh),
    ownerId: responsible(call, item),
    entity,
    entityId,
    typeId,
    duration: item.whole('duration'),
    completed: item.flag('is_completed'),
    result: typeof result?.['text'] === 'string' ? result['text'] : undefined,
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function entityOf(item: Item): TaskEntity | undefined {
  const text = item.text('entity_type');
  if (text === undefined) {
    // An id of nothing: the older API's numbers or a singular name do not help either.
    return item.has('entity_id') && item.fields['entity_id'] !== null
      ? item.fault('entity_type', 'FieldMissing')
      : undefined;
  }
  return ENTITIES.find((entity) => entity === text) ?? item.fault('entity_type', 'NotSupportedChoice');
}

function exists(store: AccountStore, entity: TaskEntity, id: number): boolean {
  if (entity === 'leads') return store.leads.get(id) !== undefined;
  if (entity === 'contacts') return store.contacts.get(id) !== undefined;
  return entity === 'companies' && store.companies.get(id) !== undefined;
}

function taskView(call: Call, task: Task) {
  return {
    id: task.id,
    created_by: task.createdBy,
    updated_by: task.updatedBy,
    created_at: task.created,
    updated_at: task.updated,
    responsible_user_id: task.ownerId,
    group_id: call.store.people.get(task.ownerId)?.groupId ?? 0,
    entity_id: task.entity === null ? null : task.entityId,
    entity_type: task.entity,
    duration: task.duration,
    is_completed: task.completed,
    task_type_id: task.typeId,
    text: task.text,
    result: task.result === null ? [] : { text: task.result },
    complete_till: task.completeTill,
    account_id: call.store.accountId,
    _links: linkTo(call, `tasks/${task.id}`),
  };
}

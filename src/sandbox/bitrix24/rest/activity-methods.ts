import { changeActivity, createActivity, removeActivity } from '../store/activity-actions.js';
import type { FieldValue } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import { readValues } from '../store/record-actions.js';
import type { CrmRecord } from '../store/record.js';
import { notFound, RestError } from '../wire/rest-error.js';
import { rowValue, type CrmLists } from './crm-lists.js';
import { listAnswer, type Answer, type Call, type Method } from './method.js';
import { asText } from './params.js';

/** Todo and classic activities. */
export function activityMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  const scope = 'crm';
  return [
    { name: 'crm.activity.list', scope, run: (call) => listAnswer(lists.activities, call) },
    {
      name: 'crm.activity.get',
      scope,
      run: (call) => ({ result: rowValue(lists.activities, requireActivity(store, call)) }),
    },
    { name: 'crm.activity.update', scope, run: (call) => updateClassic(store, lists, call) },
    { name: 'crm.activity.delete', scope, run: (call) => remove(store, call) },
    { name: 'crm.activity.todo.add', scope, run: (call) => addTodo(store, call) },
    { name: 'crm.activity.todo.update', scope, run: (call) => updateTodo(store, call) },
    {
      name: 'crm.activity.todo.updateDeadline',
      scope,
      run: (call) => changeTodo(store, call, { deadline: deadlineOf(store, call.params.get('value')) }),
    },
    {
      name: 'crm.activity.todo.updateDescription',
      scope,
      run: (call) => changeTodo(store, call, { description: call.params.text('value') }),
    },
  ];
}

export function requireActivity(store: PortalStore, call: Call): CrmRecord {
  const row = store.activities.get(call.params.requireNumber('id'));
  if (row === undefined) {
    throw notFound('Activity is not found.');
  }
  return row;
}

function updateClassic(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const row = requireActivity(store, call);
  const values = readValues(store, { items: lists.activities }, call.params.record('fields'), 'upper');
  changeActivity(store, row, values, call.cause);
  return { result: true };
}

function remove(store: PortalStore, call: Call): Answer {
  removeActivity(store, requireActivity(store, call), call.cause);
  return { result: true };
}

function addTodo(store: PortalStore, call: Call): Answer {
  const { params } = call;
  const owner = requireOwner(store, params.number('ownerTypeId'), params.number('ownerId'));
  const row = createActivity(
    store,
    {
      ...owner,
      deadline: deadlineOf(store, params.get('deadline')),
      subject: params.has('title') ? params.text('title') : 'Todo',
      description: params.text('description'),
      responsibleId: params.has('responsibleId') ? params.number('responsibleId') : call.caller.person.id,
      colorId: params.text('colorId'),
      providerId: 'CRM_TODO',
      providerTypeId: 'TODO',
      typeId: 6,
    },
    call.cause,
  );
  return { result: { id: row.id } };
}

function updateTodo(store: PortalStore, call: Call): Answer {
  const { params } = call;
  return changeTodo(store, call, {
    ...(params.has('deadline') ? { deadline: deadlineOf(store, params.get('deadline')) } : {}),
    ...(params.has('title') ? { subject: params.text('title') } : {}),
    ...(params.has('description') ? { description: params.text('description') } : {}),
    ...(params.has('responsibleId') ? { responsibleId: params.number('responsibleId') } : {}),
  });
}

function changeTodo(store: PortalStore, call: Call, values: Record<string, FieldValue>): Answer {
  const row = requireActivity(store, call);
  if (row.values['completed'] === 'Y') {
    throw new RestError(400, 'CAN_NOT_UPDATE_COMPLETED_TODO', 'Completed todo cannot be updated');
  }
  changeActivity(store, row, values, call.cause);
  return { result: { id: row.id } };
}

export function requireOwner(
  store: PortalStore,
  ownerTypeId: number,
  ownerId: number,
): { ownerTypeId: number; ownerId: number } {
  const table =
    ownerTypeId === 2
      ? store.deals
      : ownerTypeId === 1
        ? store.leads
        : ownerTypeId === 3
          ? store.contacts
          : store.companies;
  if (table.get(ownerId) === undefined) {
    throw new RestError(400, 'OWNER_NOT_FOUND', 'Owner is not found');
  }
  return { ownerTypeId, ownerId };
}

export function deadlineOf(store: PortalStore, value: unknown): number | null {
  const text = asText(value);
  if (text === '') {
    return null;
  }
  const read = store.zone.parse(text);
  if (read === undefined) {
    throw new RestError(400, 'WRONG_DATETIME_FORMAT', 'Wrong datetime format');
  }
  return read;
}

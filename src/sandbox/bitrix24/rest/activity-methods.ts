import type { Cause } from '../events/event-bus.js';
import { noteActivity } from '../store/deal-actions.js';
import type { FieldValue } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import { readValues } from '../store/record-actions.js';
import type { CrmRecord } from '../store/record.js';
import { notFound, RestError } from '../wire/rest-error.js';
import { rowValue, type CrmLists } from './crm-lists.js';
import { applicationOf, listAnswer, type Answer, type Call, type Method } from './method.js';
import { asFlag, asNumber, asRecord, asText } from './params.js';

/** Todo, configurable and classic activities, timeline comments and log messages. */
export function activityMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  const scope = 'crm';
  return [
    { name: 'crm.activity.list', scope, run: (call) => listAnswer(lists.activities, call) },
    {
      name: 'crm.activity.get',
      scope,
      run: (call) => ({ result: rowValue(lists.activities, find(store, call)) }),
    },
    { name: 'crm.activity.update', scope, run: (call) => updateClassic(store, lists, call) },
    { name: 'crm.activity.delete', scope, run: (call) => remove(store, call) },
    { name: 'crm.activity.todo.add', scope, run: (call) => addTodo(store, call) },
    { name: 'crm.activity.todo.update', scope, run: (call) => updateTodo(store, call) },
    {
      name: 'crm.activity.todo.updateDeadline',
      scope,
      run: (call) => changeTodo(store, call, { deadline: deadline(store, call.params.get('value')) }),
    },
    {
      name: 'crm.activity.todo.updateDescription',
      scope,
      run: (call) => changeTodo(store, call, { description: call.params.text('value') }),
    },
    {
      name: 'crm.activity.configurable.add',
      scope,
      run: (call) => addConfigurable(store, call),
    },
    { name: 'crm.activity.configurable.update', scope, run: (call) => updateConfigurable(store, call) },
    { name: 'crm.timeline.comment.add', scope, run: (call) => addComment(store, call) },
    { name: 'crm.timeline.logmessage.add', scope, run: (call) => addLogMessage(store, call) },
  ];
}

function find(store: PortalStore, call: Call): CrmRecord {
  const row = store.activities.get(call.params.requireNumber('id'));
  if (row === undefined) {
    throw notFound('Activity is not found.');
  }
  return row;
}

function create(store: PortalStore, values: Record<string, FieldValue>, cause: Cause): CrmRecord {
  const now = store.clock.seconds();
  const row: CrmRecord = {
    id: store.activities.nextId(),
    values: {
      authorId: cause.userId,
      responsibleId: cause.userId,
      created: now,
      lastUpdated: now,
      ...values,
    },
  };
  store.activities.insert(row);
  const owner = String(row.values['ownerId']);
  const known = store.activitiesByOwner.get(owner) ?? new Set<number>();
  store.activitiesByOwner.set(owner, known.add(row.id));
  announce(store, row, 'onCrmActivityAdd', cause);
  return row;
}

function change(store: PortalStore, row: CrmRecord, values: Record<string, FieldValue>, cause: Cause): void {
  const differs = Object.entries(values).some(([name, value]) => (row.values[name] ?? null) !== value);
  if (!differs) {
    return;
  }
  row.values = { ...row.values, ...values, lastUpdated: store.clock.seconds() };
  store.activities.touch(row);
  announce(store, row, 'onCrmActivityUpdate', cause);
}

function announce(store: PortalStore, row: CrmRecord, event: string, cause: Cause): void {
  const ownerId = Number(row.values['ownerId']);
  if (row.values['ownerTypeId'] === 2) {
    noteActivity(store, ownerId, cause.userId);
  }
  store.events.emit(event, `activity:${row.id}`, { FIELDS: { ID: row.id } }, cause);
  store.announce({ kind: 'activity', id: row.id, dealId: ownerId });
}

function updateClassic(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const row = find(store, call);
  const values = readValues(store, { items: lists.activities }, call.params.record('fields'), 'upper');
  change(store, row, values, call.cause);
  return { result: true };
}

function remove(store: PortalStore, call: Call): Answer {
  const row = find(store, call);
  store.activities.remove(row.id);
  store.activitiesByOwner.get(String(row.values['ownerId']))?.delete(row.id);
  announce(store, row, 'onCrmActivityDelete', call.cause);
  return { result: true };
}

function addTodo(store: PortalStore, call: Call): Answer {
  const { params } = call;
  const owner = requireOwner(store, params.number('ownerTypeId'), params.number('ownerId'));
  const row = create(
    store,
    {
      ...owner,
      deadline: deadline(store, params.get('deadline')),
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
    ...(params.has('deadline') ? { deadline: deadline(store, params.get('deadline')) } : {}),
    ...(params.has('title') ? { subject: params.text('title') } : {}),
    ...(params.has('description') ? { description: params.text('description') } : {}),
    ...(params.has('responsibleId') ? { responsibleId: params.number('responsibleId') } : {}),
  });
}

function changeTodo(store: PortalStore, call: Call, values: Record<string, FieldValue>): Answer {
  const row = find(store, call);
  if (row.values['completed'] === 'Y') {
    throw new RestError(400, 'CAN_NOT_UPDATE_COMPLETED_TODO', 'Completed todo cannot be updated');
  }
  change(store, row, values, call.cause);
  return { result: { id: row.id } };
}

/** Refused outside an application, and for the application's own kind only: as on a real portal. */
function addConfigurable(store: PortalStore, call: Call): Answer {
  const application = ownContext(call);
  const { params } = call;
  const fields = params.record('fields');
  if (asFlag(fields['isIncomingChannel']) && asText(fields['deadline']) !== '') {
    throw new RestError(
      400,
      'INCOMING_ACTIVITY_CAN_NOT_BE_WITH_DEADLINE',
      'Incoming activity can not have a deadline',
    );
  }
  const layout = checkLayout(params.get('layout'));
  const row = create(
    store,
    {
      ...requireOwner(store, params.number('ownerTypeId'), params.number('ownerId')),
      ...configurableValues(store, fields),
      subject: layout,
      providerId: 'CONFIGURABLE_REST_APP',
      providerTypeId: 'CONFIGURABLE',
      applicationId: application.id,
    },
    call.cause,
  );
  return { result: { activity: { id: row.id } } };
}

function updateConfigurable(store: PortalStore, call: Call): Answer {
  const application = ownContext(call);
  const row = find(store, call);
  if (row.values['applicationId'] !== application.id) {
    throw new RestError(400, 'ERROR_WRONG_APPLICATION', 'Activity belongs to another application');
  }
  const layout = call.params.has('layout') ? { subject: checkLayout(call.params.get('layout')) } : {};
  change(store, row, { ...configurableValues(store, call.params.record('fields')), ...layout }, call.cause);
  return { result: { activity: { id: row.id } } };
}

function ownContext(call: Call) {
  if (call.caller.application === null) {
    throw new RestError(400, 'ERROR_WRONG_CONTEXT', 'Application context is required');
  }
  return applicationOf(call);
}

function configurableValues(
  store: PortalStore,
  fields: Readonly<Record<string, unknown>>,
): Record<string, FieldValue> {
  return {
    ...('completed' in fields ? { completed: asFlag(fields['completed']) ? 'Y' : 'N' } : {}),
    ...('deadline' in fields ? { deadline: deadline(store, fields['deadline']) } : {}),
    ...('responsibleId' in fields ? { responsibleId: asNumber(fields['responsibleId']) } : {}),
    ...('originatorId' in fields ? { originatorId: asText(fields['originatorId']) } : {}),
    ...('originId' in fields ? { originId: asText(fields['originId']) } : {}),
  };
}

function checkLayout(value: unknown): string {
  const layout = asRecord(value);
  for (const part of ['icon', 'header', 'body']) {
    if (layout[part] === undefined) {
      throw new RestError(400, 'FIELD_IS_REQUIRED', `Field "${part}" is required`);
    }
  }
  return asText(asRecord(layout['header'])['title']);
}

function requireOwner(
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

function deadline(store: PortalStore, value: unknown): number | null {
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

function addComment(store: PortalStore, call: Call): Answer {
  const fields = call.params.record('fields');
  const type = asText(fields['ENTITY_TYPE']).toLowerCase();
  const id = store.nextPartId();
  store.timeline.push({
    id,
    kind: 'comment',
    entityTypeId: type === 'deal' ? 2 : type === 'lead' ? 1 : 0,
    entityId: asNumber(fields['ENTITY_ID']),
    title: '',
    text: asText(fields['COMMENT']),
  });
  store.events.emit('ONCRMTIMELINECOMMENTADD', `timeline:${id}`, { ID: id }, call.cause);
  return { result: id };
}

function addLogMessage(store: PortalStore, call: Call): Answer {
  const fields = call.params.record('fields');
  const id = store.nextPartId();
  const entry = {
    entityTypeId: asNumber(fields['entityTypeId']),
    entityId: asNumber(fields['entityId']),
    title: asText(fields['title']),
    text: asText(fields['text']),
  };
  store.timeline.push({ id, kind: 'log', ...entry });
  return { result: { logMessage: { id, ...entry, created: store.zone.iso(store.clock.seconds()) } } };
}

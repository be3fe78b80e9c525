import { changeActivity, createActivity } from '../store/activity-actions.js';
import type { FieldValue } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import type { CrmRecord } from '../store/record.js';
import { RestError } from '../wire/rest-error.js';
import { deadlineOf, requireActivity, requireOwner } from './activity-methods.js';
import { checkLayout, layoutTitle } from './layout-check.js';
import { applicationOf, type Answer, type Call, type Method } from './method.js';
import { asFlag, asNumber, asText } from './params.js';

/** Activities that an application draws and keeps: only inside an application, and each only for its own. */
export function configurableMethods(store: PortalStore): readonly Method[] {
  const methods: readonly (readonly [string, (call: Call) => Answer])[] = [
    ['add', (call) => add(store, call)],
    ['update', (call) => update(store, call)],
    ['get', (call) => ({ result: { activity: value(store, requireOwn(store, call)) } })],
  ];
  return methods.map(([name, run]) => ({ name: `crm.activity.configurable.${name}`, scope: 'crm', run }));
}

function add(store: PortalStore, call: Call): Answer {
  const application = ownContext(call);
  const { params } = call;
  const fields = params.record('fields');
  const layout = params.get('layout');
  if (!params.has('layout')) throw new RestError(400, 'ERROR_EMPTY_LAYOUT', 'Field "layout" is required');
  checkLayout(layout);
  const values = valuesOf(store, fields);
  refuseIncomingDeadline(values);
  const row = createActivity(
    store,
    {
      ...requireOwner(store, params.number('ownerTypeId'), params.number('ownerId')),
      ...values,
      subject: layoutTitle(layout),
      layout: JSON.stringify(layout),
      providerId: 'CONFIGURABLE_REST_APP',
      providerTypeId: 'CONFIGURABLE',
      applicationId: application.id,
    },
    call.cause,
  );
  return { result: { activity: { id: row.id } } };
}

function update(store: PortalStore, call: Call): Answer {
  const row = requireOwn(store, call);
  const layout = call.params.get('layout');
  if (call.params.has('layout')) checkLayout(layout);
  const values = valuesOf(store, call.params.record('fields'));
  refuseIncomingDeadline({ ...row.values, ...values });
  const drawn = call.params.has('layout')
    ? { subject: layoutTitle(layout), layout: JSON.stringify(layout) }
    : {};
  // Whatever the update says, it ends the block that a pressed button left.
  changeActivity(store, row, { ...values, ...drawn, pressed: '' }, call.cause);
  return { result: { activity: { id: row.id } } };
}

function requireOwn(store: PortalStore, call: Call): CrmRecord {
  const application = ownContext(call);
  const row = requireActivity(store, call);
  if (row.values['applicationId'] !== application.id) {
    throw new RestError(400, 'ERROR_WRONG_APPLICATION', 'Activity belongs to another application');
  }
  return row;
}

function ownContext(call: Call) {
  if (call.caller.application === null) {
    throw new RestError(400, 'ERROR_WRONG_CONTEXT', 'Application context is required');
  }
  return applicationOf(call);
}

function refuseIncomingDeadline(values: Readonly<Record<string, FieldValue>>): void {
  if (values['incoming'] === 'Y' && typeof values['deadline'] === 'number') {
    throw new RestError(
      400,
      'INCOMING_ACTIVITY_CAN_NOT_BE_WITH_DEADLINE',
      'Incoming activity can not have a deadline',
    );
  }
}

function valuesOf(store: PortalStore, fields: Readonly<Record<string, unknown>>): Record<string, FieldValue> {
  const { responsibleId } = fields;
  if (responsibleId !== undefined && store.people.get(asNumber(responsibleId)) === undefined) {
    throw new RestError(400, 'WRONG_FIELD_VALUE', 'Field "responsibleId" has a wrong value');
  }
  return {
    ...('completed' in fields ? { completed: asFlag(fields['completed']) ? 'Y' : 'N' } : {}),
    ...('deadline' in fields ? { deadline: deadlineOf(store, fields['deadline']) } : {}),
    ...('isIncomingChannel' in fields ? { incoming: asFlag(fields['isIncomingChannel']) ? 'Y' : 'N' } : {}),
    ...(responsibleId === undefined ? {} : { responsibleId: asNumber(responsibleId) }),
    ...('originatorId' in fields ? { originatorId: asText(fields['originatorId']) } : {}),
    ...('originId' in fields ? { originId: asText(fields['originId']) } : {}),
  };
}

function value(store: PortalStore, { id, values }: CrmRecord): Readonly<Record<string, unknown>> {
  const deadline = values['deadline'];
  return {
    id,
    ownerTypeId: values['ownerTypeId'],
    ownerId: values['ownerId'],
    fields: {
      typeId: 'CONFIGURABLE',
      completed: values['completed'] === 'Y',
      deadline: typeof deadline === 'number' ? store.zone.iso(deadline) : null,
      pingOffsets: [],
      isIncomingChannel: values['incoming'] === 'Y',
      responsibleId: values['responsibleId'],
      badgeCode: '',
      originatorId: values['originatorId'] ?? null,
      originId: values['originId'] ?? null,
    },
    layout: JSON.parse(String(values['layout'] ?? '{}')) as unknown,
  };
}

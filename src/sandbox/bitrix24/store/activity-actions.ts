import type { Cause } from '../events/event-bus.js';
import type { PortalPress } from '../portal-context.js';
import { buttonsOf } from '../rest/layout-check.js';
import { asRecord, asText } from '../rest/params.js';
import { noteActivity } from './deal-actions.js';
import type { FieldValue } from './field-table.js';
import { byUser, type PortalStore } from './portal-store.js';
import type { CrmRecord } from './record.js';

export function createActivity(
  store: PortalStore,
  values: Record<string, FieldValue>,
  cause: Cause,
): CrmRecord {
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

export function changeActivity(
  store: PortalStore,
  row: CrmRecord,
  values: Record<string, FieldValue>,
  cause: Cause,
): void {
  const differs = Object.entries(values).some(([name, value]) => (row.values[name] ?? null) !== value);
  if (!differs) {
    return;
  }
  row.values = { ...row.values, ...values, lastUpdated: store.clock.seconds() };
  store.activities.touch(row);
  announce(store, row, 'onCrmActivityUpdate', cause);
}

export function removeActivity(store: PortalStore, row: CrmRecord, cause: Cause): void {
  store.activities.remove(row.id);
  store.activitiesByOwner.get(String(row.values['ownerId']))?.delete(row.id);
  announce(store, row, 'onCrmActivityDelete', cause);
}

/** The drawing of an application's activity; nothing for the others. */
export function layoutOf(row: CrmRecord): unknown {
  const text = row.values['layout'];
  return typeof text === 'string' ? JSON.parse(text) : {};
}

/**
 * A person's click on a button. An event goes to the application that made the activity and to no other, and names the
 * person in its tokens only; an animation blocks the record until the application updates it.
 */
export function pressButton(
  store: PortalStore,
  activityId: number,
  key: string,
  userId: number,
): PortalPress {
  const row = store.activities.get(activityId);
  const button = row && buttonsOf(layoutOf(row)).find(([name]) => name === key)?.[1];
  if (!row || !button) throw new Error(`no button ${key} of activity ${activityId}`);
  if (asText(row.values['pressed']) !== '') throw new Error('the record waits for its application');
  const action = asRecord(button['action']);
  if (action['type'] === 'redirect') return { type: 'redirect', uri: asText(action['uri']) };
  const context = {
    entityTypeId: Number(row.values['ownerTypeId']),
    entityId: Number(row.values['ownerId']),
    activityId: row.id,
    ...Object.fromEntries(
      Object.entries(asRecord(action['actionParams'])).map(([name, value]) => [name, asText(value)]),
    ),
  };
  const applicationId = asText(row.values['applicationId']);
  if (action['type'] === 'openRestApp') {
    const options = Object.fromEntries(Object.entries(context).map(([name, value]) => [name, String(value)]));
    return { type: 'openRestApp', applicationId, options };
  }
  if (action['animationType'] !== undefined) {
    row.values = { ...row.values, pressed: key };
    store.announce({ kind: 'activity', id: row.id, dealId: context.entityId });
  }
  const data = { id: asText(action['id']), ...context };
  store.events.emit('onCrmTimelineItemAction', `activity:${row.id}`, data, byUser(userId), applicationId);
  return { type: 'restEvent' };
}

function announce(store: PortalStore, row: CrmRecord, event: string, cause: Cause): void {
  const ownerId = Number(row.values['ownerId']);
  if (row.values['ownerTypeId'] === 2) {
    noteActivity(store, ownerId, cause.userId);
  }
  store.events.emit(event, `activity:${row.id}`, { FIELDS: { ID: row.id } }, cause);
  store.announce({ kind: 'activity', id: row.id, dealId: ownerId });
}

import type { AccountStore } from './account-store.js';
import type { Cause } from './cause.js';
import type { CustomFieldValue } from './custom-fields.js';
import type { EventDraft } from './event-log.js';
import { fieldDifferences } from './field-differences.js';
import type { Lead } from './lead.js';
import type { Status } from './statuses.js';

/** What a write may change; absent means untouched. */
export interface LeadChanges {
  name?: string;
  price?: number;
  status?: Status;
  ownerId?: number;
  lossReasonId?: number;
  closed?: number;
  companyId?: number;
  contactIds?: readonly number[];
  tagIds?: readonly number[];
  elementIds?: readonly number[];
  fields?: readonly CustomFieldValue[] | null;
  createdBy?: number;
  updatedBy?: number;
}

export function createLead(store: AccountStore, changes: LeadChanges, cause: Cause): Lead {
  const now = store.clock.seconds();
  const status = changes.status ?? store.pipelines.first(store.pipelines.main);
  const by = changes.createdBy ?? cause.userId;
  const id = store.leads.nextId();
  const lead: Lead = {
    id,
    name: `${store.company.language === 'ru' ? 'Сделка' : 'Lead'} #${id}`,
    price: 0,
    ownerId: cause.userId === 0 ? store.people.firstAdmin().id : cause.userId,
    lossReasonId: 0,
    sourceId: 0,
    created: now,
    updated: now,
    closed: status.kind === 'open' ? 0 : now,
    closestTask: 0,
    moved: now,
    companyId: 0,
    contactIds: [],
    tagIds: [],
    elementIds: [],
    fields: null,
    lastEvent: 0,
    ...given(changes),
    status,
    createdBy: by,
    updatedBy: changes.updatedBy ?? by,
  };
  store.leads.insert(lead);
  note(store, lead, { type: 'lead_added', by });
  store.hooks.lead('add', lead);
  store.digitalPipeline.entered(lead, null);
  store.announce({ kind: 'deal', action: 'created', id });
  return lead;
}

/** Writes what differs. Nothing differs: no event, no hook, no new modification time. */
export function updateLead(store: AccountStore, lead: Lead, changes: LeadChanges, cause: Cause): Lead {
  const before = { ...lead };
  const { createdBy: _never, updatedBy, ...plain } = changes;
  if (!apply(lead, plain)) return lead;
  const now = store.clock.seconds();
  lead.updated = now;
  lead.updatedBy = updatedBy ?? cause.userId;
  const moved = before.status !== lead.status;
  if (moved) {
    lead.moved = now;
    lead.closed = lead.status.kind === 'open' ? 0 : (changes.closed ?? now);
    if (lead.status.kind !== 'lost') lead.lossReasonId = 0;
  }
  store.leads.touch(lead);
  noteDifferences(store, before, lead);
  tell(store, before, lead);
  store.announce({ kind: 'deal', action: moved ? 'moved' : 'changed', id: lead.id });
  return lead;
}

/** Into the bin: gone from lists, its tasks too. */
export function deleteLead(store: AccountStore, lead: Lead, cause: Cause): void {
  store.leads.remove(lead.id);
  lead.updated = store.clock.seconds();
  lead.updatedBy = cause.userId;
  store.bin.set(lead.id, lead);
  note(store, lead, { type: 'lead_deleted', by: cause.userId });
  store.hooks.leadDeleted(lead);
  store.announce({ kind: 'deal', action: 'deleted', id: lead.id });
}

export function restoreLead(store: AccountStore, lead: Lead, cause: Cause): void {
  store.bin.delete(lead.id);
  lead.updated = store.clock.seconds();
  lead.updatedBy = cause.userId;
  store.leads.insert(lead);
  note(store, lead, { type: 'lead_restored', by: cause.userId });
  store.hooks.lead('restore', lead);
  store.announce({ kind: 'deal', action: 'created', id: lead.id });
}

/** The nearest open task changes nothing but its own field: no modification time, no hook. */
export function noteClosestTask(store: AccountStore, leadId: number): void {
  const lead = store.leads.get(leadId);
  if (lead === undefined) return;
  const open = store.tasksOf(leadId).filter((task) => !task.completed);
  lead.closestTask = open.length === 0 ? 0 : Math.min(...open.map((task) => task.completeTill));
  store.leads.touch(lead);
}

/** Without what is absent: a field left out must not hide its default. */
function given(changes: LeadChanges): Partial<Lead> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function apply(lead: Lead, changes: Omit<LeadChanges, 'createdBy' | 'updatedBy'>): boolean {
  let changed = false;
  for (const [key, value] of Object.entries(changes) as [keyof typeof changes, unknown][]) {
    if (value === undefined || same(lead[key], value)) continue;
    Object.assign(lead, { [key]: value });
    changed = true;
  }
  return changed;
}

/** Statuses are one object each; lists are compared by what they hold. */
function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  return Array.isArray(left) && Array.isArray(right) && JSON.stringify(left) === JSON.stringify(right);
}

function note(
  store: AccountStore,
  lead: Lead,
  draft: Omit<EventDraft, 'entity' | 'entityId' | 'at' | 'previous'>,
): void {
  lead.lastEvent = store.events.append({
    ...draft,
    entity: 'lead',
    entityId: lead.id,
    at: store.clock.seconds(),
    previous: lead.lastEvent,
  });
}

function noteDifferences(store: AccountStore, before: Lead, lead: Lead): void {
  const by = lead.updatedBy;
  if (before.status !== lead.status) {
    const statuses = { statusBefore: before.status, statusAfter: lead.status };
    note(store, lead, { type: 'lead_status_changed', by, ...statuses });
  }
  if (before.ownerId !== lead.ownerId) {
    note(store, lead, {
      type: 'entity_responsible_changed',
      by,
      before: [{ responsible_user: { id: before.ownerId } }],
      after: [{ responsible_user: { id: lead.ownerId } }],
    });
  }
  if (before.name !== lead.name) note(store, lead, { type: 'name_field_changed', by });
  if (before.price !== lead.price) note(store, lead, { type: 'sale_field_changed', by });
  for (const difference of fieldDifferences(before.fields, lead.fields)) {
    note(store, lead, { type: 'custom_field_value_changed', by, ...difference });
  }
  for (const [type, ids, others] of [
    ['entity_tag_added', lead.tagIds, before.tagIds],
    ['entity_tag_deleted', before.tagIds, lead.tagIds],
  ] as const) {
    const names = ids.filter((id) => !others.includes(id)).map((id) => store.tags.get(id)?.name ?? '');
    if (names.length === 0) continue;
    const values = names.map((name) => ({ tag: { name } }));
    note(store, lead, {
      type,
      by,
      ...(type === 'entity_tag_added' ? { after: values } : { before: values }),
    });
  }
}

/** A move is told as an update too, and so is a new responsible. */
function tell(store: AccountStore, before: Lead, lead: Lead): void {
  const moved = before.status !== lead.status;
  const old = {
    ...(moved ? { old_status_id: before.status.id } : {}),
    ...(before.status.pipelineId === lead.status.pipelineId
      ? {}
      : { old_pipeline_id: before.status.pipelineId }),
  };
  if (moved) store.hooks.lead('status', lead, old);
  store.hooks.lead('update', lead, old);
  if (before.ownerId !== lead.ownerId) {
    store.hooks.lead('responsible', lead, { old_responsible_user_id: before.ownerId });
  }
  if (moved) store.digitalPipeline.entered(lead, before.status);
}

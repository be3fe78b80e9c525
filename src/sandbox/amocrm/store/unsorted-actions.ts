import { randomBytes } from 'node:crypto';
import type { AccountStore } from './account-store.js';
import { ROBOT, type Cause } from './cause.js';
import { createLead, deleteLead, updateLead } from './lead-actions.js';
import { createContact } from './record-actions.js';
import type { Unsorted } from './records.js';
import type { Pipeline, Status } from './statuses.js';

export interface UnsortedDraft {
  readonly name: string;
  readonly contactName: string;
  readonly category: Unsorted['category'];
  readonly sourceName: string;
  readonly pipeline: Pipeline;
}

/** A request from outside: a lead in the incoming status with a contact that is still hidden. */
export function receiveUnsorted(store: AccountStore, draft: UnsortedDraft): Unsorted {
  const contact = createContact(store, { name: draft.contactName }, ROBOT);
  const status = store.pipelines.unsorted(draft.pipeline);
  const ownerId = store.people.firstAdmin().id;
  const lead = createLead(store, { name: draft.name, status, ownerId, contactIds: [contact.id] }, ROBOT);
  const unsorted: Unsorted = {
    uid: randomBytes(32).toString('hex'),
    category: draft.category,
    sourceName: draft.sourceName,
    leadId: lead.id,
    contactId: contact.id,
    created: lead.created,
  };
  store.unsorted.set(unsorted.uid, unsorted);
  store.hooks.unsorted('add', formOf(store, unsorted));
  return unsorted;
}

export function acceptUnsorted(
  store: AccountStore,
  unsorted: Unsorted,
  to: { readonly ownerId: number; readonly status: Status },
  cause: Cause,
): void {
  store.unsorted.delete(unsorted.uid);
  const lead = store.leads.get(unsorted.leadId);
  if (lead !== undefined) updateLead(store, lead, { status: to.status, ownerId: to.ownerId }, cause);
  const result = { leads: [unsorted.leadId], contacts: [unsorted.contactId] };
  store.hooks.unsorted('delete', { ...formOf(store, unsorted), action: 'accept', accept_result: result });
}

export function declineUnsorted(store: AccountStore, unsorted: Unsorted, cause: Cause): void {
  store.unsorted.delete(unsorted.uid);
  const lead = store.leads.get(unsorted.leadId);
  if (lead !== undefined) deleteLead(store, lead, cause);
  const result = { leads: [unsorted.leadId], contacts: [unsorted.contactId] };
  store.hooks.unsorted('delete', { ...formOf(store, unsorted), action: 'decline', decline_result: result });
}

function formOf(store: AccountStore, unsorted: Unsorted): Readonly<Record<string, unknown>> {
  return {
    uid: unsorted.uid,
    category: unsorted.category,
    source_data: { name: unsorted.sourceName },
    date_create: unsorted.created,
    pipeline_id: store.leads.get(unsorted.leadId)?.status.pipelineId ?? store.pipelines.main.id,
  };
}

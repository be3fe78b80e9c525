import type { AccountStore } from './account-store.js';
import type { Cause } from './cause.js';
import type { EventType } from './event-log.js';
import type { CompanyRecord, Contact, Note, NoteEntity } from './records.js';

/** Contacts and companies share one row of ids in the host. */
function nextId(store: AccountStore): number {
  return Math.max(store.contacts.nextId(), store.companies.nextId());
}

export function createContact(store: AccountStore, name: string, companyId: number, cause: Cause): Contact {
  const now = store.clock.seconds();
  const [firstName = '', ...rest] = name.split(' ');
  const contact: Contact = {
    id: nextId(store),
    name,
    firstName,
    lastName: rest.join(' '),
    ownerId: cause.userId === 0 ? store.people.firstAdmin().id : cause.userId,
    companyId,
    created: now,
    updated: now,
  };
  store.contacts.insert(contact);
  const { id } = contact;
  store.events.append({ type: 'contact_added', entity: 'contact', entityId: id, at: now, by: cause.userId });
  store.hooks.contact('add', contact);
  return contact;
}

export function createCompany(store: AccountStore, name: string, cause: Cause): CompanyRecord {
  const now = store.clock.seconds();
  const ownerId = cause.userId === 0 ? store.people.firstAdmin().id : cause.userId;
  const company: CompanyRecord = { id: nextId(store), name, ownerId, created: now, updated: now };
  store.companies.insert(company);
  store.events.append({
    type: 'company_added',
    entity: 'company',
    entityId: company.id,
    at: now,
    by: cause.userId,
  });
  return company;
}

export interface NoteDraft {
  readonly entity: NoteEntity;
  readonly entityId: number;
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Calls are notes too, but events of their own. */
const EVENT_TYPE: Readonly<Record<string, EventType>> = {
  call_in: 'incoming_call',
  call_out: 'outgoing_call',
};

const EVENT_ENTITY = { leads: 'lead', contacts: 'contact', companies: 'company' } as const;

export function createNote(store: AccountStore, draft: NoteDraft, cause: Cause): Note {
  const now = store.clock.seconds();
  const by = cause.userId;
  const note: Note = {
    id: store.notes.nextId(),
    ...draft,
    ownerId: by,
    createdBy: by,
    created: now,
    updated: now,
  };
  store.notes.insert(note);
  store.events.append({
    type: EVENT_TYPE[draft.type] ?? 'common_note_added',
    entity: EVENT_ENTITY[draft.entity],
    entityId: draft.entityId,
    at: now,
    by,
    after: [{ note: { id: note.id } }],
  });
  if (draft.entity === 'contacts') store.hooks.note('contact', note);
  if (draft.entity === 'leads') {
    store.hooks.note('lead', note);
    store.announce({ kind: 'note', id: note.id, dealId: draft.entityId });
  }
  return note;
}

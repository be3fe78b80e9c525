import type { AccountStore } from './account-store.js';
import type { Cause } from './cause.js';
import type { EventDraft, EventType } from './event-log.js';
import { fieldDifferences } from './field-differences.js';
import type { CompanyRecord, Contact, Note, NoteEntity } from './records.js';

/** Contacts and companies share one row of ids in the host. */
function nextId(store: AccountStore): number {
  return Math.max(store.contacts.nextId(), store.companies.nextId());
}

/** What a write may say of a contact or a company; absent means untouched. */
export type RecordChanges = Partial<
  Pick<Contact, 'name' | 'firstName' | 'lastName' | 'ownerId' | 'companyId' | 'fields'>
>;

/** A name alone is cut at its first space; its parts alone are joined. */
export function createContact(store: AccountStore, draft: RecordChanges, cause: Cause): Contact {
  const { name = '' } = draft;
  const [first = '', ...rest] = name.split(' ');
  const { firstName = first, lastName = rest.join(' '), companyId = 0 } = draft;
  const contact: Contact = {
    ...common(store, draft, cause),
    name: name === '' ? fullNameOf(firstName, lastName) : name,
    firstName,
    lastName,
    companyId,
  };
  store.contacts.insert(contact);
  writeEvent(store, 'contact', contact.id, { type: 'contact_added' }, cause);
  store.hooks.contact('add', contact);
  return contact;
}

export function createCompany(store: AccountStore, draft: RecordChanges, cause: Cause): CompanyRecord {
  const company: CompanyRecord = { ...common(store, draft, cause), name: draft.name ?? '' };
  store.companies.insert(company);
  writeEvent(store, 'company', company.id, { type: 'company_added' }, cause);
  store.hooks.company('add', company);
  return company;
}

export function updateContact(
  store: AccountStore,
  contact: Contact,
  changes: RecordChanges,
  cause: Cause,
): void {
  const { name, firstName, lastName } = changes;
  const parts = firstName !== undefined || lastName !== undefined;
  const whole = fullNameOf(firstName ?? contact.firstName, lastName ?? contact.lastName);
  const named = name === undefined && parts ? { ...changes, name: whole } : changes;
  if (!change(store, 'contact', contact, named, cause)) return;
  store.contacts.touch(contact);
  store.hooks.contact('update', contact);
}

export function updateCompany(
  store: AccountStore,
  company: CompanyRecord,
  { name, ownerId, fields }: RecordChanges,
  cause: Cause,
): void {
  if (!change(store, 'company', company, { name, ownerId, fields }, cause)) return;
  store.companies.touch(company);
  store.hooks.company('update', company);
}

function common(store: AccountStore, { ownerId, fields }: RecordChanges, cause: Cause) {
  const now = store.clock.seconds();
  const granter = cause.userId === 0 ? store.people.firstAdmin().id : cause.userId;
  return {
    id: nextId(store),
    ownerId: ownerId ?? granter,
    created: now,
    updated: now,
    ...(fields === undefined ? {} : { fields }),
  };
}

/** Writes what differs and notes it in the log; false: nothing did. */
function change(
  store: AccountStore,
  entity: 'contact' | 'company',
  record: CompanyRecord,
  changes: { readonly [Name in keyof RecordChanges]?: RecordChanges[Name] | undefined },
  cause: Cause,
): boolean {
  const before = { ...record };
  const entries = Object.entries(changes) as [keyof typeof record, unknown][];
  const differing = entries.filter(([key, value]) => value !== undefined && record[key] !== value);
  if (differing.length === 0) return false;
  Object.assign(record, Object.fromEntries(differing), { updated: store.clock.seconds() });
  if (before.name !== record.name)
    writeEvent(store, entity, record.id, { type: 'name_field_changed' }, cause);
  if (before.ownerId !== record.ownerId) {
    const owners = [before, record].map(({ ownerId }) => [{ responsible_user: { id: ownerId } }]);
    const [old = [], fresh = []] = owners;
    writeEvent(
      store,
      entity,
      record.id,
      { type: 'entity_responsible_changed', before: old, after: fresh },
      cause,
    );
  }
  for (const difference of fieldDifferences(before.fields ?? null, record.fields ?? null)) {
    writeEvent(store, entity, record.id, { type: 'custom_field_value_changed', ...difference }, cause);
  }
  return true;
}

function writeEvent(
  store: AccountStore,
  entity: 'contact' | 'company',
  entityId: number,
  draft: Pick<EventDraft, 'type' | 'before' | 'after'>,
  cause: Cause,
): void {
  store.events.append({ ...draft, entity, entityId, at: store.clock.seconds(), by: cause.userId });
}

function fullNameOf(firstName: string, lastName: string): string {
  return `${firstName} ${lastName}`.trim();
}

export interface NoteDraft {
  readonly entity: NoteEntity;
  readonly entityId: number;
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** 0: a robot; absent: whoever writes. */
  readonly createdBy?: number;
}

/** Calls are notes too, but events of their own. */
const EVENT_TYPE: Readonly<Record<string, EventType>> = {
  call_in: 'incoming_call',
  call_out: 'outgoing_call',
};

const EVENT_ENTITY = { leads: 'lead', contacts: 'contact', companies: 'company' } as const;

export function createNote(store: AccountStore, draft: NoteDraft, cause: Cause): Note {
  const now = store.clock.seconds();
  const by = draft.createdBy ?? cause.userId;
  const note: Note = {
    id: store.notes.nextId(),
    ...draft,
    ownerId: cause.userId,
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

/** Somebody edits a note; its event says nothing of that. */
export function updateNote(store: AccountStore, note: Note, params: Note['params']): void {
  note.params = { ...note.params, ...params };
  note.updated = store.clock.seconds();
  store.notes.touch(note);
}

import type { AccountStore } from '../store/account-store.js';
import type { CustomFieldValue } from '../store/custom-fields.js';
import type { Lead } from '../store/lead.js';
import type { CompanyRecord, Contact, Note } from '../store/records.js';
import type { Task } from '../store/task.js';

type Form = Readonly<Record<string, unknown>>;

const ELEMENT_NUMBERS: Readonly<Record<string, number>> = {
  contacts: 1,
  leads: 2,
  companies: 3,
  customers: 12,
};
const NOTE_NUMBERS: Readonly<Record<string, number>> = {
  common: 4,
  service_message: 25,
  call_in: 10,
  call_out: 11,
};
/** Dates of notes are written in the zone of the host's own servers. */
const NOTE_OFFSET_SECONDS = 10_800;

/** Hooks carry the names of the API before the last one, and nothing but text. An empty list is not sent at all. */
export function leadForm(store: AccountStore, lead: Lead): Form {
  const tags = lead.tagIds.flatMap((id) => store.tags.get(id) ?? []).map(({ id, name }) => ({ id, name }));
  return {
    id: lead.id,
    name: lead.name,
    status_id: lead.status.id,
    price: lead.price,
    responsible_user_id: lead.ownerId,
    last_modified: lead.updated,
    modified_user_id: lead.updatedBy,
    created_user_id: lead.createdBy,
    date_create: lead.created,
    pipeline_id: lead.status.pipelineId,
    ...(tags.length === 0 ? {} : { tags }),
    account_id: store.accountId,
    ...(lead.fields === null ? {} : { custom_fields: lead.fields.map(fieldForm) }),
    created_at: lead.created,
    updated_at: lead.updated,
  };
}

export function contactForm(store: AccountStore, contact: Contact): Form {
  return {
    ...recordForm(store, contact),
    ...(contact.companyId === 0
      ? {}
      : {
          company_name: store.companies.get(contact.companyId)?.name ?? '',
          linked_company_id: contact.companyId,
        }),
    type: 'contact',
  };
}

export function companyForm(store: AccountStore, company: CompanyRecord): Form {
  return { ...recordForm(store, company), type: 'company' };
}

function recordForm(store: AccountStore, record: CompanyRecord): Form {
  const fields = record.fields ?? [];
  return {
    id: record.id,
    name: record.name,
    responsible_user_id: record.ownerId,
    date_create: record.created,
    last_modified: record.updated,
    account_id: store.accountId,
    ...(fields.length === 0 ? {} : { custom_fields: fields.map(fieldForm) }),
    created_at: record.created,
    updated_at: record.updated,
  };
}

export function taskForm(store: AccountStore, task: Task): Form {
  return {
    id: task.id,
    ...(task.entity === null
      ? {}
      : { element_id: task.entityId, element_type: ELEMENT_NUMBERS[task.entity] }),
    task_type: task.typeId,
    date_create: stamp(task.created),
    text: task.text,
    status: task.completed ? 1 : 0,
    account_id: store.accountId,
    created_user_id: task.createdBy,
    last_modified: stamp(task.updated),
    responsible_user_id: task.ownerId,
    complete_till: stamp(task.completeTill),
    complete_before: task.completeTill,
    created_at: task.created,
    updated_at: task.updated,
    ...(task.result === null ? {} : { result: { id: task.id, text: task.result } }),
  };
}

export function noteForm(store: AccountStore, note: Note): Form {
  return {
    id: note.id,
    note_type: NOTE_NUMBERS[note.type] ?? 4,
    element_type: ELEMENT_NUMBERS[note.entity],
    element_id: note.entityId,
    account_id: store.accountId,
    created_by: note.createdBy,
    text: typeof note.params['text'] === 'string' ? note.params['text'] : '',
    date_create: stamp(note.created + NOTE_OFFSET_SECONDS),
    timestamp_x: stamp(note.updated + NOTE_OFFSET_SECONDS),
    metadata: JSON.stringify({ event_source: { type: 5, author_name: '' } }),
  };
}

function fieldForm(field: CustomFieldValue): Form {
  const [first] = field.values;
  const head = {
    id: field.field_id,
    name: field.field_name,
    ...(field.field_code === null ? {} : { code: field.field_code }),
  };
  if (field.field_type === 'date') return { ...head, values: field.values.map((one) => one['value']) };
  if (field.field_type === 'radiobutton') return { ...head, values: valueForm(first ?? {}) };
  return { ...head, values: field.values.map(valueForm) };
}

function valueForm(value: Form): Form {
  const { value: given, enum_id: choice } = value;
  return { value: given, ...(choice === undefined ? {} : { enum: choice }) };
}

/** `2026-11-21 10:20:30` */
function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

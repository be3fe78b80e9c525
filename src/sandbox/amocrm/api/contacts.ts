import type { EntityTable } from '../../common/entity-table.js';
import {
  createCompany,
  createContact,
  updateCompany,
  updateContact,
  type RecordChanges,
} from '../store/record-actions.js';
import type { CompanyRecord, Contact } from '../store/records.js';
import { notFound } from '../server/api-error.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf, type Rows } from './hal.js';
import { isFields, readItems, readOne, refuseFaulty, responsible, type Item } from './items.js';
import { allRows } from './matches.js';
import { filterOf, numbersOf, withOf } from './query.js';

/** Contacts and companies, as far as leads need them. */
export function contactRoutes(): readonly Route[] {
  return [
    {
      verb: 'GET',
      path: 'contacts',
      name: 'contacts.list',
      run: (call) =>
        list(call, {
          key: 'contacts',
          rows: wantedRows(call, call.store.contacts),
          write: contactText(call),
        }),
    },
    { verb: 'GET', path: 'contacts/:id', name: 'contacts.get', run: getContact },
    { verb: 'POST', path: 'contacts', name: 'contacts.add', run: addContacts },
    { verb: 'PATCH', path: 'contacts', name: 'contacts.update', run: (call) => updateAll(call, 'contacts') },
    {
      verb: 'PATCH',
      path: 'contacts/:id',
      name: 'contacts.update',
      run: (call) => updateOne(call, 'contacts'),
    },
    {
      verb: 'GET',
      path: 'companies',
      name: 'companies.list',
      run: (call) =>
        list(call, {
          key: 'companies',
          rows: wantedRows(call, call.store.companies),
          write: companyText(call),
        }),
    },
    { verb: 'GET', path: 'companies/:id', name: 'companies.get', run: getCompany },
    { verb: 'POST', path: 'companies', name: 'companies.add', run: addCompanies },
    {
      verb: 'PATCH',
      path: 'companies',
      name: 'companies.update',
      run: (call) => updateAll(call, 'companies'),
    },
    {
      verb: 'PATCH',
      path: 'companies/:id',
      name: 'companies.update',
      run: (call) => updateOne(call, 'companies'),
    },
  ];
}

/** All, or those of `filter[id]` where the account has filters. */
function wantedRows<T extends { readonly id: number }>(call: Call, table: EntityTable<T>): Rows<T> {
  const ids = call.store.settings.filterAddOn ? numbersOf(filterOf(call, 'id')) : null;
  return ids === null ? allRows(table) : [...table].filter((row) => ids.has(row.id));
}

function getContact(call: Call): ApiAnswer {
  const contact = call.store.contacts.get(idOf(call));
  return contact === undefined ? EMPTY : ok(Buffer.from(contactText(call)(contact)));
}

function getCompany(call: Call): ApiAnswer {
  const company = call.store.companies.get(idOf(call));
  return company === undefined ? EMPTY : ok(Buffer.from(companyText(call)(company)));
}

function addContacts(call: Call): ApiAnswer {
  return add(call, 'contacts', (draft) => createContact(call.store, draft, call.cause).id);
}

function addCompanies(call: Call): ApiAnswer {
  return add(call, 'companies', (draft) => createCompany(call.store, draft, call.cause).id);
}

type Key = 'contacts' | 'companies';

function add(call: Call, key: Key, make: (draft: RecordChanges) => number): ApiAnswer {
  const items = readItems(call);
  const drafts = items.map((item) => changesOf(call, item, null));
  refuseFaulty(items);
  const rows = drafts.map((draft, index) => {
    const id = make(draft);
    return { id, request_id: items[index]?.requestId ?? '0', _links: linkTo(call, `${key}/${id}`) };
  });
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { [key]: rows } });
}

function updateAll(call: Call, key: Key): ApiAnswer {
  const items = readItems(call);
  const plans = items.map((item) => {
    const record = call.store[key].get(item.whole('id', true) ?? 0);
    if (record === undefined) item.fault('id', 'NotSupportedChoice');
    return { item, record, changes: changesOf(call, item, record ?? null) };
  });
  refuseFaulty(items);
  const rows = plans.flatMap(({ item, record, changes }) =>
    record === undefined ? [] : [updated(call, key, record.id, changes, item)],
  );
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { [key]: rows } });
}

function updateOne(call: Call, key: Key): ApiAnswer {
  const record = call.store[key].get(idOf(call));
  if (record === undefined) throw notFound('Entity not found');
  const item = readOne(call);
  const changes = changesOf(call, item, record);
  refuseFaulty([item]);
  return ok(updated(call, key, record.id, changes, item));
}

function updated(call: Call, key: Key, id: number, changes: RecordChanges, item: Item) {
  const { store, cause } = call;
  const contact = key === 'contacts' ? store.contacts.get(id) : undefined;
  const company = key === 'companies' ? store.companies.get(id) : undefined;
  if (contact !== undefined) updateContact(store, contact, changes, cause);
  if (company !== undefined) updateCompany(store, company, changes, cause);
  return {
    id,
    name: (contact ?? company)?.name ?? '',
    updated_at: (contact ?? company)?.updated ?? 0,
    request_id: item.requestId,
    _links: linkTo(call, `${key}/${id}`),
  };
}

function changesOf(call: Call, item: Item, record: CompanyRecord | null): RecordChanges {
  const { fields, companies } = call.store;
  const company = item.record('_embedded')?.['companies'];
  const first: unknown = Array.isArray(company) ? company[0] : undefined;
  const companyId = isFields(first) && typeof first['id'] === 'number' ? first['id'] : undefined;
  if (companyId !== undefined && companies.get(companyId) === undefined) {
    item.fault('_embedded.companies.0.id', 'NotSupportedChoice');
  }
  const changes = {
    name: item.text('name'),
    firstName: item.text('first_name'),
    lastName: item.text('last_name'),
    ownerId: responsible(call, item),
    companyId,
    fields: item.customFields(fields, fields.contacts, record?.fields ?? null),
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function contactText(call: Call): (contact: Contact) => string {
  const withLeads = withOf(call).has('leads');
  return (contact) =>
    JSON.stringify({
      id: contact.id,
      name: contact.name,
      first_name: contact.firstName,
      last_name: contact.lastName,
      ...common(call, contact),
      is_unsorted: hidden(call, contact.id),
      _links: linkTo(call, `contacts/${contact.id}`),
      _embedded: {
        tags: [],
        companies: contact.companyId === 0 ? [] : [{ id: contact.companyId }],
        ...(withLeads ? { leads: leadsOf(call, contact.id) } : {}),
      },
    });
}

/** A contact of an incoming lead is hidden until the lead is accepted. */
function hidden(call: Call, contactId: number): boolean {
  return [...call.store.unsorted.values()].some((one) => one.contactId === contactId);
}

function leadsOf(call: Call, contactId: number) {
  const found: { id: number }[] = [];
  for (const lead of call.store.leads) {
    if (lead.contactIds.includes(contactId)) found.push({ id: lead.id });
  }
  return found;
}

function companyText(call: Call): (company: CompanyRecord) => string {
  return (company) =>
    JSON.stringify({
      id: company.id,
      name: company.name,
      ...common(call, company),
      _links: linkTo(call, `companies/${company.id}`),
      _embedded: { tags: [] },
    });
}

function common(call: Call, row: CompanyRecord) {
  return {
    responsible_user_id: row.ownerId,
    group_id: call.store.people.get(row.ownerId)?.groupId ?? 0,
    created_by: row.ownerId,
    updated_by: row.ownerId,
    created_at: row.created,
    updated_at: row.updated,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: row.fields ?? null,
    account_id: call.store.accountId,
  };
}

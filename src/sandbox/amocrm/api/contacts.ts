import type { EntityTable } from '../../common/entity-table.js';
import { createCompany, createContact } from '../store/record-actions.js';
import type { CompanyRecord, Contact } from '../store/records.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf, type Rows } from './hal.js';
import { readItems, refuseFaulty } from './items.js';
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
  return add(call, 'contacts', (name) => createContact(call.store, name, 0, call.cause).id);
}

function addCompanies(call: Call): ApiAnswer {
  return add(call, 'companies', (name) => createCompany(call.store, name, call.cause).id);
}

function add(call: Call, key: 'contacts' | 'companies', make: (name: string) => number): ApiAnswer {
  const items = readItems(call);
  const names = items.map((item) => {
    const parts = [item.text('name'), item.text('first_name'), item.text('last_name')];
    return parts.filter((part) => part !== undefined && part !== '').join(' ');
  });
  refuseFaulty(items);
  const rows = names.map((name, index) => {
    const id = make(name);
    return { id, request_id: items[index]?.requestId ?? '0', _links: linkTo(call, `${key}/${id}`) };
  });
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { [key]: rows } });
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

function common(
  call: Call,
  row: { readonly ownerId: number; readonly created: number; readonly updated: number },
) {
  return {
    responsible_user_id: row.ownerId,
    group_id: call.store.people.get(row.ownerId)?.groupId ?? 0,
    created_by: row.ownerId,
    updated_by: row.ownerId,
    created_at: row.created,
    updated_at: row.updated,
    closest_task_at: null,
    is_deleted: false,
    custom_fields_values: null,
    account_id: call.store.accountId,
  };
}

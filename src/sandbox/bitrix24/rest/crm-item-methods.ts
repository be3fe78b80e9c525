import { createDeal, deleteDeal, updateDeal } from '../store/deal-actions.js';
import type { Deal } from '../store/deal.js';
import type { FieldSpec } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import { createRecord, deleteRecord, updateRecord } from '../store/record-actions.js';
import type { CrmRecord } from '../store/record.js';
import { accessDenied, invalidArgument, notFound, RestError } from '../wire/rest-error.js';
import { rowValue, visibleBy, type CrmLists, type RecordKind } from './crm-lists.js';
import { readDealChanges } from './deal-write.js';
import { listAnswer, type Answer, type Call, type Method } from './method.js';

const DEAL_TYPE = 2;

/** `crm.item.*` for leads, deals, contacts and companies. */
export function crmItemMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  const methods: readonly (readonly [string, (call: Call) => Answer])[] = [
    ['list', (call) => listItems(store, lists, call)],
    ['get', (call) => ({ result: { item: itemValue(lists, findItem(store, lists, call)) } })],
    ['add', (call) => addItem(store, lists, call)],
    ['update', (call) => updateItem(store, lists, call)],
    ['delete', (call) => deleteItem(store, lists, call)],
    ['fields', (call) => ({ result: { fields: describe(lists, entityType(call)) } })],
  ];
  return methods.map(([name, run]) => ({ name: `crm.item.${name}`, scope: 'crm', run }));
}

type Found = { readonly deal: Deal } | { readonly kind: RecordKind; readonly row: CrmRecord };

/** The deal, refused when it is not there or not the caller's to see. */
export function requireDeal(store: PortalStore, call: Call, id: number): Deal {
  const deal = store.deals.get(id);
  if (deal === undefined) {
    throw notFound('Element not found');
  }
  const owners = store.people.visibleOwners(call.caller.person);
  if (owners !== null && !owners.has(deal.ownerId)) {
    throw accessDenied('Access denied.');
  }
  return deal;
}

export function dealsVisibleTo(store: PortalStore, call: Call): ((deal: Deal) => boolean) | null {
  return visibleBy<Deal>(store.people.visibleOwners(call.caller.person), (deal) => deal.ownerId);
}

/** Description of fields in the shape of `crm.item.fields`. */
export function describeItemFields<T>(fields: readonly FieldSpec<T>[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields
      .filter((field) => field.filterable !== false)
      .map((field) => [
        field.name,
        {
          type: field.describedType ?? field.type,
          isRequired: field.required === true,
          isReadOnly: field.readOnly === true,
          isImmutable: false,
          isMultiple: field.multiple === true,
          isDynamic: field.name.startsWith('ufCrm'),
          title: field.title,
          upperName: field.upper,
          ...(field.items === undefined || field.items.length === 0
            ? {}
            : { items: field.items.map((one) => ({ ID: String(one.id), VALUE: one.value })) }),
          ...(field.dictionary === undefined ? {} : { statusType: field.dictionary }),
        },
      ]),
  );
}

function listItems(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const type = entityType(call);
  const wrap = (page: unknown): unknown => ({ items: page });
  const select = itemSelect(call);
  if (type === DEAL_TYPE) {
    return listAnswer(lists.dealItems, call, { visible: dealsVisibleTo(store, call), wrap, select });
  }
  return listAnswer(recordKind(lists, type).items, call, { wrap, select });
}

function itemSelect(call: Call): readonly string[] | null {
  const select = call.params.select();
  return select === null || (select.length === 1 && select[0] === '*') ? null : select;
}

function addItem(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const type = entityType(call);
  const fields = call.params.record('fields');
  if (type === DEAL_TYPE) {
    const deal = createDeal(store, readDealChanges(store, fields, 'name', null), call.cause);
    return { result: { item: rowValue(lists.dealItems, deal) } };
  }
  const kind = recordKind(lists, type);
  const row = createRecord(store, kind, fields, 'name', call.cause);
  return { result: { item: rowValue(kind.items, row) } };
}

function updateItem(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const found = findItem(store, lists, call);
  const fields = call.params.record('fields');
  if ('deal' in found) {
    updateDeal(store, found.deal, readDealChanges(store, fields, 'name', found.deal), call.cause);
  } else {
    updateRecord(store, found.kind, found.row, fields, 'name', call.cause);
  }
  return { result: { item: itemValue(lists, found) } };
}

function deleteItem(store: PortalStore, lists: CrmLists, call: Call): Answer {
  const found = findItem(store, lists, call);
  if ('deal' in found) {
    deleteDeal(store, found.deal, call.cause);
  } else {
    deleteRecord(store, found.kind, found.row, call.cause);
  }
  return { result: [] };
}

function findItem(store: PortalStore, lists: CrmLists, call: Call): Found {
  const type = entityType(call);
  const id = call.params.requireNumber('id');
  if (type === DEAL_TYPE) {
    return { deal: requireDeal(store, call, id) };
  }
  const kind = recordKind(lists, type);
  const row = kind.rows.get(id);
  if (row === undefined) {
    throw notFound('Element not found');
  }
  return { kind, row };
}

function itemValue(lists: CrmLists, found: Found): Record<string, unknown> {
  return 'deal' in found ? rowValue(lists.dealItems, found.deal) : rowValue(found.kind.items, found.row);
}

function describe(lists: CrmLists, type: number): Readonly<Record<string, unknown>> {
  return type === DEAL_TYPE
    ? describeItemFields(lists.dealItems.table.fields)
    : describeItemFields(recordKind(lists, type).items.table.fields);
}

function entityType(call: Call): number {
  const type = call.params.number('entityTypeId');
  if (!Number.isFinite(type)) {
    throw new RestError(400, '100', 'Could not find value for parameter {entityTypeId}');
  }
  return type;
}

function recordKind(lists: CrmLists, type: number): RecordKind {
  const kind = lists.records.find((known) => known.entityTypeId === type);
  if (kind === undefined) {
    throw invalidArgument(`Smart process with entityTypeId ${type} is not found`);
  }
  return kind;
}

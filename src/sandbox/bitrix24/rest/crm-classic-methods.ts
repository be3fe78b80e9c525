import { createDeal, deleteDeal, updateDeal } from '../store/deal-actions.js';
import type { FieldSpec } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import { createRecord, deleteRecord, updateRecord } from '../store/record-actions.js';
import type { CrmRecord } from '../store/record.js';
import { RestError } from '../wire/rest-error.js';
import { dealsVisibleTo, requireDeal } from './crm-item-methods.js';
import { rowValue, type CrmLists, type RecordKind } from './crm-lists.js';
import { readDealChanges } from './deal-write.js';
import { listAnswer, type Call, type Method } from './method.js';

/** The frozen families `crm.deal.*`, `crm.lead.*`, `crm.contact.*`, `crm.company.*`: UPPER names, every value text. */
export function crmClassicMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  return [...dealMethods(store, lists), ...lists.records.flatMap((kind) => recordMethods(store, kind))];
}

function dealMethods(store: PortalStore, lists: CrmLists): readonly Method[] {
  return [
    {
      name: 'crm.deal.list',
      scope: 'crm',
      run: (call) => listAnswer(lists.dealsClassic, call, { visible: dealsVisibleTo(store, call) }),
    },
    {
      name: 'crm.deal.get',
      scope: 'crm',
      run: (call) => ({ result: rowValue(lists.dealsClassic, classicDeal(store, call)) }),
    },
    {
      name: 'crm.deal.add',
      scope: 'crm',
      run: (call) => ({
        result: createDeal(
          store,
          readDealChanges(store, call.params.record('fields'), 'upper', null),
          call.cause,
        ).id,
      }),
    },
    {
      name: 'crm.deal.update',
      scope: 'crm',
      run: (call) => {
        const deal = classicDeal(store, call);
        updateDeal(
          store,
          deal,
          readDealChanges(store, call.params.record('fields'), 'upper', deal),
          call.cause,
        );
        return { result: true };
      },
    },
    {
      name: 'crm.deal.delete',
      scope: 'crm',
      run: (call) => {
        deleteDeal(store, classicDeal(store, call), call.cause);
        return { result: true };
      },
    },
    {
      name: 'crm.deal.fields',
      scope: 'crm',
      run: () => ({ result: describeClassicFields(lists.dealsClassic.table.fields) }),
    },
  ];
}

function recordMethods(store: PortalStore, kind: RecordKind): readonly Method[] {
  const prefix = `crm.${kind.label.toLowerCase()}`;
  const find = (call: Call): CrmRecord => {
    const row = kind.rows.get(call.params.requireNumber('id'));
    if (row === undefined) {
      throw new RestError(400, '', 'Not found');
    }
    return row;
  };
  return [
    { name: `${prefix}.list`, scope: 'crm', run: (call) => listAnswer(kind.classic, call) },
    { name: `${prefix}.get`, scope: 'crm', run: (call) => ({ result: rowValue(kind.classic, find(call)) }) },
    {
      name: `${prefix}.add`,
      scope: 'crm',
      run: (call) => ({
        result: createRecord(store, kind, call.params.record('fields'), 'upper', call.cause).id,
      }),
    },
    {
      name: `${prefix}.update`,
      scope: 'crm',
      run: (call) => {
        updateRecord(store, kind, find(call), call.params.record('fields'), 'upper', call.cause);
        return { result: true };
      },
    },
    {
      name: `${prefix}.delete`,
      scope: 'crm',
      run: (call) => {
        deleteRecord(store, kind, find(call), call.cause);
        return { result: true };
      },
    },
    {
      name: `${prefix}.fields`,
      scope: 'crm',
      run: () => ({ result: describeClassicFields(kind.classic.table.fields) }),
    },
  ];
}

/** The classic family answers an empty code with a text only. */
function classicDeal(store: PortalStore, call: Call) {
  const id = call.params.requireNumber('id');
  if (store.deals.get(id) === undefined) {
    throw new RestError(400, '', 'Not found');
  }
  return requireDeal(store, call, id);
}

function describeClassicFields<T>(fields: readonly FieldSpec<T>[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    fields.map((field) => [
      field.upper,
      {
        type: field.type,
        isRequired: field.required === true,
        isReadOnly: field.readOnly === true,
        isImmutable: false,
        isMultiple: field.multiple === true,
        isDynamic: field.upper.startsWith('UF_'),
        title: field.title,
      },
    ]),
  );
}

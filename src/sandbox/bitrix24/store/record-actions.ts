import type { Cause } from '../events/event-bus.js';
import { asText } from '../wire/scalar-text.js';
import type { EntityTable } from '../../common/entity-table.js';
import type { FieldSpec, FieldValue } from './field-table.js';
import type { PortalStore } from './portal-store.js';
import type { CrmRecord } from './record.js';

/** What the actions need to know of a kind of record. */
export interface RecordTarget {
  readonly label: string;
  readonly rows: EntityTable<CrmRecord>;
  readonly items: { readonly table: { readonly fields: readonly FieldSpec<CrmRecord>[] } };
}

type Fields = Readonly<Record<string, unknown>>;
type Spelling = 'name' | 'upper';

export function createRecord(
  store: PortalStore,
  target: RecordTarget,
  fields: Fields,
  spelling: Spelling,
  cause: Cause,
): CrmRecord {
  const now = store.clock.seconds();
  const row: CrmRecord = {
    id: target.rows.nextId(),
    values: {
      assignedById: cause.userId,
      createdBy: cause.userId,
      createdTime: now,
      updatedTime: now,
      movedTime: now,
      ...readValues(store, target, fields, spelling),
    },
  };
  target.rows.insert(row);
  emit(store, target, 'ADD', row.id, cause);
  return row;
}

export function updateRecord(
  store: PortalStore,
  target: RecordTarget,
  row: CrmRecord,
  fields: Fields,
  spelling: Spelling,
  cause: Cause,
): void {
  const values = readValues(store, target, fields, spelling);
  const differs = Object.entries(values).some(
    ([name, value]) => JSON.stringify(row.values[name] ?? null) !== JSON.stringify(value),
  );
  if (!differs) {
    return;
  }
  row.values = { ...row.values, ...values, updatedTime: store.clock.seconds(), updatedBy: cause.userId };
  target.rows.touch(row);
  emit(store, target, 'UPDATE', row.id, cause);
}

export function deleteRecord(store: PortalStore, target: RecordTarget, row: CrmRecord, cause: Cause): void {
  target.rows.remove(row.id);
  emit(store, target, 'DELETE', row.id, cause);
}

/** The writable fields among those given, as stored values. */
export function readValues(
  store: PortalStore,
  target: Pick<RecordTarget, 'items'>,
  fields: Fields,
  spelling: Spelling,
): Record<string, FieldValue> {
  const values: Record<string, FieldValue> = {};
  for (const field of target.items.table.fields) {
    const value = fields[field[spelling]];
    if (value === undefined || field.readOnly === true) {
      continue;
    }
    values[field.name] = storedValue(store, field, value);
  }
  return values;
}

function storedValue(store: PortalStore, field: FieldSpec<CrmRecord>, value: unknown): FieldValue {
  if (value === null) {
    return null;
  }
  if (field.type === 'datetime' || field.type === 'date') {
    return store.zone.parse(asText(value)) ?? null;
  }
  if (Array.isArray(value)) return value.map(Number);
  const numeric = field.type === 'integer' || field.type === 'double' || field.type === 'user';
  if ((numeric || field.type === 'crm_entity') && Number.isFinite(Number(value))) {
    return Number(value);
  }
  return typeof value === 'boolean' ? (value ? 'Y' : 'N') : asText(value);
}

function emit(store: PortalStore, target: RecordTarget, action: string, id: number, cause: Cause): void {
  const key = `${target.label.toLowerCase()}:${id}`;
  store.events.emit(`ONCRM${target.label}${action}`, key, { FIELDS: { ID: id } }, cause);
}

import { DEAL_FIELDS, type Deal } from '../store/deal.js';
import { FieldTable, type FieldSpec, type FieldStyle } from '../store/field-table.js';
import type { PortalStore } from '../store/portal-store.js';
import {
  ACTIVITY_FIELDS,
  COMPANY_FIELDS,
  CONTACT_FIELDS,
  LEAD_FIELDS,
  PRODUCT_FIELDS,
  type CrmRecord,
} from '../store/record.js';
import type { EntityTable } from '../../common/entity-table.js';
import { RowCache } from '../store/row-cache.js';
import { RowLists } from '../store/row-list.js';
import { historyFields, type HistoryRow } from '../store/stage-history.js';
import { taskFields, type Task } from '../store/task.js';

export const ITEM_STYLE: FieldStyle = { output: 'name', input: 'name', values: 'typed' };
export const CLASSIC_STYLE: FieldStyle = { output: 'upper', input: 'upper', values: 'text' };
const HISTORY_STYLE: FieldStyle = { output: 'upper', input: 'upper', values: 'typed' };
const TASK_STYLE: FieldStyle = { output: 'name', input: 'upper', values: 'text' };
const TASK_V3_STYLE: FieldStyle = { output: 'name', input: 'name', values: 'typed' };

/** Rows written ahead are kept up to this many bytes. */
const CACHE_BYTES = 768 * 1024 * 1024;

/** A kind of CRM record that `crm.item.*` and a classic family both serve. */
export interface RecordKind {
  readonly entityTypeId: number;
  readonly label: 'LEAD' | 'CONTACT' | 'COMPANY';
  readonly rows: EntityTable<CrmRecord>;
  readonly items: RowLists<CrmRecord>;
  readonly classic: RowLists<CrmRecord>;
}

/** Every list of the portal, in each of its dialects. */
export class CrmLists {
  private readonly cache = new RowCache(CACHE_BYTES);
  readonly dealItems: RowLists<Deal>;
  readonly dealsClassic: RowLists<Deal>;
  readonly history: RowLists<HistoryRow>;
  readonly tasks: RowLists<Task>;
  readonly tasksV3: RowLists<Task>;
  readonly activities: RowLists<CrmRecord>;
  readonly products: RowLists<CrmRecord>;
  readonly records: readonly RecordKind[];

  constructor(private readonly store: PortalStore) {
    this.dealItems = this.deals('deal-item', ITEM_STYLE);
    this.dealsClassic = this.deals('deal-classic', CLASSIC_STYLE);
    this.history = new RowLists(
      store.history,
      new FieldTable(
        'history',
        historyFields((dealId) => store.history.chain(store.deals.get(dealId)?.lastHistoryId ?? 0)),
        store.zone,
        HISTORY_STYLE,
      ),
      this.cache,
      'CREATED_TIME',
    );
    const specs = taskFields(store.tasks);
    this.tasks = new RowLists(
      store.tasks,
      new FieldTable('task', specs, store.zone, TASK_STYLE),
      this.cache,
      'CHANGED_DATE',
    );
    this.tasksV3 = new RowLists(
      store.tasks,
      new FieldTable('task-v3', specs, store.zone, TASK_V3_STYLE),
      this.cache,
      null,
    );
    this.activities = this.recordLists('activity', store.activities, this.activitySpecs(), CLASSIC_STYLE);
    this.products = this.recordLists('product', store.products, PRODUCT_FIELDS, CLASSIC_STYLE);
    this.records = [
      this.recordKind(1, 'LEAD', store.leads, LEAD_FIELDS),
      this.recordKind(3, 'CONTACT', store.contacts, CONTACT_FIELDS),
      this.recordKind(4, 'COMPANY', store.companies, COMPANY_FIELDS),
    ];
  }

  private deals(kind: string, style: FieldStyle): RowLists<Deal> {
    const fields = [...DEAL_FIELDS, ...this.store.userFields.specs()];
    const table = new FieldTable<Deal>(kind, fields, this.store.zone, style, (deal) => deal.extra === null);
    this.store.userFields.onAdd((spec) => table.extend(spec));
    return new RowLists(this.store.deals, table, this.cache, 'DATE_MODIFY');
  }

  private recordKind(
    entityTypeId: number,
    label: RecordKind['label'],
    rows: EntityTable<CrmRecord>,
    fields: readonly FieldSpec<CrmRecord>[],
  ): RecordKind {
    return {
      entityTypeId,
      label,
      rows,
      items: this.recordLists(`${label}-item`, rows, fields, ITEM_STYLE),
      classic: this.recordLists(`${label}-classic`, rows, fields, CLASSIC_STYLE),
    };
  }

  private recordLists(
    kind: string,
    rows: EntityTable<CrmRecord>,
    fields: readonly FieldSpec<CrmRecord>[],
    style: FieldStyle,
  ): RowLists<CrmRecord> {
    return new RowLists(
      rows,
      new FieldTable(kind, fields, this.store.zone, style),
      this.cache,
      'DATE_MODIFY',
    );
  }

  private activitySpecs(): readonly FieldSpec<CrmRecord>[] {
    const owners = this.store.activitiesByOwner;
    return ACTIVITY_FIELDS.map((field) =>
      field.upper === 'OWNER_ID'
        ? { ...field, lookup: (value: string) => [...(owners.get(value) ?? [])] }
        : field,
    );
  }
}

/** One row as a plain value in a list's dialect. */
export function rowValue<T extends { readonly id: number }>(
  lists: RowLists<T>,
  row: T,
  select: readonly string[] | null = null,
): Record<string, unknown> {
  return JSON.parse(lists.table.serializer(select).write(row)) as Record<string, unknown>;
}

/** Whether the person may see records of this owner. */
export function visibleBy<T>(
  owners: ReadonlySet<number> | null,
  ownerOf: (row: T) => number,
): ((row: T) => boolean) | null {
  return owners === null ? null : (row) => owners.has(ownerOf(row));
}

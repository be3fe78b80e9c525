import type { Instant } from '../../domain/crm/time.js';
import type { JsonObject } from '../common/json.js';
import { DEALS, type DealSource, LEADS, toDeal, toProduct, toTask, toTransition } from './mapper.js';
import { hostTime } from './schema.js';
import { TASK_FIELDS } from './task-reads.js';
import type { KeysetList } from './walk.js';

/** One list of the host and what its rows are to us. A stream is one or more of them, read one after the other. */
export interface Source<Row> {
  readonly list: KeysetList;
  readonly decode: (row: JsonObject) => Row | null;
  /** Many portals work without leads: the host's refusal then means that there are none. */
  readonly optional: boolean;
}

type Since = Instant | undefined;

/** Only what the mirror keeps: half the bytes, and the host bills less operating time. */
export const DEAL_FIELDS: readonly string[] = [
  'id',
  'title',
  'categoryId',
  'stageId',
  'stageSemanticId',
  'assignedById',
  'opportunity',
  'currencyId',
  'sourceId',
  'companyId',
  'contactId',
  'createdTime',
  'updatedTime',
  'movedTime',
  'lastActivityTime',
];

const BOTH = [DEALS, LEADS] as const;

export function dealSources(since: Since) {
  return BOTH.map((source) => ({
    list: itemList(source, DEAL_FIELDS, since),
    decode: (row: JsonObject) => toDeal(row, source),
    optional: source === LEADS,
  }));
}

export function dealIdSources() {
  return BOTH.map((source) => ({
    list: itemList(source, ['id'], undefined),
    decode: (row: JsonObject) => `${source.prefix}_${String(row['id'])}`,
    optional: source === LEADS,
  }));
}

export function historySources(since: Since) {
  return BOTH.map((source) => ({
    list: {
      method: 'crm.stagehistory.list',
      params: { entityTypeId: source.entityTypeId },
      filter: since === undefined ? {} : { '>=CREATED_TIME': hostTime(since) },
      filterId: 'ID',
      rowId: 'ID',
      under: 'items',
      shortPageEnds: since !== undefined,
    },
    decode: (row: JsonObject) => toTransition(row, source),
    optional: source === LEADS,
  }));
}

/** The list cannot filter for "hangs on some deal": other tasks are read and left out here. */
export function taskSources(since: Since) {
  return [
    {
      list: {
        method: 'tasks.task.list',
        params: { select: TASK_FIELDS },
        filter: since === undefined ? {} : { '>=CHANGED_DATE': hostTime(since) },
        filterId: 'ID',
        rowId: 'id',
        under: 'tasks',
        shortPageEnds: since !== undefined,
      },
      decode: (row: JsonObject) => {
        const task = toTask(row);
        return task?.dealId === null ? null : task;
      },
      optional: false,
    },
  ];
}

export function productSources() {
  return [
    {
      list: {
        method: 'crm.product.list',
        params: { select: ['ID', 'NAME', 'PRICE', 'CURRENCY_ID', 'ACTIVE'] },
        filter: {},
        filterId: 'ID',
        rowId: 'ID',
        under: null,
        shortPageEnds: true,
      },
      decode: toProduct,
      optional: true,
    },
  ];
}

function itemList(source: DealSource, select: readonly string[], since: Since): KeysetList {
  return {
    method: 'crm.item.list',
    params: { entityTypeId: source.entityTypeId, select },
    filter: since === undefined ? {} : { '>=updatedTime': hostTime(since) },
    filterId: 'id',
    rowId: 'id',
    under: 'items',
    shortPageEnds: since !== undefined,
  };
}

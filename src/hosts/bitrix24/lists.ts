import type { Instant } from '../../domain/crm/time.js';
import type { JsonObject } from '../common/json.js';
import { fieldsOf, type WatchedField } from './deal-fields.js';
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

/** What is read of a kind of deals besides what every account has. */
export interface DealExtras {
  readonly source: DealSource;
  readonly watched: readonly WatchedField[];
  /** Rows say when somebody last worked on them: a call or a note changes nothing else. */
  readonly byActivity: boolean;
}

export function dealSources(since: Since, extras: readonly DealExtras[]) {
  return extras.flatMap(({ source, watched, byActivity }) => {
    const changes = [itemList(source, selectOf(watched), changedSince('updatedTime', since))];
    if (byActivity && since !== undefined) {
      changes.push(itemList(source, selectOf(watched), changedSince('lastActivityTime', since)));
    }
    return changes.map((list) => ({
      list,
      decode: (row: JsonObject) => decodeDeal(row, source, watched),
      optional: source === LEADS,
    }));
  });
}

export function selectOf(watched: readonly WatchedField[]): readonly string[] {
  return watched.length === 0 ? DEAL_FIELDS : [...DEAL_FIELDS, ...watched.map(({ name }) => name)];
}

export function decodeDeal(row: JsonObject, source: DealSource, watched: readonly WatchedField[]) {
  return watched.length === 0 ? toDeal(row, source) : toDeal(row, source, fieldsOf(row, watched));
}

export function dealIdSources() {
  return BOTH.map((source) => ({
    list: itemList(source, ['id'], {}),
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

function changedSince(field: string, since: Since): Readonly<Record<string, string>> {
  return since === undefined ? {} : { [`>=${field}`]: hostTime(since) };
}

function itemList(
  source: DealSource,
  select: readonly string[],
  filter: Readonly<Record<string, string>>,
): KeysetList {
  return {
    method: 'crm.item.list',
    params: { entityTypeId: source.entityTypeId, select },
    filter,
    filterId: 'id',
    rowId: 'id',
    under: 'items',
    shortPageEnds: Object.keys(filter).length > 0,
  };
}

import type {
  Department,
  HostTask,
  HostUser,
  Pipeline,
  Stage,
  StageKind,
  StageTransition,
} from '../../domain/crm/records.js';
import type { HostDeal } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { isObject, type JsonObject } from '../common/json.js';
import { ascendingIds, decimalOf, flagOf, idOf, numberOf, rowsOf, textOf } from '../common/values.js';
import { type FieldReading, fieldsOf } from './deal-fields.js';
import { groupOf, isActive } from './group-heads.js';
import { embeddedIn, instantOf } from './schema.js';
import { parseText } from './task-text.js';

/** The two closing statuses have the same ids in every pipeline; their names can be changed, their ids cannot. */
const WON = '142';
const LOST = '143';

/**
 * The host has no tasks without a deadline. Ours stand at the end of 2037 (23:59 in Moscow, before 32-bit clocks end):
 * last in every list, and read back as "none".
 */
export const NO_DEADLINE_SECONDS = Date.UTC(2037, 11, 31, 20, 59) / 1000;

export function stageKindOf(statusId: string): StageKind {
  if (statusId === WON) return 'won';
  return statusId === LOST ? 'lost' : 'open';
}

/** What has to be known of the account to read its deals. */
export interface DealReading extends FieldReading {
  readonly currency: string | null;
  /** Deals have products here: they are asked to come along. */
  readonly products: boolean;
}

const NO_FIELDS: HostDeal['fields'] = {};

/** Null for a row without an id and for one in the bin. */
export function toDeal(row: JsonObject, reading: DealReading): HostDeal | null {
  const id = idOf(row['id']);
  if (id === null || flagOf(row['is_deleted'])) return null;
  const stageId = idOf(row['status_id']) ?? '';
  const createdAt = instantOf(row['created_at']);
  const modifiedAt = instantOf(row['updated_at']) ?? createdAt ?? 0;
  return {
    id,
    title: textOf(row['name']) ?? '',
    pipelineId: idOf(row['pipeline_id']) ?? '',
    stageId,
    stageKind: stageKindOf(stageId),
    ownerId: idOf(row['responsible_user_id']),
    amount: decimalOf(row['price']),
    currency: reading.currency,
    sourceId: idOf(row['source_id']),
    companyId: idOf(embeddedIn(row, 'companies')[0]?.['id']),
    contactId: mainContact(row),
    createdAt: createdAt ?? modifiedAt,
    modifiedAt,
    stageSince: stageKindOf(stageId) === 'open' ? null : instantOf(row['closed_at']),
    // The log of events says it, see the stream of activities.
    lastActivityAt: null,
    productIds: idsIn(row, 'catalog_elements'),
    tags: namesIn(row, 'tags'),
    lossReason: reasonOf(row, stageId),
    fields: reading.watched.size === 0 ? NO_FIELDS : fieldsOf(row, reading),
  };
}

function reasonOf(row: JsonObject, stageId: string): string | null {
  return stageId === LOST ? (namesIn(row, 'loss_reason')[0] ?? null) : null;
}

function mainContact(row: JsonObject): string | null {
  const contacts = embeddedIn(row, 'contacts');
  return idOf((contacts.find((each) => flagOf(each['is_main'])) ?? contacts[0])?.['id']);
}

function idsIn(row: JsonObject, key: string): readonly string[] {
  const rows = embeddedIn(row, key);
  return rows.length === 0
    ? NONE
    : ascendingIds(rows.map((each) => idOf(each['id'])).filter((id) => id !== null));
}

function namesIn(row: JsonObject, key: string): readonly string[] {
  const rows = embeddedIn(row, key);
  return rows.length === 0 ? NONE : rows.map((each) => textOf(each['name'])).filter((name) => name !== null);
}

const NONE: readonly string[] = [];

export function toPipeline(row: JsonObject): { pipeline: Pipeline; stages: readonly Stage[] } | null {
  const id = idOf(row['id']);
  if (id === null) return null;
  const stages = embeddedIn(row, 'statuses').map((status) => toStage(status, id));
  return {
    pipeline: { id, name: textOf(row['name']) ?? id, sort: numberOf(row['sort']) ?? 0 },
    stages: stages.filter((stage) => stage !== null),
  };
}

function toStage(row: JsonObject, pipelineId: string): Stage | null {
  const id = idOf(row['id']);
  if (id === null) return null;
  return {
    pipelineId,
    id,
    name: textOf(row['name']) ?? id,
    sort: numberOf(row['sort']) ?? 0,
    kind: stageKindOf(id),
    color: colorOf(row['color']),
  };
}

export function toUser(row: JsonObject): HostUser | null {
  const id = idOf(row['id']);
  if (id === null) return null;
  const rights = isObject(row['rights']) ? row['rights'] : {};
  const email = textOf(row['email']);
  return {
    id,
    name: textOf(row['name']) ?? email ?? id,
    email,
    position: textOf(embeddedIn(row, 'roles')[0]?.['name']),
    active: isActive(rights),
    admin: flagOf(rights['is_admin']),
    departmentIds: [groupOf(rights)],
    timeZone: null,
  };
}

/** A group of people: the host knows no hierarchy of them. */
export function toDepartment(
  row: JsonObject,
  sort: number,
  heads: ReadonlyMap<string, string>,
): Department | null {
  const number = numberOf(row['id']);
  if (number === null) return null;
  const id = String(number);
  return { id, name: textOf(row['name']) ?? '', sort, parentId: null, headId: heads.get(id) ?? null };
}

const ENTITY_OF_DEALS = 'leads';

export function toTask(row: JsonObject): HostTask | null {
  const id = idOf(row['id']);
  if (id === null) return null;
  const { title, key } = parseText(textOf(row['text']) ?? '');
  const completed = flagOf(row['is_completed']);
  const modifiedAt = instantOf(row['updated_at']) ?? instantOf(row['created_at']) ?? 0;
  const due = numberOf(row['complete_till']);
  return {
    id,
    dealId: row['entity_type'] === ENTITY_OF_DEALS ? idOf(row['entity_id']) : null,
    title,
    ownerId: idOf(row['responsible_user_id']),
    state: completed ? 'completed' : 'open',
    dueAt: due === null || due >= NO_DEADLINE_SECONDS ? null : instantOf(due),
    // The host keeps no time of completion; nothing but completing changes a task so that it is completed afterwards.
    completedAt: completed ? modifiedAt : null,
    completedBy: completed ? idOf(row['updated_by']) : null,
    result: resultIn(row),
    modifiedAt,
    ourKey: key,
  };
}

/** As much as a result of ours may have. An open task has an empty list in its place. */
const LONGEST_RESULT = 4_000;

function resultIn({ result }: JsonObject): string | null {
  return (isObject(result) && textOf(result['text'])?.slice(0, LONGEST_RESULT)) || null;
}

/** Which stage a `lead_status_changed` event leaves and enters. */
export interface Move {
  readonly eventId: string;
  readonly dealId: string;
  readonly at: Instant;
  readonly before: StagePlace | null;
  readonly after: StagePlace;
}

export interface StagePlace {
  readonly pipelineId: string;
  readonly stageId: string;
}

export function toMove(row: JsonObject): Move | null {
  const eventId = idOf(row['id']);
  const dealId = idOf(row['entity_id']);
  const at = instantOf(row['created_at']);
  const after = placeOf(row['value_after']);
  if (eventId === null || dealId === null || at === null || !after) return null;
  return { eventId, dealId, at, before: placeOf(row['value_before']), after };
}

function placeOf(values: unknown): StagePlace | null {
  const status = rowsOf(values)[0]?.['lead_status'];
  if (!isObject(status)) return null;
  const stageId = idOf(status['id']);
  const pipelineId = idOf(status['pipeline_id']);
  return stageId && pipelineId ? { stageId, pipelineId } : null;
}

export function transition(
  dealId: string,
  at: Instant,
  { pipelineId, stageId }: StagePlace,
  hostId: string,
): StageTransition {
  return { dealId, at, pipelineId, stageId, stageKind: stageKindOf(stageId), hostId };
}

function colorOf(value: unknown): string | null {
  const [, digits] = (typeof value === 'string' && /^#?([0-9a-f]{6})$/i.exec(value)) || [];
  return digits ? `#${digits.toLowerCase()}` : null;
}

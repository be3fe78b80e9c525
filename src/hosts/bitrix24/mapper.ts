import type {
  Department,
  HostTask,
  HostTaskState,
  HostUser,
  Product,
  Stage,
  StageKind,
  StageTransition,
} from '../../domain/crm/records.js';
import type { HostDeal } from '../../contract/streams.js';
import type { JsonObject } from '../common/json.js';
import { decimalOf, flagOf, idOf, listOf, numberOf, textOf } from '../common/values.js';
import { instantOf } from './schema.js';

/** What we keep as deals: the prefixes are those of the host's own task links. */
export type DealSource = { readonly prefix: 'D' | 'L'; readonly entityTypeId: 2 | 1 };
export const DEALS: DealSource = { prefix: 'D', entityTypeId: 2 };
export const LEADS: DealSource = { prefix: 'L', entityTypeId: 1 };
export const LEAD_PIPELINE = 'L';

export interface DealAddress {
  readonly source: DealSource;
  readonly hostId: string;
}

/** `D_57` and `L_5`; null for anything else. */
export function dealAddress(dealId: string): DealAddress | null {
  const [, prefix, hostId] = /^([DL])_(\d{1,15})$/.exec(dealId) ?? [];
  if (!hostId) return null;
  return { source: prefix === 'L' ? LEADS : DEALS, hostId };
}

/** The host's category number of a pipeline of ours; null for leads, which have none. */
export function categoryOf(pipelineId: string): string | null {
  return /^D_(\d{1,10})$/.exec(pipelineId)?.[1] ?? null;
}

const KIND_OF_SEMANTICS: ReadonlyMap<unknown, StageKind> = new Map([
  ['P', 'open'],
  ['S', 'won'],
  ['F', 'lost'],
  ['process', 'open'],
  ['success', 'won'],
  ['failure', 'lost'],
  ['apology', 'lost'],
]);

/** Falls back to the codes of the system stages, which cannot be renamed; a stage that we do not know is open. */
export function stageKindOf(semantics: unknown, stageId: string): StageKind {
  const known = KIND_OF_SEMANTICS.get(semantics);
  if (known) return known;
  if (/(?:^|:)(?:WON|CONVERTED)$/.test(stageId)) return 'won';
  return /(?:^|:)(?:LOSE|APOLOGY|JUNK)$/.test(stageId) ? 'lost' : 'open';
}

/** Stage codes of pipeline n begin with `C{n}:`, and some answers leave that out. */
export function stageIdOf(code: unknown, pipelineId: string): string {
  const text = textOf(code) ?? '';
  const category = categoryOf(pipelineId);
  if (category === null || category === '0' || text === '' || text.includes(':')) return text;
  return `C${category}:${text}`;
}

/** `fields` are those that the account watches; products are told apart from deals, and there is no reason of a loss. */
export function toDeal(
  row: JsonObject,
  source: DealSource,
  fields: HostDeal['fields'] = NO_FIELDS,
): HostDeal | null {
  const id = idOf(row['id']);
  if (id === null) return null;
  const pipelineId = pipelineOf(row['categoryId'], source);
  const stageId = stageIdOf(row['stageId'], pipelineId);
  const modifiedAt = instantOf(row['updatedTime']);
  return {
    id: `${source.prefix}_${id}`,
    title: textOf(row['title']) ?? '',
    pipelineId,
    stageId,
    stageKind: stageKindOf(row['stageSemanticId'], stageId),
    ownerId: idOf(row['assignedById']),
    amount: decimalOf(row['opportunity']),
    currency: textOf(row['currencyId']),
    sourceId: textOf(row['sourceId']),
    companyId: idOf(row['companyId']),
    contactId: idOf(row['contactId']),
    createdAt: instantOf(row['createdTime']) ?? modifiedAt ?? 0,
    modifiedAt: modifiedAt ?? 0,
    stageSince: instantOf(row['movedTime']),
    lastActivityAt: instantOf(row['lastActivityTime']),
    productIds: null,
    tags: NO_TAGS,
    lossReason: null,
    fields,
  };
}

const NO_FIELDS: HostDeal['fields'] = {};
const NO_TAGS: readonly string[] = [];

export function toTransition(row: JsonObject, source: DealSource): StageTransition | null {
  const id = idOf(row['ID']);
  const owner = idOf(row['OWNER_ID']);
  const at = instantOf(row['CREATED_TIME']);
  if (id === null || owner === null || at === null) return null;
  const pipelineId = pipelineOf(row['CATEGORY_ID'], source);
  const stageId = stageIdOf(row['STAGE_ID'] ?? row['STATUS_ID'], pipelineId);
  return {
    dealId: `${source.prefix}_${owner}`,
    at,
    pipelineId,
    stageId,
    stageKind: stageKindOf(row['STAGE_SEMANTIC_ID'] ?? row['STATUS_SEMANTIC_ID'], stageId),
    hostId: `${source.prefix}_${id}`,
  };
}

/** Status numbers of the classic API, names of REST 3.0. */
const TASK_STATES: ReadonlyMap<string | null, HostTaskState> = new Map([
  ['1', 'open'],
  ['2', 'open'],
  ['3', 'inProgress'],
  ['4', 'awaitingControl'],
  ['5', 'completed'],
  ['6', 'deferred'],
  ['7', 'declined'],
  ['pending', 'open'],
  ['in_progress', 'inProgress'],
  ['supposedly_completed', 'awaitingControl'],
  ['completed', 'completed'],
  ['deferred', 'deferred'],
  ['declined', 'declined'],
]);

export function toTask(row: JsonObject): HostTask | null {
  const id = idOf(row['id'] ?? row['ID']);
  if (id === null) return null;
  const state = TASK_STATES.get(textOf(row['realStatus'] ?? row['status'])) ?? 'open';
  const completed = state === 'completed';
  return {
    id,
    dealId: dealOfLinks(row['ufCrmTask'] ?? row['crmItemIds']),
    title: textOf(row['title']) ?? '',
    ownerId: idOf(row['responsibleId']),
    state,
    dueAt: instantOf(row['deadline']),
    completedAt: completed ? instantOf(row['closedDate']) : null,
    completedBy: completed ? idOf(row['closedBy']) : null,
    modifiedAt: instantOf(row['changedDate']) ?? instantOf(row['createdDate']) ?? 0,
    ourKey: textOf(row['xmlId']),
  };
}

/** A task may hang on several things; a deal wins over the lead that it came from. */
function dealOfLinks(value: unknown): string | null {
  const links = listOf(value).filter((link): link is string => typeof link === 'string');
  return links.find((link) => /^D_\d+$/.test(link)) ?? links.find((link) => /^L_\d+$/.test(link)) ?? null;
}

export function toUser(row: JsonObject): HostUser | null {
  const id = idOf(row['ID']);
  if (id === null) return null;
  const name = [textOf(row['NAME']), textOf(row['LAST_NAME'])].filter((part) => part !== null).join(' ');
  const email = textOf(row['EMAIL']);
  return {
    id,
    name: name || email || id,
    email,
    position: textOf(row['WORK_POSITION']),
    active: flagOf(row['ACTIVE']),
    admin: flagOf(row['IS_ADMIN'] ?? row['ADMIN']),
    departmentIds: listOf(row['UF_DEPARTMENT'])
      .map(idOf)
      .filter((department) => department !== null),
    timeZone: textOf(row['TIME_ZONE']),
  };
}

export function toDepartment(row: JsonObject): Department | null {
  const id = idOf(row['ID']);
  if (id === null) return null;
  return {
    id,
    name: textOf(row['NAME']) ?? '',
    sort: numberOf(row['SORT']) ?? 0,
    parentId: idOf(row['PARENT']),
    headId: idOf(row['UF_HEAD']),
  };
}

export function toProduct(row: JsonObject): Product | null {
  const id = idOf(row['ID']);
  if (id === null) return null;
  return {
    id,
    name: textOf(row['NAME']) ?? '',
    price: numberOf(row['PRICE']),
    currency: textOf(row['CURRENCY_ID']),
    active: row['ACTIVE'] === undefined || flagOf(row['ACTIVE']),
  };
}

export function toStage(row: JsonObject, pipelineId: string): Stage | null {
  const id = stageIdOf(row['STATUS_ID'], pipelineId);
  if (id === '') return null;
  const extra = row['EXTRA'];
  const more: JsonObject = typeof extra === 'object' && extra !== null ? (extra as JsonObject) : {};
  return {
    pipelineId,
    id,
    name: textOf(row['NAME']) ?? id,
    sort: numberOf(row['SORT']) ?? 0,
    kind: stageKindOf(row['SEMANTICS'] ?? more['SEMANTICS'], id),
    color: colorOf(row['COLOR'] ?? more['COLOR']),
  };
}

function colorOf(value: unknown): string | null {
  const [, digits] = (typeof value === 'string' && /^#?([0-9a-f]{6})$/i.exec(value)) || [];
  return digits ? `#${digits.toLowerCase()}` : null;
}

function pipelineOf(categoryId: unknown, source: DealSource): string {
  return source === LEADS ? LEAD_PIPELINE : `D_${idOf(categoryId) ?? '0'}`;
}

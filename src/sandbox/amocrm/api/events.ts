import type { FormValue } from '../../common/bracket-form.js';
import { badRequest } from '../server/api-error.js';
import { EVENT_ENTITIES, EVENT_TYPES, eventIndex, type EventLog, type EventRow } from '../store/event-log.js';
import { statusKey } from '../store/statuses.js';
import { EMPTY, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, whole as wholeList } from './hal.js';
import { among, filterOf, isRecord, numbersOf, rangeOf, statusPairsOf, textsOf, withOf } from './query.js';

const MAX_EVENTS = 100;
const MAX_NAMED = 10;

interface Kept {
  readonly size: number;
  readonly indexes: Int32Array;
}

/** The log of events, newest first. */
export function eventRoutes(): readonly Route[] {
  const kept = new Map<string, Kept>();
  return [
    { verb: 'GET', path: 'events', name: 'events.list', run: (call) => listEvents(call, kept) },
    { verb: 'GET', path: 'events/types', name: 'events.types', run: listTypes },
    { verb: 'GET', path: 'events/:id', name: 'events.get', run: getEvent },
  ];
}

function listEvents(call: Call, kept: Map<string, Kept>): ApiAnswer {
  const { events } = call.store;
  const query = new URLSearchParams(call.search);
  query.delete('page');
  query.delete('limit');
  const key = `${call.caller.person.id}\n${query.toString()}`;
  let found = kept.get(key);
  if (found?.size !== events.size) {
    found = { size: events.size, indexes: matching(call, events) };
    if (kept.size > 8) kept.clear();
    kept.set(key, found);
  }
  const { indexes } = found;
  return list(call, {
    key: 'events',
    rows: { length: indexes.length, at: (place) => indexes[place] },
    max: MAX_EVENTS,
    write: (index) => JSON.stringify(eventView(call, events.row(index))),
  });
}

function matching(call: Call, events: EventLog): Int32Array {
  const suits = eventFilter(call, events);
  const range = rangeOf(filterOf(call, 'created_at'), 'since');
  const first = range === null || range.from === -Infinity ? 0 : events.indexAt(range.from);
  const end = range === null || range.to === Infinity ? events.size : events.indexAt(range.to + 1);
  const chained = chainOf(call, events);
  if (chained !== null) {
    return Int32Array.from(chained.filter((index) => index >= first && index < end && suits(index)));
  }
  const found: number[] = [];
  for (let index = end - 1; index >= first; index--) {
    if (suits(index)) found.push(index);
  }
  return Int32Array.from(found);
}

/** Rows of the named leads, newest first, without a walk over all; nothing when no lead is named. */
function chainOf(call: Call, events: EventLog): readonly number[] | null {
  const ids = numbersOf(filterOf(call, 'entity_id'));
  const entities = textsOf(filterOf(call, 'entity'));
  if (ids === null || entities?.has('lead') !== true) return null;
  const { leads, bin } = call.store;
  const rows = [...ids].flatMap((id) => events.chain((leads.get(id) ?? bin.get(id))?.lastEvent ?? 0));
  return rows.sort((left, right) => right - left);
}

function eventFilter(call: Call, events: EventLog): (index: number) => boolean {
  const entities = numbersFrom(filterOf(call, 'entity'), EVENT_ENTITIES);
  const types = numbersFrom(filterOf(call, 'type'), EVENT_TYPES);
  const entityIds = numbersOf(filterOf(call, 'entity_id'));
  const actors = numbersOf(filterOf(call, 'created_by'));
  const ids = textsOf(filterOf(call, 'id'));
  if (entityIds !== null && entities?.size !== 1)
    throw badRequest('Filter entity_id needs exactly one entity');
  if ((entityIds?.size ?? 0) > MAX_NAMED || (actors?.size ?? 0) > MAX_NAMED) {
    throw badRequest(`No more than ${MAX_NAMED} values`);
  }
  const visible = visibility(call, events);
  const before = statusFilter(filterOf(call, 'value_before'));
  const after = statusFilter(filterOf(call, 'value_after'));
  const named = ids === null ? null : new Set([...ids].map(eventIndex));
  return (index) =>
    among(types, events.typeAt(index)) &&
    among(entities, events.entityAt(index)) &&
    among(entityIds, events.entityIdAt(index)) &&
    among(actors, events.actorAt(index)) &&
    among(named, index) &&
    (before === null || before(events.row(index).statusBefore)) &&
    (after === null || after(events.row(index).statusAfter)) &&
    visible(index);
}

/** An unknown name matches nothing, as a number no row has. */
function numbersFrom(value: FormValue | undefined, names: readonly string[]): ReadonlySet<number> | null {
  const texts = textsOf(value);
  return texts === null ? null : new Set([...texts].map((text) => names.indexOf(text)));
}

function statusFilter(value: FormValue | undefined): ((status: EventRow['statusAfter']) => boolean) | null {
  if (value === undefined || !isRecord(value)) return null;
  const wanted = statusPairsOf(value['leads_statuses']);
  if (wanted === null) return null;
  return (status) => status !== null && wanted.has(statusKey(status));
}

function visibility(call: Call, events: EventLog): (index: number) => boolean {
  const { people, leads, tasks } = call.store;
  const owners = people.visibleOwners(call.caller.person);
  if (owners === null) return () => true;
  return (index) => {
    const id = events.entityIdAt(index);
    const entity = EVENT_ENTITIES[events.entityAt(index)];
    const owner =
      entity === 'lead' ? leads.get(id)?.ownerId : entity === 'task' ? tasks.get(id)?.ownerId : undefined;
    return owner !== undefined && owners.has(owner);
  };
}

const PLURALS = {
  lead: 'leads',
  contact: 'contacts',
  company: 'companies',
  customer: 'customers',
  task: 'tasks',
} as const;

function eventView(call: Call, row: EventRow) {
  const named = row.entity === 'lead' && withOf(call).has('lead_name');
  const name = named ? { name: call.store.leads.get(row.entityId)?.name ?? '' } : {};
  return {
    id: row.id,
    type: row.type,
    entity_id: row.entityId,
    entity_type: row.entity,
    created_by: row.by,
    created_at: row.at,
    value_after: row.after,
    value_before: row.before,
    account_id: call.store.accountId,
    _links: linkTo(call, `events/${row.id}`),
    _embedded: {
      entity: { id: row.entityId, ...name, _links: linkTo(call, `${PLURALS[row.entity]}/${row.entityId}`) },
    },
  };
}

function getEvent(call: Call): ApiAnswer {
  const index = eventIndex(call.params[0] ?? '');
  if (index < 0 || index >= call.store.events.size) return EMPTY;
  return ok(eventView(call, call.store.events.row(index)));
}

function listTypes(call: Call): ApiAnswer {
  const types = EVENT_TYPES.map((key, index) => ({ key, type: index + 1, lang: key.replaceAll('_', ' ') }));
  return wholeList(call, 'events_types', types);
}

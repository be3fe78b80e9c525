import { forbidden, notFound } from '../server/api-error.js';
import { createNote, updateNote, type NoteDraft } from '../store/record-actions.js';
import type { Note, NoteEntity } from '../store/records.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf } from './hal.js';
import { readItems, readOne, refuseFaulty, type Item } from './items.js';
import { among, filterOf, numbersOf, orderOf, rangeOf, textsOf, within } from './query.js';

const TYPES: readonly string[] = [
  'common',
  'call_in',
  'call_out',
  'service_message',
  'extended_service_message',
  'message_cashier',
  'geolocation',
  'sms_in',
  'sms_out',
  'attachment',
];
const ENTITIES: readonly NoteEntity[] = ['leads', 'contacts', 'companies'];

const ORDERS = ['updated_at', 'id'] as const;
/** What a note of this type must say. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  common: ['text'],
  service_message: ['service', 'text'],
  extended_service_message: ['service', 'text'],
};

/** Notes of leads, contacts and companies. */
export function noteRoutes(): readonly Route[] {
  return ENTITIES.flatMap((entity) => [...batchRoutes(entity), ...singleRoutes(entity)]);
}

function batchRoutes(entity: NoteEntity): readonly Route[] {
  return [entity, `${entity}/:id` as const].flatMap((base): readonly Route[] => {
    const entityId = (call: Call) => (base === entity ? null : idOf(call));
    const path = `${base}/notes`;
    return [
      { verb: 'GET', path, name: 'notes.list', run: (call) => listNotes(call, entity, entityId(call)) },
      { verb: 'POST', path, name: 'notes.add', run: (call) => addNotes(call, entity, entityId(call)) },
      { verb: 'PATCH', path, name: 'notes.update', run: (call) => updateNotes(call, entity, entityId(call)) },
    ];
  });
}

/** With the number of the note's entity in the path and without. */
function singleRoutes(entity: NoteEntity): readonly Route[] {
  const noteOf = (call: Call) => known(call, entity, Number(call.params.at(-1)));
  return [`${entity}/notes/:note`, `${entity}/:id/notes/:note`].flatMap((path): readonly Route[] => [
    { verb: 'GET', path, name: 'notes.get', run: (call) => getNote(call, noteOf(call)) },
    { verb: 'PATCH', path, name: 'notes.update', run: (call) => updateOneNote(call, noteOf(call)) },
  ]);
}

function listNotes(call: Call, entity: NoteEntity, entityId: number | null): ApiAnswer {
  const ids = numbersOf(filterOf(call, 'id'));
  const entityIds = numbersOf(filterOf(call, 'entity_id'));
  const types = textsOf(filterOf(call, 'note_type'));
  const updated = rangeOf(filterOf(call, 'updated_at'), 'since');
  const rows = [...call.store.notes].filter(
    (note) =>
      note.entity === entity &&
      (entityId === null || note.entityId === entityId) &&
      among(ids, note.id) &&
      among(entityIds, note.entityId) &&
      among(types, note.type) &&
      within(updated, note.updated) &&
      isVisible(call, note),
  );
  const order = orderOf(call, ORDERS);
  const sign = order?.descending === true ? -1 : 1;
  if (order !== null) {
    const place = (note: Note) => (order.field === 'id' ? note.id : note.updated);
    rows.sort((left, right) => sign * (place(left) - place(right) || left.id - right.id));
  }
  return list(call, { key: 'notes', rows, write: (note) => JSON.stringify(noteView(call, note)) });
}

/** Notes of a lead are for whoever sees the lead. */
function isVisible(call: Call, { entity, entityId }: Note): boolean {
  if (entity !== 'leads') return true;
  const { leads, bin, people } = call.store;
  const owner = (leads.get(entityId) ?? bin.get(entityId))?.ownerId;
  return owner !== undefined && among(people.visibleOwners(call.caller.person), owner);
}

function known(call: Call, entity: NoteEntity, id: number): Note | null {
  const note = call.store.notes.get(id);
  return note?.entity === entity && isVisible(call, note) ? note : null;
}

function getNote(call: Call, note: Note | null): ApiAnswer {
  return note === null ? EMPTY : ok(noteView(call, note));
}

function updateNotes(call: Call, entity: NoteEntity, entityId: number | null): ApiAnswer {
  const items = readItems(call);
  const plans = items.map((item) => {
    const note = known(call, entity, item.whole('id', true) ?? 0);
    const inside = note !== null && (entityId === null || note.entityId === entityId);
    if (!inside) item.fault('id', 'NotSupportedChoice');
    return { note, params: item.record('params') ?? {}, item };
  });
  refuseFaulty(items);
  const notes = plans.flatMap(({ note, params, item }) =>
    note === null ? [] : [updated(call, note, params, item)],
  );
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { notes } });
}

function updateOneNote(call: Call, note: Note | null): ApiAnswer {
  if (note === null) throw notFound('Note not found');
  const item = readOne(call);
  const params = item.record('params') ?? {};
  refuseFaulty([item]);
  return ok(updated(call, note, params, item));
}

function updated(call: Call, note: Note, params: Note['params'], item: Item) {
  updateNote(call.store, note, params);
  return {
    id: note.id,
    entity_id: note.entityId,
    updated_at: note.updated,
    request_id: item.requestId,
    _links: linkTo(call, `${note.entity}/${note.entityId}/notes/${note.id}`),
  };
}

function addNotes(call: Call, entity: NoteEntity, entityId: number | null): ApiAnswer {
  const items = readItems(call);
  const drafts = items.map((item) => draftOf(call, item, entity, entityId));
  refuseFaulty(items);
  const notes = drafts.map((draft, index) => {
    const note = createNote(call.store, draft, call.cause);
    return {
      id: note.id,
      entity_id: note.entityId,
      request_id: items[index]?.requestId ?? '0',
      _links: linkTo(call, `${entity}/${note.entityId}/notes/${note.id}`),
    };
  });
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { notes } });
}

function draftOf(call: Call, item: Item, entity: NoteEntity, fixed: number | null): NoteDraft {
  const entityId = fixed ?? item.whole('entity_id', true) ?? 0;
  const type = item.text('note_type', true) ?? '';
  if (type !== '' && !TYPES.includes(type)) item.fault('note_type', 'NotSupportedChoice');
  const params = item.record('params') ?? {};
  refuseSilence(item, type, params);
  const createdBy = item.whole('created_by');
  const owner = call.store[entity].get(entityId)?.ownerId;
  if (owner === undefined) {
    if (fixed !== null) throw notFound('Entity not found');
    item.fault('entity_id', 'NotSupportedChoice');
  } else if (!among(call.store.people.visibleOwners(call.caller.person), owner)) {
    throw forbidden();
  }
  return { entity, entityId, type, params, ...(createdBy === undefined ? {} : { createdBy }) };
}

function refuseSilence(item: Item, type: string, params: Note['params']): void {
  for (const name of NEEDED[type] ?? []) {
    if (typeof params[name] !== 'string') item.fault(`params.${name}`, 'FieldMissing');
  }
}

function noteView(call: Call, note: Note) {
  return {
    id: note.id,
    entity_id: note.entityId,
    created_by: note.createdBy,
    updated_by: note.createdBy,
    created_at: note.created,
    updated_at: note.updated,
    responsible_user_id: note.ownerId,
    group_id: call.store.people.get(note.ownerId)?.groupId ?? 0,
    note_type: note.type,
    params: note.params,
    account_id: call.store.accountId,
    _links: linkTo(call, `${note.entity}/${note.entityId}/notes/${note.id}`),
  };
}

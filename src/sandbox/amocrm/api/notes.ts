import { forbidden, notFound } from '../server/api-error.js';
import { createNote, type NoteDraft } from '../store/record-actions.js';
import type { Note, NoteEntity } from '../store/records.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf } from './hal.js';
import { readItems, refuseFaulty, type Item } from './items.js';
import { among, filterOf, numbersOf, rangeOf, textsOf, within } from './query.js';

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

/** Notes of leads, contacts and companies. */
export function noteRoutes(): readonly Route[] {
  return ENTITIES.flatMap((entity): readonly Route[] => [
    {
      verb: 'GET',
      path: `${entity}/notes`,
      name: 'notes.list',
      run: (call) => listNotes(call, entity, null),
    },
    { verb: 'POST', path: `${entity}/notes`, name: 'notes.add', run: (call) => addNotes(call, entity, null) },
    {
      verb: 'GET',
      path: `${entity}/:id/notes`,
      name: 'notes.list',
      run: (call) => listNotes(call, entity, idOf(call)),
    },
    {
      verb: 'POST',
      path: `${entity}/:id/notes`,
      name: 'notes.add',
      run: (call) => addNotes(call, entity, idOf(call)),
    },
    { verb: 'GET', path: `${entity}/:id/notes/:note`, name: 'notes.get', run: getNote },
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
      within(updated, note.updated),
  );
  return list(call, { key: 'notes', rows, write: (note) => JSON.stringify(noteView(call, note)) });
}

function getNote(call: Call): ApiAnswer {
  const note = call.store.notes.get(idOf(call, 1));
  return note === undefined ? EMPTY : ok(noteView(call, note));
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
  if (type === 'common' && typeof params['text'] !== 'string') item.fault('params.text', 'FieldMissing');
  const owner = call.store[entity].get(entityId)?.ownerId;
  if (owner === undefined) {
    if (fixed !== null) throw notFound('Entity not found');
    item.fault('entity_id', 'NotSupportedChoice');
  } else if (!among(call.store.people.visibleOwners(call.caller.person), owner)) {
    throw forbidden();
  }
  return { entity, entityId, type, params };
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
    group_id: 0,
    note_type: note.type,
    params: note.params,
    account_id: call.store.accountId,
    _links: linkTo(call, `${note.entity}/${note.entityId}/notes/${note.id}`),
  };
}

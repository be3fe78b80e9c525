import type { PortalStore, TimelineEntry } from '../store/portal-store.js';
import { invalidArgument, notFound, RestError } from '../wire/rest-error.js';
import { requireDeal } from './crm-item-methods.js';
import type { Answer, Call, Method } from './method.js';
import { asNumber, asRecord, asText } from './params.js';

const PAGE = 50;
/** What a comment can hang on here, by the host's name. */
const TYPES: Readonly<Record<string, number>> = { lead: 1, deal: 2, contact: 3, company: 4 };
const SORTABLE: readonly string[] = ['ID', 'CREATED', 'AUTHOR_ID'];

/** Comments and log messages of the timeline. */
export function timelineMethods(store: PortalStore): readonly Method[] {
  const methods: readonly (readonly [string, (call: Call) => Answer])[] = [
    ['comment.add', (call) => addComment(store, call)],
    ['comment.get', (call) => ({ result: commentValue(store, requireComment(store, call)) })],
    ['comment.list', (call) => listComments(store, call)],
    ['comment.update', (call) => updateComment(store, call)],
    ['comment.delete', (call) => deleteComment(store, call)],
    ['logmessage.add', (call) => addLogMessage(store, call)],
  ];
  return methods.map(([name, run]) => ({ name: `crm.timeline.${name}`, scope: 'crm', run }));
}

function addComment(store: PortalStore, call: Call): Answer {
  const fields = requireFields(call);
  const owner = requireOwner(store, call, fields);
  const text = asText(fields['COMMENT']);
  if (text.trim() === '') throw invalidArgument('Comment message is empty');
  const author = asNumber(fields['AUTHOR_ID']);
  const entry: TimelineEntry = {
    id: store.nextPartId(),
    kind: 'comment',
    ...owner,
    title: '',
    text,
    at: store.clock.seconds(),
    authorId: Number.isFinite(author) ? author : call.caller.person.id,
  };
  store.timeline.push(entry);
  tell(store, call, entry, 'ADD');
  return { result: entry.id };
}

function listComments(store: PortalStore, call: Call): Answer {
  const owner = requireOwner(store, call, call.params.record('filter'));
  const [[by = 'ID', direction = 'ASC'] = []] = Object.entries(call.params.record('order'));
  if (!SORTABLE.includes(by)) throw invalidArgument(`Order by ${by} is not supported`);
  const rows = store.timeline
    .filter((entry) => entry.kind === 'comment' && isOn(entry, owner))
    .toSorted((one, other) => rank(one, by) - rank(other, by) || one.id - other.id);
  if (asText(direction).toUpperCase() === 'DESC') rows.reverse();
  const start = Math.max(0, call.params.start());
  const select = call.params.select();
  const page = rows.slice(start, start + PAGE).map((entry) => chosen(commentValue(store, entry), select));
  const next = start + PAGE < rows.length ? start + PAGE : undefined;
  return { result: page, total: rows.length, next };
}

function updateComment(store: PortalStore, call: Call): Answer {
  const entry = requireComment(store, call);
  const text = asText(requireFields(call)['COMMENT']);
  if (text.trim() === '') throw invalidArgument('Comment message is empty');
  const changed = { ...entry, text };
  store.timeline[store.timeline.indexOf(entry)] = changed;
  tell(store, call, changed, 'UPDATE');
  return { result: true };
}

function deleteComment(store: PortalStore, call: Call): Answer {
  const entry = requireComment(store, call);
  store.timeline.splice(store.timeline.indexOf(entry), 1);
  tell(store, call, entry, 'DELETE');
  return { result: true };
}

function addLogMessage(store: PortalStore, call: Call): Answer {
  const fields = requireFields(call);
  const entry: TimelineEntry = {
    id: store.nextPartId(),
    kind: 'log',
    entityTypeId: asNumber(fields['entityTypeId']),
    entityId: asNumber(fields['entityId']),
    title: asText(fields['title']),
    text: asText(fields['text']),
    at: store.clock.seconds(),
    authorId: call.caller.person.id,
  };
  store.timeline.push(entry);
  store.announce({ kind: 'timeline', id: entry.id, dealId: entry.entityId });
  const { id, entityTypeId, entityId, title, text, at } = entry;
  return { result: { logMessage: { id, entityTypeId, entityId, title, text, created: store.zone.iso(at) } } };
}

interface Owner {
  readonly entityTypeId: number;
  readonly entityId: number;
}

/** The filter of the list knows these two fields and wants both, as the fields of a new comment do. */
function requireOwner(store: PortalStore, call: Call, fields: Readonly<Record<string, unknown>>): Owner {
  const entityId = asNumber(fields['ENTITY_ID']);
  const entityTypeId = TYPES[asText(fields['ENTITY_TYPE']).toLowerCase()];
  if (!Number.isFinite(entityId) || asText(fields['ENTITY_TYPE']) === '') {
    throw new RestError(400, '100', 'Required fields: ENTITY_ID, ENTITY_TYPE');
  }
  if (entityTypeId === undefined) throw invalidArgument('ENTITY_TYPE is not supported');
  if (entityTypeId === TYPES['deal']) {
    if (store.deals.get(entityId) === undefined) throw ownerNotFound();
    requireDeal(store, call, entityId);
  } else {
    const table = entityTypeId === 1 ? store.leads : entityTypeId === 3 ? store.contacts : store.companies;
    if (table.get(entityId) === undefined) throw ownerNotFound();
  }
  return { entityTypeId, entityId };
}

function ownerNotFound(): RestError {
  return new RestError(400, 'OWNER_NOT_FOUND', 'Owner not found');
}

function requireFields(call: Call): Readonly<Record<string, unknown>> {
  if (!call.params.has('fields'))
    throw new RestError(400, '100', 'Could not find value for parameter {fields}');
  return asRecord(call.params.get('fields'));
}

function requireComment(store: PortalStore, call: Call): TimelineEntry {
  const id = call.params.requireNumber('id');
  const entry = store.timeline.find((one) => one.kind === 'comment' && one.id === id);
  if (entry === undefined) throw notFound('Not found.');
  if (entry.entityTypeId === TYPES['deal']) requireDeal(store, call, entry.entityId);
  return entry;
}

function tell(store: PortalStore, call: Call, entry: TimelineEntry, what: 'ADD' | 'UPDATE' | 'DELETE'): void {
  store.events.emit(`ONCRMTIMELINECOMMENT${what}`, `timeline:${entry.id}`, { ID: entry.id }, call.cause);
  if (entry.entityTypeId === TYPES['deal']) {
    store.announce({ kind: 'timeline', id: entry.id, dealId: entry.entityId });
  }
}

/** Every value is text, as in all the older lists; files are not simulated. */
function commentValue(store: PortalStore, entry: TimelineEntry): Readonly<Record<string, unknown>> {
  return {
    ID: String(entry.id),
    ENTITY_ID: String(entry.entityId),
    ENTITY_TYPE: Object.keys(TYPES).find((name) => TYPES[name] === entry.entityTypeId) ?? '',
    CREATED: store.zone.iso(entry.at),
    COMMENT: entry.text,
    AUTHOR_ID: String(entry.authorId),
    FILES: [],
  };
}

function chosen(row: Readonly<Record<string, unknown>>, select: readonly string[] | null) {
  return select === null
    ? row
    : Object.fromEntries(Object.entries(row).filter(([name]) => select.includes(name)));
}

function isOn(entry: TimelineEntry, owner: Owner): boolean {
  return entry.entityTypeId === owner.entityTypeId && entry.entityId === owner.entityId;
}

function rank(entry: TimelineEntry, by: string): number {
  if (by === 'CREATED') return entry.at;
  return by === 'AUTHOR_ID' ? entry.authorId : entry.id;
}

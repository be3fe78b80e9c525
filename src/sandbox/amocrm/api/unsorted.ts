import { badRequest, forbidden, notFound } from '../server/api-error.js';
import type { Unsorted } from '../store/records.js';
import {
  acceptUnsorted,
  declineUnsorted,
  receiveUnsorted,
  type UnsortedDraft,
} from '../store/unsorted-actions.js';
import { EMPTY, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, list, selfOf } from './hal.js';
import { isFields, Item, readItems, refuseFaulty } from './items.js';
import { among, filterOf, numbersOf, orderOf, textsOf } from './query.js';

/** Incoming leads that nobody accepted yet. */
export function unsortedRoutes(): readonly Route[] {
  const base = 'leads/unsorted';
  return [
    { verb: 'GET', path: base, name: 'unsorted.list', run: listUnsorted },
    { verb: 'GET', path: `${base}/summary`, name: 'unsorted.summary', run: summary },
    { verb: 'GET', path: `${base}/:uid`, name: 'unsorted.get', run: getUnsorted },
    { verb: 'POST', path: `${base}/forms`, name: 'unsorted.add', run: (call) => addUnsorted(call, 'forms') },
    { verb: 'POST', path: `${base}/sip`, name: 'unsorted.add', run: (call) => addUnsorted(call, 'sip') },
    { verb: 'POST', path: `${base}/:uid/link`, name: 'unsorted.link', run: linkChat },
    { verb: 'POST', path: `${base}/:uid/accept`, name: 'unsorted.accept', run: accept },
    { verb: 'DELETE', path: `${base}/:uid/decline`, name: 'unsorted.decline', run: decline },
  ];
}

function listUnsorted(call: Call): ApiAnswer {
  const uids = textsOf(filterOf(call, 'uid'));
  const categories = textsOf(filterOf(call, 'category'));
  const pipelines = numbersOf(filterOf(call, 'pipeline_id'));
  const rows = [...call.store.unsorted.values()].filter(
    (one) =>
      among(uids, one.uid) && among(categories, one.category) && among(pipelines, pipelineOf(call, one)),
  );
  const order = orderOf(call, ['created_at', 'updated_at']);
  if (order?.descending === true) rows.reverse();
  return list(call, { key: 'unsorted', rows, write: (one) => JSON.stringify(view(call, one)) });
}

/** A request from a site or a telephone; what its metadata must say depends on which. */
function addUnsorted(call: Call, category: 'forms' | 'sip'): ApiAnswer {
  const items = readItems(call);
  const drafts = items.map((item) => draftOf(call, item, category));
  refuseFaulty(items);
  const rows = drafts.map((draft, index) => {
    const made = receiveUnsorted(call.store, draft);
    const { uid, leadId, contactId } = made;
    return {
      uid,
      account_id: call.store.accountId,
      request_id: items[index]?.requestId ?? '0',
      _links: linkTo(call, `leads/unsorted/${uid}`),
      _embedded: { contacts: [{ id: contactId }], leads: [{ id: leadId }], companies: [] },
    };
  });
  return ok({
    _total_items: rows.length,
    _links: { self: { href: selfOf(call) } },
    _embedded: { unsorted: rows },
  });
}

const METADATA = {
  forms: ['form_id', 'form_name', 'form_page'],
  sip: ['phone', 'service_code'],
} as const;

function draftOf(call: Call, item: Item, category: 'forms' | 'sip'): UnsortedDraft {
  const { pipelines, company } = call.store;
  const source = item.text('source_name', true) ?? '';
  item.text('source_uid', true);
  const pipelineId = item.whole('pipeline_id') ?? pipelines.main.id;
  const pipeline = pipelines.pipeline(pipelineId);
  if (pipeline === undefined) item.fault('pipeline_id', 'NotSupportedChoice');
  const metadata = item.record('metadata');
  for (const name of METADATA[category]) {
    if (metadata?.[name] === undefined) item.fault(`metadata.${name}`, 'FieldMissing');
  }
  const embedded = item.record('_embedded') ?? {};
  return {
    name: nameIn(embedded['leads']) ?? (company.language === 'ru' ? 'Заявка' : 'Request'),
    contactName: nameIn(embedded['contacts']) ?? source,
    category,
    sourceName: source,
    pipeline: pipeline ?? pipelines.main,
  };
}

function nameIn(rows: unknown): string | null {
  const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
  const name = isFields(first) ? (first['name'] ?? first['first_name']) : undefined;
  return typeof name === 'string' && name !== '' ? name : null;
}

/** Only what came by chat is tied to a deal that is there already, and nothing comes by chat here. */
function linkChat(call: Call): ApiAnswer {
  const unsorted = known(call);
  if (unsorted.category !== 'chats') throw badRequest('Only unsorted of chats can be linked');
  return ok(view(call, unsorted));
}

function getUnsorted(call: Call): ApiAnswer {
  const unsorted = call.store.unsorted.get(call.params[0] ?? '');
  return unsorted === undefined ? EMPTY : ok(view(call, unsorted));
}

function summary(call: Call): ApiAnswer {
  const all = [...call.store.unsorted.values()];
  const count = (category: string) => ({ total: all.filter((one) => one.category === category).length });
  const categories = { sip: count('sip'), mail: count('mail'), forms: count('forms'), chats: count('chats') };
  return ok({ total: all.length, accepted: 0, declined: 0, average_sort_time: 0, categories });
}

function accept(call: Call): ApiAnswer {
  const { store } = call;
  const unsorted = known(call);
  const item = new Item(isFields(call.body) ? call.body : {}, '0');
  const ownerId = item.whole('user_id') ?? call.caller.person.id;
  const statusId = item.whole('status_id');
  const pipeline = store.pipelines.pipeline(pipelineOf(call, unsorted)) ?? store.pipelines.main;
  const status =
    statusId === undefined
      ? store.pipelines.first(pipeline)
      : (store.pipelines.status(pipeline.id, statusId) ?? store.pipelines.ownStatus(statusId));
  if (status === undefined) item.fault('status_id', 'NotSupportedChoice');
  if (store.people.get(ownerId)?.active !== true) item.fault('user_id', 'NotSupportedChoice');
  refuseFaulty([item]);
  const answer = view(call, unsorted);
  if (status !== undefined) acceptUnsorted(store, unsorted, { ownerId, status }, call.cause);
  return ok(answer);
}

function decline(call: Call): ApiAnswer {
  const unsorted = known(call);
  const answer = view(call, unsorted);
  declineUnsorted(call.store, unsorted, call.cause);
  return ok(answer);
}

function known(call: Call): Unsorted {
  const unsorted = call.store.unsorted.get(call.params[0] ?? '');
  if (unsorted === undefined) throw notFound('Unsorted not found');
  if (call.caller.person.leads === 'D') throw forbidden();
  return unsorted;
}

function pipelineOf(call: Call, unsorted: Unsorted): number {
  return call.store.leads.get(unsorted.leadId)?.status.pipelineId ?? 0;
}

function view(call: Call, unsorted: Unsorted) {
  return {
    uid: unsorted.uid,
    source_uid: unsorted.uid.slice(0, 16),
    source_name: unsorted.sourceName,
    category: unsorted.category,
    pipeline_id: pipelineOf(call, unsorted),
    created_at: unsorted.created,
    metadata: { form_name: unsorted.sourceName, form_sent_at: unsorted.created },
    account_id: call.store.accountId,
    _links: linkTo(call, `leads/unsorted/${unsorted.uid}`),
    _embedded: { contacts: [{ id: unsorted.contactId }], leads: [{ id: unsorted.leadId }], companies: [] },
  };
}

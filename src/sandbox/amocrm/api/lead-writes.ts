import { forbidden, notFound } from '../server/api-error.js';
import { createLead, updateLead, type LeadChanges } from '../store/lead-actions.js';
import type { Lead } from '../store/lead.js';
import type { Status } from '../store/statuses.js';
import { tagNamed } from '../store/tag-actions.js';
import { createContact, createCompany } from '../store/record-actions.js';
import { idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { linkTo, selfOf } from './hal.js';
import { isFields, readItems, readOne, refuseFaulty, responsible, type Item } from './items.js';
import { sees } from './lead-reads.js';

const MAX_COMPLEX = 50;

/** Writing leads. */
export function leadWriteRoutes(): readonly Route[] {
  return [
    { verb: 'POST', path: 'leads', name: 'leads.add', run: addLeads },
    { verb: 'POST', path: 'leads/complex', name: 'leads.complex', run: addComplex },
    { verb: 'PATCH', path: 'leads', name: 'leads.update', run: updateLeads },
    { verb: 'PATCH', path: 'leads/:id', name: 'leads.update', run: updateOneLead },
  ];
}

function addLeads(call: Call): ApiAnswer {
  const items = readItems(call);
  const drafts = items.map((item) => changesOf(call, item, null));
  refuseFaulty(items);
  const leads = drafts.map((draft, index) => {
    const lead = createLead(call.store, draft, call.cause);
    return {
      id: lead.id,
      request_id: items[index]?.requestId ?? '0',
      _links: linkTo(call, `leads/${lead.id}`),
    };
  });
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { leads } });
}

function updateLeads(call: Call): ApiAnswer {
  const items = readItems(call);
  const plans = items.map((item) => {
    const lead = call.store.leads.get(item.whole('id', true) ?? 0);
    if (lead === undefined) item.fault('id', 'NotSupportedChoice');
    else mayEdit(call, lead);
    return { lead, changes: changesOf(call, item, lead ?? null), item };
  });
  refuseFaulty(items);
  const leads = plans.flatMap(({ lead, changes, item }) =>
    lead === undefined ? [] : [{ ...updated(call, lead, changes), request_id: item.requestId }],
  );
  return ok({ _links: { self: { href: selfOf(call) } }, _embedded: { leads } });
}

function updateOneLead(call: Call): ApiAnswer {
  const lead = call.store.leads.get(idOf(call));
  if (lead === undefined || !sees(call, lead)) throw notFound('Lead not found');
  mayEdit(call, lead);
  const item = readOne(call);
  const changes = changesOf(call, item, lead);
  refuseFaulty([item]);
  return ok({ ...updated(call, lead, changes), request_id: item.requestId });
}

function updated(call: Call, lead: Lead, changes: LeadChanges) {
  updateLead(call.store, lead, changes, call.cause);
  return { id: lead.id, updated_at: lead.updated, _links: linkTo(call, `leads/${lead.id}`) };
}

/** A lead with its contact and company at once; the answer is a bare list. */
function addComplex(call: Call): ApiAnswer {
  const { store, cause } = call;
  const items = readItems(call, MAX_COMPLEX);
  const drafts = items.map((item) => changesOf(call, item, null));
  refuseFaulty(items);
  return ok(
    drafts.map((draft, index) => {
      const embedded = items[index]?.record('_embedded') ?? {};
      const contact = firstOf(embedded['contacts']);
      const company = firstOf(embedded['companies']);
      const companyId = company === null ? 0 : createCompany(store, { name: nameOf(company) }, cause).id;
      const contactId =
        contact === null ? 0 : createContact(store, { name: nameOf(contact), companyId }, cause).id;
      const contactIds = contactId === 0 ? [] : [contactId];
      const lead = createLead(store, { ...draft, companyId, contactIds }, cause);
      const ids = { contact_id: contactId || null, company_id: companyId || null };
      return { id: lead.id, ...ids, merged: false, request_id: [items[index]?.requestId ?? '0'] };
    }),
  );
}

function firstOf(value: unknown): Readonly<Record<string, unknown>> | null {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return isFields(first) ? first : null;
}

function nameOf(fields: Readonly<Record<string, unknown>>): string {
  const parts = [fields['name'], fields['first_name'], fields['last_name']];
  return parts.filter((part): part is string => typeof part === 'string' && part !== '').join(' ') || '—';
}

function mayEdit(call: Call, lead: Lead): void {
  if (!sees(call, lead)) throw forbidden();
}

function changesOf(call: Call, item: Item, lead: Lead | null): LeadChanges {
  const { store } = call;
  const changes = {
    name: item.text('name'),
    price: item.whole('price'),
    status: statusOf(call, item, lead),
    ownerId: responsible(call, item),
    lossReasonId: item.whole('loss_reason_id'),
    closed: item.whole('closed_at'),
    createdBy: lead === null ? item.whole('created_by') : undefined,
    updatedBy: item.whole('updated_by'),
    tagIds: tagsOf(call, item, lead),
    fields: item.customFields(store.fields, store.fields.leads, lead?.fields ?? null),
    ...linksOf(item),
  };
  const { lossReasonId } = changes;
  if (lossReasonId !== undefined && !store.lossReasons.some((reason) => reason.id === lossReasonId)) {
    item.fault('loss_reason_id', 'NotSupportedChoice');
  }
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

/** Won and lost are in every pipeline: without a pipeline the lead's own is meant, for a new lead the main one. */
function statusOf(call: Call, item: Item, lead: Lead | null): Status | undefined {
  const { pipelines } = call.store;
  const statusId = item.whole('status_id');
  const pipelineId = item.whole('pipeline_id');
  if (statusId === undefined && pipelineId === undefined) return undefined;
  const pipeline =
    pipelineId === undefined
      ? pipelines.pipeline(lead?.status.pipelineId ?? pipelines.main.id)
      : pipelines.pipeline(pipelineId);
  if (pipeline === undefined) return item.fault('pipeline_id', 'NotSupportedChoice');
  if (statusId === undefined) {
    return lead?.status.pipelineId === pipeline.id ? lead.status : pipelines.first(pipeline);
  }
  const inside = pipelines.status(pipeline.id, statusId);
  const found = pipelineId === undefined ? (inside ?? pipelines.ownStatus(statusId)) : inside;
  return found ?? item.fault('status_id', 'NotSupportedChoice');
}

/** `_embedded.tags` replaces the set, null clears it; the other two add and take away. */
function tagsOf(call: Call, item: Item, lead: Lead | null): readonly number[] | undefined {
  const embedded = item.record('_embedded');
  const whole = embedded !== undefined && 'tags' in embedded ? embedded['tags'] : undefined;
  const add = item.list('tags_to_add');
  const remove = item.list('tags_to_delete');
  if (whole === undefined && add === undefined && remove === undefined) return undefined;
  const before = whole === undefined ? (lead?.tagIds ?? []) : idsOf(call, whole);
  const gone = new Set(idsOf(call, remove));
  return [...new Set([...before, ...idsOf(call, add)])].filter((id) => !gone.has(id));
}

function idsOf(call: Call, tags: unknown): readonly number[] {
  if (!Array.isArray(tags)) return [];
  return tags.filter(isFields).flatMap((tag) => {
    const { id, name } = tag;
    if (typeof id === 'number') return call.store.tags.has(id) ? [id] : [];
    return typeof name === 'string' && name !== '' ? [tagNamed(call.store, name).id] : [];
  });
}

function linksOf(item: Item): Pick<LeadChanges, 'contactIds' | 'companyId'> {
  const embedded = item.record('_embedded') ?? {};
  const idList = (value: unknown) =>
    Array.isArray(value)
      ? value.filter(isFields).flatMap((one) => (typeof one['id'] === 'number' ? [one['id']] : []))
      : null;
  const contacts = idList(embedded['contacts']);
  const company = idList(embedded['companies'])?.[0];
  return {
    ...(contacts === null || contacts.length === 0 ? {} : { contactIds: contacts }),
    ...(company === undefined ? {} : { companyId: company }),
  };
}

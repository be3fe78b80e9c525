import type { Lead } from '../store/lead.js';
import { statusKey } from '../store/statuses.js';
import { EMPTY, idOf, ok, type ApiAnswer, type Call, type Route } from './call.js';
import { fieldFilterOf } from './field-filter.js';
import { list, whole } from './hal.js';
import { deletedText, leadText } from './lead-views.js';
import { Matches, allRows, queryKey } from './matches.js';
import {
  among,
  filterOf,
  numbersOf,
  orderOf,
  rangeOf,
  statusPairsOf,
  textsOf,
  withOf,
  within,
} from './query.js';

const ORDERS = ['created_at', 'updated_at', 'id'] as const;

/** Reading leads. */
export function leadReadRoutes(): readonly Route[] {
  const matches = new Matches();
  return [
    { verb: 'GET', path: 'leads', name: 'leads.list', run: (call) => listLeads(call, matches) },
    { verb: 'GET', path: 'leads/loss_reasons', name: 'loss_reasons.list', run: lossReasons },
    { verb: 'GET', path: 'leads/:id', name: 'leads.get', run: getLead },
    { verb: 'GET', path: 'leads/:id/subscriptions', name: 'subscriptions.list', run: () => EMPTY },
  ];
}

/** Whether the caller may see the lead at all. */
export function sees(call: Call, lead: Lead): boolean {
  return among(call.store.people.visibleOwners(call.caller.person), lead.ownerId);
}

function listLeads(call: Call, matches: Matches): ApiAnswer {
  const { store, caller, origin } = call;
  const wanted = withOf(call);
  if (wanted.has('only_deleted')) {
    return list(call, { key: 'leads', rows: [...store.bin.values()], write: deletedText });
  }
  const write = (lead: Lead) => leadText(store, lead, origin, wanted);
  const visible = store.people.visibleOwners(caller.person);
  const order = orderOf(call, ORDERS);
  const filtered =
    call.query['query'] !== undefined || (store.settings.filterAddOn && call.query['filter'] !== undefined);
  const plain = order === null || (order.field === 'id' && !order.descending);
  if (visible === null && !filtered && plain) {
    return list(call, { key: 'leads', rows: allRows(store.leads), write });
  }
  const key = queryKey(`leads ${store.settings.filterAddOn}`, call.search, caller.person.id);
  const rows = matches.find(key, store.leads, () => {
    const suits = filtered ? leadFilter(call) : () => true;
    const found: Lead[] = [];
    for (const lead of store.leads) {
      if (among(visible, lead.ownerId) && suits(lead)) found.push(lead);
    }
    return order === null ? found : found.sort(comparison(order.field, order.descending));
  });
  return list(call, { key: 'leads', rows, write });
}

function comparison(
  field: (typeof ORDERS)[number],
  descending: boolean,
): (left: Lead, right: Lead) => number {
  const value = (lead: Lead) =>
    field === 'id' ? lead.id : field === 'created_at' ? lead.created : lead.updated;
  const sign = descending ? -1 : 1;
  return (left, right) => sign * (value(left) - value(right) || left.id - right.id);
}

function leadFilter(call: Call): (lead: Lead) => boolean {
  const text = call.query['query'];
  const search = typeof text === 'string' ? text.toLowerCase() : '';
  if (!call.store.settings.filterAddOn) return (lead) => lead.name.toLowerCase().includes(search);
  const sets = (['id', 'pipeline_id', 'created_by', 'updated_by', 'responsible_user_id'] as const).map(
    (name) => [name, numbersOf(filterOf(call, name))] as const,
  );
  const ranges = (['price', 'created_at', 'updated_at', 'closed_at', 'closest_task_at'] as const).map(
    (name) => [name, rangeOf(filterOf(call, name), 'nothing')] as const,
  );
  const names = textsOf(filterOf(call, 'name'));
  const statuses = statusPairsOf(filterOf(call, 'statuses'));
  const fields = fieldFilterOf(filterOf(call, 'custom_fields_values'));
  return (lead) =>
    lead.name.toLowerCase().includes(search) &&
    among(names, lead.name) &&
    sets.every(([name, set]) => among(set, numberOf(lead, name))) &&
    ranges.every(([name, range]) => within(range, numberOf(lead, name))) &&
    among(statuses, statusKey(lead.status)) &&
    fields(lead.fields);
}

type NumberField =
  | 'id'
  | 'pipeline_id'
  | 'created_by'
  | 'updated_by'
  | 'responsible_user_id'
  | 'price'
  | 'created_at'
  | 'updated_at'
  | 'closed_at'
  | 'closest_task_at';

const NUMBERS: Readonly<Record<NumberField, (lead: Lead) => number>> = {
  id: (lead) => lead.id,
  pipeline_id: (lead) => lead.status.pipelineId,
  created_by: (lead) => lead.createdBy,
  updated_by: (lead) => lead.updatedBy,
  responsible_user_id: (lead) => lead.ownerId,
  price: (lead) => lead.price,
  created_at: (lead) => lead.created,
  updated_at: (lead) => lead.updated,
  closed_at: (lead) => lead.closed,
  closest_task_at: (lead) => lead.closestTask,
};

function numberOf(lead: Lead, name: NumberField): number {
  return NUMBERS[name](lead);
}

function getLead(call: Call): ApiAnswer {
  const lead = call.store.leads.get(idOf(call));
  if (lead === undefined || !sees(call, lead)) return EMPTY;
  return ok(Buffer.from(leadText(call.store, lead, call.origin, withOf(call))));
}

function lossReasons(call: Call): ApiAnswer {
  const reasons = call.store.lossReasons.map((reason, index) => ({ ...reason, sort: (index + 1) * 1000 }));
  return whole(call, 'loss_reasons', reasons);
}

import type { Company, CompanyDeal } from '../../company/company.js';
import type { AccountStore } from './account-store.js';
import type { Lead } from './lead.js';
import { elementsOf } from './catalog.js';
import { sourceIdOf } from './sources.js';
import { LOST, type Status } from './statuses.js';

/** Beyond it the account has no list of products: a load test's answers stay as short as they were. */
const LEADS_WITH_PRODUCTS = 5_000;

interface Move {
  readonly lead: Lead;
  readonly at: number;
  readonly from: Status | null;
  readonly to: Status;
}

/** Fills the account: leads first, then what happened to all of them in the order of time. */
export function loadCompany(store: AccountStore, company: Company): void {
  const now = Math.floor(company.now / 1000);
  const admin = store.people.firstAdmin().id;
  for (const client of company.clients) {
    store.companies.insert({ id: client.id, name: client.name, ownerId: admin, created: now, updated: now });
  }
  // Contacts and companies share one row of ids in the host.
  for (const contact of company.contacts) {
    const { id, firstName, lastName, clientId } = contact;
    const name = `${firstName} ${lastName}`.trim();
    const times = { created: now, updated: now };
    store.contacts.insert({
      id,
      name,
      firstName,
      lastName,
      ownerId: admin,
      companyId: clientId ?? 0,
      ...times,
    });
  }
  const products = new Map(company.products.map((product, index) => [product.id, index]));
  const moves: Move[] = [];
  for (const source of company.deals) loadLead(store, source, products, moves);
  moves.sort((left, right) => left.at - right.at || left.lead.id - right.lead.id);
  for (const move of moves) noteMove(store, move);
  store.settings.catalogs = store.leads.live <= LEADS_WITH_PRODUCTS;
}

function loadLead(
  store: AccountStore,
  source: CompanyDeal,
  products: ReadonlyMap<number, number>,
  moves: Move[],
): void {
  const entries = source.history.map((entry) => ({
    at: Math.floor(entry.at / 1000),
    status: knownStatus(store, entry.pipelineId, entry.stageCode),
  }));
  const last = entries.at(-1);
  if (last === undefined) throw new Error(`deal ${source.id} of the company has no stage`);
  const lead: Lead = {
    id: source.id,
    name: source.title,
    price: Math.round(source.amount),
    status: last.status,
    ownerId: source.ownerId,
    lossReasonId:
      last.status.id === LOST ? (store.lossReasons[source.id % store.lossReasons.length]?.id ?? 0) : 0,
    sourceId: sourceIdOf(source.sourceId),
    createdBy: source.ownerId,
    updatedBy: source.ownerId,
    created: Math.floor(source.createdAt / 1000),
    updated: Math.max(Math.floor(source.modifiedAt / 1000), last.at),
    closed: last.status.kind === 'open' ? 0 : last.at,
    closestTask: 0,
    moved: last.at,
    companyId: source.clientId ?? 0,
    contactIds: source.contactId === null ? [] : [source.contactId],
    tagIds: [],
    elementIds: elementsOf(source.productId),
    fields: store.fields.ofDeal(source, products.get(source.productId ?? -1) ?? -1),
    lastEvent: 0,
  };
  store.leads.insert(lead);
  let from: Status | null = null;
  for (const entry of entries) {
    moves.push({ lead, at: entry.at, from, to: entry.status });
    from = entry.status;
  }
}

/** The first stage is no event of its own: a lead is added, and its first move says where it was. */
function noteMove(store: AccountStore, { lead, at, from, to }: Move): void {
  const common = {
    entity: 'lead',
    entityId: lead.id,
    at,
    by: lead.ownerId,
    previous: lead.lastEvent,
  } as const;
  lead.lastEvent = store.events.append(
    from === null
      ? { ...common, type: 'lead_added' }
      : { ...common, type: 'lead_status_changed', statusBefore: from, statusAfter: to },
  );
}

function knownStatus(store: AccountStore, pipelineId: number, code: string): Status {
  const status = store.pipelines.ofCompany(pipelineId, code);
  if (status === undefined) throw new Error(`the company has no stage ${code} in pipeline ${pipelineId}`);
  return status;
}

import type { Company, CompanyDeal } from '../../company/company.js';
import type { Deal } from './deal.js';
import type { PortalStore } from './portal-store.js';
import type { HistoryType } from './stage-history.js';
import { stageId, type Stage } from './stages.js';

interface Move {
  readonly deal: Deal;
  readonly at: number;
  readonly type: HistoryType;
  readonly stage: Stage;
}

/** Fills the portal: deals first, then the stage history of all of them in the order of time. */
export function loadCompany(store: PortalStore, company: Company): void {
  const now = Math.floor(company.now / 1000);
  for (const client of company.clients) {
    store.companies.insert({
      id: client.id,
      values: { title: client.name, createdTime: now, updatedTime: now },
    });
  }
  for (const contact of company.contacts) {
    store.contacts.insert({
      id: contact.id,
      values: {
        name: contact.firstName,
        lastName: contact.lastName,
        companyId: contact.clientId ?? 0,
        createdTime: now,
        updatedTime: now,
      },
    });
  }
  for (const product of company.products) {
    store.products.insert({ id: product.id, values: { name: product.name, price: product.price } });
  }
  const moves: Move[] = [];
  for (const source of company.deals) {
    loadDeal(store, source, moves);
  }
  moves.sort((left, right) => left.at - right.at || left.deal.id - right.deal.id);
  for (const move of moves) {
    const deal = move.deal;
    deal.lastHistoryId = store.history.append(deal.id, move.type, move.at, move.stage, deal.lastHistoryId);
  }
}

function loadDeal(store: PortalStore, source: CompanyDeal, moves: Move[]): void {
  const entries = source.history.map((entry) => ({
    at: Math.floor(entry.at / 1000),
    stage: store.pipelines.stage(stageId(entry.pipelineId, entry.stageCode)),
  }));
  const last = entries.at(-1);
  const stage = last?.stage;
  if (last === undefined || stage === undefined) {
    throw new Error(`deal ${source.id} of the company has no known stage`);
  }
  const created = Math.floor(source.createdAt / 1000);
  const updated = Math.max(Math.floor(source.modifiedAt / 1000), last.at);
  const deal: Deal = {
    id: source.id,
    title: source.title,
    stage,
    previousStage: entries.at(-2)?.stage ?? null,
    ownerId: source.ownerId,
    createdBy: source.ownerId,
    updatedBy: source.ownerId,
    movedBy: source.ownerId,
    amount: source.amount,
    currency: source.currency,
    companyId: source.clientId ?? 0,
    contactId: source.contactId ?? 0,
    productId: source.productId ?? 0,
    sourceId: source.sourceId ?? '',
    created,
    updated,
    moved: last.at,
    lastActivityBy: source.ownerId,
    lastActivity: updated,
    begin: created,
    close: stage.kind === 'open' ? created + 30 * 86_400 : last.at,
    lastHistoryId: 0,
    extra: store.userFields.ofCompany(source),
  };
  store.deals.insert(deal);
  let before: Stage | null = null;
  for (const entry of entries) {
    if (entry.stage === undefined) {
      throw new Error(`deal ${source.id} of the company was in an unknown stage`);
    }
    moves.push({ deal, at: entry.at, type: moveType(before, entry.stage), stage: entry.stage });
    before = entry.stage;
  }
}

/** What kind of history row a move writes. */
export function moveType(before: Stage | null, after: Stage): HistoryType {
  if (before === null) {
    return 1;
  }
  if (before.pipelineId !== after.pipelineId) {
    return 5;
  }
  return after.kind === 'open' ? 2 : 3;
}

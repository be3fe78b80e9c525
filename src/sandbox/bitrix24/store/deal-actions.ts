import type { Cause } from '../events/event-bus.js';
import { moveType } from './company-load.js';
import type { Deal } from './deal.js';
import type { FieldValue } from './field-table.js';
import type { PortalStore } from './portal-store.js';
import type { Stage } from './stages.js';

/** What a write may change; absent means untouched. */
export interface DealChanges {
  title?: string;
  stage?: Stage;
  ownerId?: number;
  amount?: number;
  currency?: string;
  companyId?: number;
  contactId?: number;
  productId?: number;
  sourceId?: string;
  begin?: number;
  close?: number;
  extra?: Record<string, FieldValue>;
}

export function createDeal(store: PortalStore, changes: DealChanges, cause: Cause): Deal {
  const now = store.clock.seconds();
  const actor = cause.userId === 0 ? store.people.firstAdmin().id : cause.userId;
  const stage = changes.stage ?? store.pipelines.first(0);
  const id = store.deals.nextId();
  const deal: Deal = {
    id,
    title: '',
    stage,
    previousStage: null,
    ownerId: actor,
    createdBy: actor,
    updatedBy: actor,
    movedBy: actor,
    amount: 0,
    currency: 'RUB',
    companyId: 0,
    contactId: 0,
    productId: 0,
    sourceId: '',
    created: now,
    updated: now,
    moved: now,
    lastActivityBy: actor,
    lastActivity: now,
    begin: now,
    close: now + 7 * 86_400,
    lastHistoryId: 0,
    extra: null,
  };
  apply(deal, changes);
  deal.title ||= `Deal #${id}`;
  deal.lastHistoryId = store.history.append(deal.id, 1, now, stage, 0);
  store.deals.insert(deal);
  store.events.emit('ONCRMDEALADD', `deal:${deal.id}`, { FIELDS: { ID: deal.id } }, cause);
  store.announce({ kind: 'deal', action: 'created', id: deal.id });
  return deal;
}

/**
 * Writes what differs. Nothing differs: no event, no new modification time. A move inside a pipeline is an ordinary
 * update; a move to another pipeline fires its own event and no update.
 */
export function updateDeal(store: PortalStore, deal: Deal, changes: DealChanges, cause: Cause): Deal {
  const before = deal.stage;
  if (!apply(deal, changes)) {
    return deal;
  }
  const now = store.clock.seconds();
  const actor = cause.userId === 0 ? deal.updatedBy : cause.userId;
  deal.updated = now;
  deal.updatedBy = actor;
  const moved = deal.stage !== before;
  if (moved) {
    recordMove(store, deal, before, now, actor);
  }
  store.deals.touch(deal);
  if (deal.stage.pipelineId !== before.pipelineId) {
    const fields = { ID: deal.id, CATEGORY_ID: deal.stage.pipelineId, STAGE_ID: deal.stage.id };
    store.events.emit('ONCRMDEALMOVETOCATEGORY', `deal:${deal.id}`, { FIELDS: fields }, cause);
  } else {
    store.events.emit('ONCRMDEALUPDATE', `deal:${deal.id}`, { FIELDS: { ID: deal.id } }, cause);
  }
  store.announce({ kind: 'deal', action: moved ? 'moved' : 'changed', id: deal.id });
  return deal;
}

export function deleteDeal(store: PortalStore, deal: Deal, cause: Cause): void {
  store.deals.remove(deal.id);
  store.history.removeChain(deal.lastHistoryId);
  store.events.emit('ONCRMDEALDELETE', `deal:${deal.id}`, { FIELDS: { ID: deal.id } }, cause);
  store.announce({ kind: 'deal', action: 'deleted', id: deal.id });
}

/** An activity changes the deal's last activity and nothing else: no modification time, no event of the deal. */
export function noteActivity(store: PortalStore, dealId: number, userId: number): void {
  const deal = store.deals.get(dealId);
  if (deal === undefined) {
    return;
  }
  deal.lastActivity = store.clock.seconds();
  deal.lastActivityBy = userId;
  store.deals.touch(deal);
}

function recordMove(store: PortalStore, deal: Deal, before: Stage, now: number, actor: number): void {
  deal.previousStage = before;
  deal.moved = now;
  deal.movedBy = actor;
  if (deal.stage.kind !== 'open') {
    deal.close = now;
  }
  deal.lastHistoryId = store.history.append(
    deal.id,
    moveType(before, deal.stage),
    now,
    deal.stage,
    deal.lastHistoryId,
  );
}

function apply(deal: Deal, changes: DealChanges): boolean {
  const { extra, ...plain } = changes;
  let changed = false;
  for (const [key, value] of Object.entries(plain) as [keyof typeof plain, Deal[keyof typeof plain]][]) {
    if (value !== undefined && deal[key] !== value) {
      Object.assign(deal, { [key]: value });
      changed = true;
    }
  }
  for (const [key, value] of Object.entries(extra ?? {})) {
    if (JSON.stringify(deal.extra?.[key] ?? null) !== JSON.stringify(value)) {
      deal.extra = { ...deal.extra, [key]: value };
      changed = true;
    }
  }
  return changed;
}

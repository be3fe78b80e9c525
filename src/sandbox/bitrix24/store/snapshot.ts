import { serialize } from 'node:v8';
import { plainFieldsOf, readState } from '../../common/plain-state.js';
import type { Application } from './applications.js';
import type { Deal } from './deal.js';
import type { PortalStore } from './portal-store.js';

/** To be raised when the shape of what is kept changes: an older file is then passed over. */
const VERSION = 2;

interface Snapshot {
  readonly version: number;
  readonly memberId: string;
  /** Stages of the company; a file of another company does not fit. */
  readonly stages: readonly string[];
  readonly parts: readonly Readonly<Record<string, unknown>>[];
}

/** The store's whole state as bytes: what a portal's own database would keep over a restart. */
export function exportState(store: PortalStore): Buffer {
  const snapshot: Snapshot = {
    version: VERSION,
    memberId: store.memberId,
    stages: stagesOf(store),
    parts: partsOf(store).map((part) => plainFieldsOf(part)),
  };
  return serialize(snapshot);
}

/**
 * Puts a state back into a store of the same company.
 *
 * @returns false, with the store untouched, when the bytes are broken, of another version or of another company.
 */
export function importState(store: PortalStore, bytes: Buffer): boolean {
  const snapshot = read(bytes);
  const parts = partsOf(store);
  if (snapshot?.version !== VERSION || snapshot.parts.length !== parts.length) return false;
  if (snapshot.memberId !== store.memberId) return false;
  if (snapshot.stages.join('\n') !== stagesOf(store).join('\n')) return false;
  const registered = store.applications.all();
  parts.forEach((part, index) => Object.assign(part, snapshot.parts[index]));
  for (const deal of store.deals) shareStages(store, deal);
  for (const application of registered) keepAddresses(store, application);
  return true;
}

/** Changes whenever something worth keeping has happened. */
export function stateMark(store: PortalStore): string {
  const tables = [store.deals, store.tasks, store.activities, store.leads, store.contacts, store.companies];
  const counts = tables.map((table) => table.version);
  const bound = store.applications
    .all()
    .map((one) => [one.state, one.handlers.length, one.placements.length]);
  return JSON.stringify([counts, store.tokens.refreshes, bound, store.timeline.length]);
}

function read(bytes: Buffer): Snapshot | null {
  const found = readState(bytes);
  return isSnapshot(found) ? found : null;
}

function isSnapshot(value: unknown): value is Snapshot {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    'memberId' in value &&
    'stages' in value &&
    Array.isArray(value.stages) &&
    'parts' in value &&
    Array.isArray(value.parts)
  );
}

function stagesOf(store: PortalStore): readonly string[] {
  return store.pipelines.all.flatMap((pipeline) => pipeline.stages.map((stage) => stage.id));
}

/** Everything with state, in an order that stands in the files. The store comes first for what it counts itself. */
function partsOf(store: PortalStore): readonly object[] {
  return [
    store,
    store.clock,
    store.people,
    store.deals,
    store.history,
    store.leads,
    store.contacts,
    store.companies,
    store.products,
    store.activities,
    store.tasks,
    store.notifications,
    store.applications,
    store.tokens,
    store.events.offline,
  ];
}

/** Deals of one stage share its object, and are compared by it. */
function shareStages(store: PortalStore, deal: Deal): void {
  deal.stage = store.pipelines.at(deal.stage.index);
  if (deal.previousStage !== null) deal.previousStage = store.pipelines.at(deal.previousStage.index);
}

/** An application registered at this start keeps this start's addresses, and everything it had bound before. */
function keepAddresses(store: PortalStore, application: Application): void {
  const known = store.applications.get(application.id);
  const { secret, title, handlerUrl, installUrl } = application;
  if (known !== undefined) Object.assign(known, { secret, title, handlerUrl, installUrl });
  else store.applications.register({ ...application, clientId: application.id, clientSecret: secret });
}

import { serialize } from 'node:v8';
import { plainFieldsOf, readState } from '../../common/plain-state.js';
import type { AccountStore } from './account-store.js';

/** To be raised when the shape of what is kept changes: an older file is then passed over. */
const VERSION = 3;

/** The account's whole state as bytes: what the host's own database would keep over a restart. */
export function exportState(store: AccountStore): Buffer {
  return serialize({
    version: VERSION,
    accountId: store.accountId,
    // One call for all parts: leads go on sharing their statuses and values.
    parts: partsOf(store).map((part) => plainFieldsOf(part)),
  });
}

/**
 * Puts a state back into a store of the same account.
 *
 * @returns false, with the store untouched, when the bytes are broken, of another version or of another account.
 */
export function importState(store: AccountStore, bytes: Buffer): boolean {
  const found = readState(bytes);
  const parts = partsOf(store);
  if (found?.['version'] !== VERSION || found['accountId'] !== store.accountId) return false;
  const kept: unknown = found['parts'];
  if (!Array.isArray(kept) || kept.length !== parts.length) return false;
  const registered = store.integrations.everyone();
  const live = store.tokens.live();
  parts.forEach((part, index) => void Object.assign(part, kept[index]));
  store.tokens.adopt(live);
  // An integration registered at this start keeps this start's addresses, and everything it was before.
  for (const { id, secret, title, redirectUri, uninstallUrl, kind, scopes, hidden } of registered) {
    store.integrations.register({
      clientId: id,
      clientSecret: secret,
      title,
      redirectUri,
      uninstallUrl: uninstallUrl ?? undefined,
      kind,
      scopes,
      hidden,
    });
  }
  return true;
}

/** Changes whenever something worth keeping has happened. */
export function stateMark(store: AccountStore): string {
  const { leads, tasks, notes, contacts, companies, events, tokens, integrations, webhooks } = store;
  const versions = [leads, tasks, notes, contacts, companies].map((table) => table.version);
  const installed = integrations.everyone().map((one) => [one.state, one.settings]);
  return JSON.stringify([versions, events.size, tokens.refreshes, installed, webhooks.all.length]);
}

/** Everything with state, in an order that stands in the files. The store comes first for what it counts itself. */
function partsOf(store: AccountStore): readonly object[] {
  return [
    store,
    store.settings,
    store.clock,
    store.people,
    store.pipelines,
    store.leads,
    store.contacts,
    store.companies,
    store.tasks,
    store.notes,
    store.events,
    store.integrations,
    store.tokens,
    store.webhooks,
    store.digitalPipeline,
  ];
}

import { createHmac } from 'node:crypto';
import type { AccountStore } from './account-store.js';
import type { Integration } from './integrations.js';

/** The host does not wait longer for the callback of an installed widget, and does not look at its answer. */
const CALLBACK_MS = 3000;

export function markInstalled(store: AccountStore, integration: Integration, userId: number): void {
  integration.state = 'installed';
  integration.installedBy = userId;
  store.announce({ kind: 'application', id: integration.id });
}

/**
 * What happens when an admin installs a widget: the host's own server calls the redirect address with a code, once,
 * without a state. Resolves with the status heard, 0 for none in time.
 */
export async function installWidget(
  store: AccountStore,
  integration: Integration,
  userId: number,
): Promise<number> {
  markInstalled(store, integration, userId);
  const target = new URL(integration.redirectUri);
  target.searchParams.set('code', store.tokens.issueCode(integration.id, userId));
  target.searchParams.set('referer', new URL(store.home).host);
  target.searchParams.set('platform', String(store.settings.platform));
  target.searchParams.set('from_widget', '1');
  return callOnce(target);
}

/** Every token dies, and the uninstall hook is called once with its signature. */
export async function uninstallWidget(store: AccountStore, integration: Integration): Promise<number> {
  integration.state = 'not_installed';
  integration.settings = {};
  store.tokens.dropIntegration(integration.id);
  store.announce({ kind: 'application', id: integration.id });
  if (integration.uninstallUrl === null) return 0;
  const target = new URL(integration.uninstallUrl);
  target.searchParams.set('client_uuid', integration.id);
  target.searchParams.set('account_id', String(store.accountId));
  target.searchParams.set('signature', uninstallSignature(store, integration));
  return callOnce(target);
}

/** The two ids with a pipe between them, whatever the prose of the documentation says. */
function uninstallSignature(store: AccountStore, integration: Integration): string {
  return createHmac('sha256', integration.secret)
    .update(`${integration.id}|${store.accountId}`)
    .digest('hex');
}

async function callOnce(target: URL): Promise<number> {
  try {
    const answer = await fetch(target, {
      redirect: 'manual',
      headers: { 'user-agent': 'amoService-oAuth-Code-Sender/1.0' },
      signal: AbortSignal.timeout(CALLBACK_MS),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

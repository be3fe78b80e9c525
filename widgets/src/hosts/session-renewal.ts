import type { SessionView } from '../../../src/features/embed/boot.view.js';
import { failureOf } from '../api/failure.js';
import type { HostBridge } from './bridge.js';

/** Trades a fresh host token for a session of ours; rejects with `ApiFailure` or `BridgeFailure`. */
export async function renewSession(host: string, bridge: HostBridge): Promise<string> {
  const form = await bridge.renewForm();
  const response = await fetch('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ host, form }),
    cache: 'no-store',
    credentials: 'omit',
  });
  if (!response.ok) throw await failureOf(response);
  const { session } = (await response.json()) as SessionView;
  return session;
}

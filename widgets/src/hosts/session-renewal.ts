import type { SessionView } from '../../../src/features/embed/boot.view.js';
import { failureOf } from '../api/failure.js';

/** Trades a fresh host token, as the fields that the host posts to our frame address, for a session. Rejects with `ApiFailure`. */
export async function tradeForm(host: string, form: Readonly<Record<string, string>>): Promise<string> {
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

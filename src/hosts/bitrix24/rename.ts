import type { HostSession } from '../../contract/host.js';
import { isObject, parseObject } from '../common/json.js';
import { CallFault } from '../common/call-fault.js';
import type { Surroundings } from './client.js';
import { samePortal } from './endpoints.js';

/**
 * A renamed cloud portal answers with a redirect. The new address is believed only when it is one that we would call
 * at all and the OAuth server says that our token belongs there and to the same account. Throws `CallFault`.
 */
export async function provenNewHome(
  location: string | null,
  token: string,
  session: HostSession,
  surroundings: Surroundings,
): Promise<string> {
  const target = location && URL.canParse(location) ? new URL(location) : null;
  const home = target && surroundings.endpoints.portal(`${target.origin}/rest/`);
  const oauth = surroundings.endpoints.oauth(session.oauthEndpoint());
  if (!home || !oauth) throw refused('a redirect to an address that we do not call');
  const told = await askOauthServer(oauth, token, surroundings);
  if (told.memberId !== session.accountKey) throw refused('a redirect to another account');
  if (!told.portal || !samePortal(told.portal, home))
    throw refused('a redirect that the OAuth server denies');
  return home;
}

async function askOauthServer(
  oauthEndpoint: string,
  token: string,
  { transport, patience }: Surroundings,
): Promise<{ readonly memberId: unknown; readonly portal: string | null }> {
  const body = { contentType: 'application/json' as const, text: JSON.stringify({ auth: token }) };
  const answer = await transport
    .post(`${oauthEndpoint}app.info`, body, patience.requestTimeoutMs)
    .catch(() => null);
  if (!answer) throw refused('a redirect, and the OAuth server does not answer');
  const result = parseObject(answer.body)?.['result'];
  const install = isObject(result) && isObject(result['install']) ? result['install'] : {};
  const portal = install['client_endpoint'] ?? install['uri'] ?? install['domain'];
  const text = typeof portal === 'string' ? portal : null;
  return {
    memberId: install['member_id'],
    portal: text && (text.includes('://') ? text : `https://${text}`),
  };
}

/** Transient, since the portal may be in the middle of its move. */
function refused(detail: string): CallFault {
  return new CallFault({ kind: 'unavailable', detail }, 'doubtful', false, 'redirect');
}

import { randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import type { AccountStore } from './account-store.js';
import type { Integration } from './integrations.js';

const LIFE_SECONDS = 1800;

export interface DisposableTokenWish {
  readonly userId: number;
  /** `HS512` is how tokens of bots are signed, `none` is nobody's: both are for tests of who verifies. */
  readonly algorithm?: 'HS256' | 'HS512' | 'none';
  /** Instead of the origin of the integration's redirect address. */
  readonly audience?: string;
  /** Signs with another secret. */
  readonly secret?: string;
  /** Already over. */
  readonly expired?: boolean;
}

/** What a widget proves its user to the integration's own server with: signed with the integration's secret. */
export async function disposableToken(
  store: AccountStore,
  integration: Integration,
  wish: DisposableTokenWish,
): Promise<string> {
  const now = store.clock.seconds() - (wish.expired === true ? 2 * LIFE_SECONDS : 0);
  const claims: JWTPayload = {
    iss: store.home,
    aud: wish.audience ?? new URL(integration.redirectUri).origin,
    jti: randomUUID(),
    iat: now,
    nbf: now,
    exp: now + LIFE_SECONDS,
    account_id: store.accountId,
    subdomain: store.settings.subdomain,
    client_uuid: integration.id,
    user_id: wish.userId,
    is_admin: store.people.get(wish.userId)?.admin ?? false,
  };
  const algorithm = wish.algorithm ?? 'HS256';
  if (algorithm === 'none') return new UnsecuredJWT(claims).encode();
  const key = new TextEncoder().encode(wish.secret ?? integration.secret);
  return new SignJWT(claims).setProtectedHeader({ typ: 'JWT', alg: algorithm }).sign(key);
}

import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../rest/method.js';
import type { PortalStore } from '../store/portal-store.js';
import { RestError } from '../wire/rest-error.js';

export interface Credentials {
  /** User and secret of an incoming webhook's path. */
  readonly webhook: { readonly userId: number; readonly secret: string } | null;
  readonly token: string;
}

/** Finds out who calls; refuses as the host does. */
export function authenticate(store: PortalStore, credentials: Credentials): Caller {
  if (credentials.webhook !== null) {
    const person = store.people.get(credentials.webhook.userId);
    if (person === undefined || !person.active || !equal(credentials.webhook.secret, store.webhookSecret)) {
      throw new RestError(403, 'INVALID_CREDENTIALS', 'Invalid request credentials');
    }
    return { person, application: null };
  }
  if (credentials.token === '') {
    throw new RestError(401, 'NO_AUTH_FOUND', 'Wrong authorization data');
  }
  const token = store.tokens.find(credentials.token);
  if (token === 'expired') {
    throw new RestError(401, 'expired_token', 'The access token provided has expired.');
  }
  if (token === 'unknown') {
    throw new RestError(401, 'invalid_token', 'Unable to get application by token');
  }
  const application = store.applications.get(token.applicationId);
  const person = store.people.get(token.userId);
  if (application === undefined || person === undefined || !person.active) {
    throw new RestError(401, 'invalid_token', 'Unable to get application by token');
  }
  return { person, application };
}

function equal(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}

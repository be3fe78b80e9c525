import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { ApiError } from '../../infra/http/api-error.js';

/** Throws unless the host vouched for the person as an administrator when the session was made. */
export function demandAdmin(person: Pick<SessionClaims, 'admin'>): void {
  if (person.admin) return;
  throw new ApiError(403, 'admin-only', {
    ru: 'Это может только администратор CRM.',
    en: 'Only an administrator of the CRM may do this.',
  });
}

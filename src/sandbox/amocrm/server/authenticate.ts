import type { Caller } from '../api/call.js';
import type { AccountStore } from '../store/account-store.js';
import type { Person } from '../store/people.js';
import { unauthorized } from './api-error.js';

export interface Credentials {
  readonly authorization: string | undefined;
  readonly contextUser: string | undefined;
}

/**
 * Who calls with this bearer token. An admin's grant survives its admin; anybody else's dies with the person.
 * `X-Context-User-ID` runs the call with another person's rights, for grants of admins only.
 */
export function authenticate(store: AccountStore, given: Credentials): Caller {
  const refusal = unauthorized(store.company.language);
  const access = /^Bearer (.+)$/iu.exec(given.authorization ?? '')?.[1];
  const token = access === undefined ? null : store.tokens.find(access);
  if (token === null) throw refusal;
  const integration = store.integrations.get(token.integrationId);
  const granter = store.people.get(token.userId);
  if (integration === undefined || granter === undefined) throw refusal;
  if (!granter.active && !granter.admin) throw refusal;
  if (given.contextUser === undefined) return { person: granter, granter, integration };
  const person = store.people.get(Number(given.contextUser));
  if (!granter.admin || person === undefined || !usable(person)) throw refusal;
  return { person, granter, integration };
}

function usable(person: Person): boolean {
  return person.active && !person.free;
}

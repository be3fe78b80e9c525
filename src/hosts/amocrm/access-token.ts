import { decodeJwt } from 'jose';
import type { Instant } from '../../domain/crm/time.js';
import { numberOf, textOf } from '../common/values.js';

/** What an access token says of itself. It is signed with a key of the host's own: read, never believed. */
export interface AccessTokenFacts {
  readonly accountId: string | null;
  readonly userId: string | null;
  /** The shared host that knows the account's present name. */
  readonly apiDomain: string | null;
  readonly expiresAt: Instant | null;
  readonly issuedAt: Instant | null;
  readonly scopes: readonly string[];
}

const NOTHING: AccessTokenFacts = {
  accountId: null,
  userId: null,
  apiDomain: null,
  expiresAt: null,
  issuedAt: null,
  scopes: [],
};

export function accessTokenFacts(token: string): AccessTokenFacts {
  try {
    const claims = decodeJwt(token);
    const { exp, iat, sub, scopes } = claims;
    return {
      accountId: textOf(claims['account_id']),
      userId: textOf(sub),
      apiDomain: textOf(claims['api_domain']),
      expiresAt: secondsToInstant(exp),
      issuedAt: secondsToInstant(iat),
      scopes: Array.isArray(scopes)
        ? scopes.filter((scope): scope is string => typeof scope === 'string')
        : [],
    };
  } catch {
    return NOTHING;
  }
}

function secondsToInstant(value: unknown): Instant | null {
  const seconds = numberOf(value);
  return seconds === null ? null : seconds * 1000;
}

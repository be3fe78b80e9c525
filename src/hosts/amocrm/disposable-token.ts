import { errors, jwtVerify } from 'jose';
import type { Clock } from '../../domain/crm/time.js';
import { idOf, textOf } from '../common/values.js';
import type { Application } from './client.js';
import type { Endpoints } from './endpoints.js';
import { numericId } from './schema.js';

/** What a page of the host says about the person in front of it, signed with our integration's secret. */
export interface PersonProof {
  readonly accountKey: string;
  readonly userId: string;
  /** Address of the account by its present name. */
  readonly endpoint: string;
  /** Null: the token does not say. */
  readonly admin: boolean | null;
  /** One id a token. Pages use one token for many calls, so it is no sign of a replay by itself. */
  readonly proofId: string;
}

const LEEWAY_S = 60;
const LONGEST_TOKEN = 4096;

/**
 * Believes HS256 under our secret and nothing else: no other algorithm, no other audience than our own origin, no other
 * integration, no issuer that is not an account of the platform.
 */
export async function verifyPerson(
  token: string,
  application: Application,
  endpoints: Endpoints,
  clock: Clock,
): Promise<PersonProof | 'expired' | 'notGenuine'> {
  if (token.length > LONGEST_TOKEN) return 'notGenuine';
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(application.clientSecret), {
      algorithms: ['HS256'],
      audience: audiencesOf(application.redirectUri),
      clockTolerance: LEEWAY_S,
      currentDate: new Date(clock.now()),
      requiredClaims: ['iss', 'aud', 'exp', 'iat', 'jti'],
    });
    const endpoint = endpoints.account(payload.iss ?? '');
    const accountKey = idOf(payload['account_id']);
    const userId = idOf(payload['user_id']);
    const ours = payload['client_uuid'] === application.clientId;
    // What is issued in the future is not looked at by the library.
    const issued = (payload.iat ?? Infinity) <= clock.now() / 1000 + LEEWAY_S;
    if (!ours || !issued || !endpoint || !isNumber(accountKey) || !isNumber(userId)) return 'notGenuine';
    const admin = payload['is_admin'];
    return {
      accountKey,
      userId,
      endpoint,
      admin: typeof admin === 'boolean' ? admin : null,
      proofId: textOf(payload.jti) ?? '',
    };
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'expired';
    if (error instanceof errors.JOSEError) return 'notGenuine';
    throw error;
  }
}

/** Scheme and host of the registered address; some senders leave the port out. */
function audiencesOf(redirectUri: string): string[] {
  const { protocol, hostname, origin } = new URL(redirectUri);
  return [origin, `${protocol}//${hostname}`];
}

function isNumber(text: string | null): text is string {
  return text !== null && numericId(text) !== null;
}

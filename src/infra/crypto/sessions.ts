import { hkdfSync } from 'node:crypto';
import { SignJWT, errors, jwtVerify } from 'jose';

/** Who looks through the widget; everything the server needs without a cookie or a session table. */
export interface SessionClaims {
  readonly accountId: string;
  readonly host: string;
  readonly userId: string;
  readonly userName: string;
  readonly admin: boolean;
  /** The deal whose card is open; null on the app's own pages. */
  readonly dealId: string | null;
  readonly language: 'ru' | 'en';
  readonly timeZone: string;
}

export interface IssuedSession {
  readonly token: string;
  readonly expiresAt: number;
}

const LIFETIME_SECONDS = 600;
/** An account's id reaches the database as it is: anything else would be an error there. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const AUDIENCE = 'widget';
const ISSUER = 'dozhim';

/** Short bearer tokens (JWT, HS256 only); renewed through the host, never stored in the browser. */
export class Sessions {
  private readonly keys: readonly Uint8Array[];

  constructor(
    secrets: readonly string[],
    private readonly clock: { now(): number },
  ) {
    this.keys = secrets.map((secret) => new Uint8Array(hkdfSync('sha256', secret, 'dozhim', 'sessions', 32)));
  }

  async issue(claims: SessionClaims): Promise<IssuedSession> {
    const issuedAt = Math.floor(this.clock.now() / 1000);
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFETIME_SECONDS)
      .setAudience(AUDIENCE)
      .setIssuer(ISSUER)
      .sign(this.signingKey());
    return { token, expiresAt: (issuedAt + LIFETIME_SECONDS) * 1000 };
  }

  /** Null for every token that is not ours, not for the widget, or over. */
  async verify(token: string): Promise<SessionClaims | null> {
    // A token of ours is under 1 kB; a megabyte of one is not worth the work of hashing.
    if (token.length > 4096) return null;
    for (const key of this.keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          audience: AUDIENCE,
          issuer: ISSUER,
          currentDate: new Date(this.clock.now()),
          requiredClaims: ['exp', 'iat'],
        });
        return claimsOf(payload);
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error;
      }
    }
    return null;
  }

  private signingKey(): Uint8Array {
    const key = this.keys[0];
    if (!key) throw new Error('sessions need at least one secret');
    return key;
  }
}

function claimsOf(payload: Record<string, unknown>): SessionClaims | null {
  const text = (name: string): string | null => (typeof payload[name] === 'string' ? payload[name] : null);
  const [accountId, host, userId, userName] = [
    text('accountId'),
    text('host'),
    text('userId'),
    text('userName'),
  ];
  if (!accountId || !UUID.test(accountId) || !host || !userId || userName === null) return null;
  return {
    accountId,
    host,
    userId,
    userName,
    admin: payload['admin'] === true,
    dealId: text('dealId'),
    language: payload['language'] === 'en' ? 'en' : 'ru',
    timeZone: text('timeZone') ?? 'UTC',
  };
}

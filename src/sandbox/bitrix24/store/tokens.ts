import { randomBytes } from 'node:crypto';
import type { VirtualClock } from '../../common/virtual-clock.js';

/** Seconds an access token lives. */
export const ACCESS_SECONDS = 3600;
const REFRESH_SECONDS = 180 * 86_400;
const CODE_SECONDS = 30;

export interface AccessToken {
  readonly access: string;
  readonly applicationId: string;
  readonly userId: number;
  /** Epoch seconds. */
  expires: number;
}

export interface TokenPair extends AccessToken {
  readonly refresh: string;
}

interface Chain {
  readonly pair: TokenPair;
  readonly until: number;
}

/**
 * Access and refresh tokens. A refresh token works once: its chain continues with the new pair only. Several chains
 * of one user live side by side.
 */
export class TokenStore {
  /** When on, a refresh also kills the access token that was issued with the old pair. */
  oldAccessDies = false;
  refreshes = 0;
  private readonly byAccess = new Map<string, AccessToken>();
  private readonly chains = new Map<string, Chain>();
  private readonly codes = new Map<string, { applicationId: string; userId: number; until: number }>();
  private issued = 0;

  constructor(private readonly clock: VirtualClock) {}

  issuePair(applicationId: string, userId: number): TokenPair {
    const token = this.issueAccess(applicationId, userId);
    const pair: TokenPair = { ...token, refresh: secret() };
    this.chains.set(pair.refresh, { pair, until: this.clock.seconds() + REFRESH_SECONDS });
    return pair;
  }

  /** A token that cannot be refreshed, as events carry it. */
  issueAccess(applicationId: string, userId: number): AccessToken {
    const token: AccessToken = {
      access: secret(),
      applicationId,
      userId,
      expires: this.clock.seconds() + ACCESS_SECONDS,
    };
    this.byAccess.set(token.access, token);
    this.issued += 1;
    if (this.issued % 10_000 === 0) {
      this.prune();
    }
    return token;
  }

  find(access: string): AccessToken | 'expired' | 'unknown' {
    const token = this.byAccess.get(access);
    if (token === undefined) {
      return 'unknown';
    }
    return token.expires <= this.clock.seconds() ? 'expired' : token;
  }

  /** The continued chain, or nothing when the refresh token is dead or somebody else's. */
  refresh(applicationId: string, refreshToken: string): TokenPair | null {
    const chain = this.chains.get(refreshToken);
    if (chain === undefined || chain.pair.applicationId !== applicationId) {
      return null;
    }
    this.chains.delete(refreshToken);
    if (chain.until <= this.clock.seconds()) {
      return null;
    }
    if (this.oldAccessDies) {
      this.byAccess.delete(chain.pair.access);
    }
    this.refreshes += 1;
    return this.issuePair(applicationId, chain.pair.userId);
  }

  issueCode(applicationId: string, userId: number): string {
    const code = secret();
    this.codes.set(code, { applicationId, userId, until: this.clock.seconds() + CODE_SECONDS });
    return code;
  }

  redeemCode(applicationId: string, code: string): TokenPair | null {
    const known = this.codes.get(code);
    this.codes.delete(code);
    if (known === undefined || known.applicationId !== applicationId || known.until <= this.clock.seconds()) {
      return null;
    }
    return this.issuePair(applicationId, known.userId);
  }

  /** Makes every live access token expired; chains go on. */
  expireAll(): void {
    const now = this.clock.seconds();
    for (const token of this.byAccess.values()) {
      token.expires = Math.min(token.expires, now);
    }
  }

  dropUser(userId: number): void {
    this.drop((token) => token.userId === userId);
  }

  dropApplication(applicationId: string): void {
    this.drop((token) => token.applicationId === applicationId);
  }

  private drop(matches: (token: AccessToken) => boolean): void {
    for (const [access, token] of this.byAccess) {
      if (matches(token)) {
        this.byAccess.delete(access);
      }
    }
    for (const [refresh, chain] of this.chains) {
      if (matches(chain.pair)) {
        this.chains.delete(refresh);
      }
    }
  }

  private prune(): void {
    const stale = this.clock.seconds() - ACCESS_SECONDS;
    for (const [access, token] of this.byAccess) {
      if (token.expires < stale) {
        this.byAccess.delete(access);
      }
    }
  }
}

/** 70 hexadecimal characters, the length of the host's own tokens. */
function secret(): string {
  return randomBytes(35).toString('hex');
}

import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { VirtualClock } from '../../common/virtual-clock.js';

const ACCESS_SECONDS = 86_400;
const REFRESH_SECONDS = 90 * 86_400;
const CODE_SECONDS = 1200;

export interface Grant {
  readonly integrationId: string;
  readonly userId: number;
}

export interface AccessToken extends Grant {
  readonly access: string;
  /** Epoch seconds. */
  expires: number;
  readonly longLived: boolean;
}

export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
  /** Seconds. */
  readonly expiresIn: number;
}

interface Chain extends Grant {
  readonly until: number;
  /** The refresh token before, which a lost answer leaves the client with. */
  readonly grace: string | null;
}

/** What an access token says of its account. */
export interface TokenAddress {
  readonly accountId: number;
  readonly apiDomain: string;
  readonly baseDomain: string;
}

/**
 * Codes (20 minutes, one use), access tokens (24 hours, JWT), refresh tokens (three months, one use), long-lived ones.
 * A grant opens a chain of its own: an earlier one lives on.
 */
export class TokenStore {
  /** The other platform's mercy: a refresh token stays usable until its successor is first used. */
  graceRefresh = false;
  /** A refresh also kills the access tokens that were issued before. */
  oldAccessDies = false;
  refreshes = 0;
  private readonly byAccess = new Map<string, AccessToken>();
  private readonly chains = new Map<string, Chain>();
  private readonly codes = new Map<string, Grant & { readonly until: number }>();
  private readonly key = createSecretKey(randomBytes(32));

  constructor(
    private readonly clock: VirtualClock,
    private readonly address: () => TokenAddress,
  ) {}

  issueCode(integrationId: string, userId: number): string {
    const code = `def502${randomBytes(48).toString('hex')}`;
    this.codes.set(code, { integrationId, userId, until: this.clock.seconds() + CODE_SECONDS });
    return code;
  }

  /** The pair, or what is wrong with the code. */
  async redeemCode(integrationId: string, code: string): Promise<TokenPair | 'unknown' | 'expired'> {
    const known = this.codes.get(code);
    if (known === undefined || known.integrationId !== integrationId) return 'unknown';
    this.codes.delete(code);
    return known.until <= this.clock.seconds() ? 'expired' : this.issuePair(integrationId, known.userId);
  }

  async issuePair(integrationId: string, userId: number, grace: string | null = null): Promise<TokenPair> {
    const refresh = `def502${randomBytes(96).toString('hex')}`;
    const until = this.clock.seconds() + REFRESH_SECONDS;
    this.chains.set(refresh, { integrationId, userId, until, grace });
    const { access } = await this.issueAccess(integrationId, userId, ACCESS_SECONDS, false);
    return { access, refresh, expiresIn: ACCESS_SECONDS };
  }

  async issueLongLived(integrationId: string, userId: number, days: number): Promise<AccessToken> {
    return this.issueAccess(integrationId, userId, days * 86_400, true);
  }

  /** The continued chain, or nothing when the token is dead or somebody else's. The old one is dead at once. */
  async refresh(integrationId: string, refresh: string): Promise<TokenPair | null> {
    const chain = this.chains.get(refresh);
    if (chain === undefined || chain.integrationId !== integrationId) return null;
    if (chain.until <= this.clock.seconds()) {
      this.chains.delete(refresh);
      return null;
    }
    if (!this.graceRefresh) this.chains.delete(refresh);
    if (chain.grace !== null) this.chains.delete(chain.grace);
    if (this.oldAccessDies) this.dropAccess((token) => token.integrationId === integrationId);
    this.refreshes += 1;
    return this.issuePair(integrationId, chain.userId, this.graceRefresh ? refresh : null);
  }

  /** Whose refresh token it is, without using it. */
  ownerOf(refresh: string): Grant | null {
    return this.chains.get(refresh) ?? null;
  }

  find(access: string): AccessToken | null {
    const token = this.byAccess.get(access);
    return token === undefined || token.expires <= this.clock.seconds() ? null : token;
  }

  /** Access tokens as they are, to be adopted by a store that takes up an older state. */
  live(): readonly AccessToken[] {
    return [...this.byAccess.values()];
  }

  adopt(tokens: readonly AccessToken[]): void {
    for (const token of tokens) this.byAccess.set(token.access, token);
  }

  expireAll(): void {
    const now = this.clock.seconds();
    for (const token of this.byAccess.values()) token.expires = Math.min(token.expires, now);
  }

  dropIntegration(integrationId: string): void {
    this.dropAccess((token) => token.integrationId === integrationId);
    for (const [refresh, chain] of this.chains) {
      if (chain.integrationId === integrationId) this.chains.delete(refresh);
    }
  }

  revoke(access: string): void {
    this.byAccess.delete(access);
  }

  private async issueAccess(
    integrationId: string,
    userId: number,
    seconds: number,
    longLived: boolean,
  ): Promise<AccessToken> {
    const now = this.clock.seconds();
    const { accountId, apiDomain, baseDomain } = this.address();
    const access = await new SignJWT({
      grant_type: '',
      account_id: accountId,
      base_domain: baseDomain,
      version: 2,
      scopes: ['crm', 'notifications'],
      hash_uuid: randomUUID(),
      api_domain: apiDomain,
    })
      .setProtectedHeader({ typ: 'JWT', alg: 'HS256' })
      .setAudience(integrationId)
      .setJti(randomBytes(20).toString('hex'))
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + seconds)
      .setSubject(String(userId))
      .sign(this.key);
    const token: AccessToken = { access, integrationId, userId, expires: now + seconds, longLived };
    this.byAccess.set(access, token);
    return token;
  }

  private dropAccess(matches: (token: AccessToken) => boolean): void {
    for (const [access, token] of this.byAccess) {
      if (matches(token)) this.byAccess.delete(access);
    }
  }
}

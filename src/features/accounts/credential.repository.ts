import { Injectable } from '@nestjs/common';
import type { TokenPair } from '../../contract/host.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { Vault } from '../../infra/crypto/vault.js';

/** One chain of tokens, opened. `version` grows with each stored pair. */
export interface Chain {
  readonly accountId: string;
  readonly name: string;
  readonly version: number;
  readonly tokens: TokenPair;
}

interface ChainRow {
  readonly account_id: string;
  readonly chain: string;
  readonly host_user_id: string | null;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_at: Date;
  readonly version: number;
  readonly endpoint: string;
  readonly oauth_endpoint: string;
}

const SELECT_CHAIN = `SELECT c.account_id, c.chain, c.host_user_id, c.access_token, c.refresh_token, c.expires_at,
    c.version, a.endpoint, a.oauth_endpoint
  FROM credential c JOIN account a ON a.account_id = c.account_id`;

/** Tokens at rest are sealed with account and field, so a row copied elsewhere does not open. */
@Injectable()
export class CredentialRepository {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  /** Living chains, the service chain first, then the freshest. */
  async living(accountId: string): Promise<readonly Chain[]> {
    const rows = await this.database.query<ChainRow>(
      `${SELECT_CHAIN} WHERE c.account_id = $1::uuid AND c.dead_at IS NULL
       ORDER BY c.chain = 'service' DESC, c.updated_at DESC`,
      [accountId],
    );
    return rows.map((row) => this.opened(row));
  }

  async find(accountId: string, chain: string): Promise<Chain | null> {
    const rows = await this.database.query<ChainRow>(
      `${SELECT_CHAIN} WHERE c.account_id = $1::uuid AND c.chain = $2`,
      [accountId, chain],
    );
    return rows[0] === undefined ? null : this.opened(rows[0]);
  }

  /** Living chains of the account that nobody renewed for `days`. */
  async idle(accountId: string, days: number): Promise<readonly Chain[]> {
    const rows = await this.database.query<ChainRow>(
      `${SELECT_CHAIN} WHERE c.account_id = $1::uuid AND c.dead_at IS NULL
         AND c.updated_at < now() - make_interval(days => $2::int)`,
      [accountId, days],
    );
    return rows.map((row) => this.opened(row));
  }

  /**
   * A chain that a person brought. A living chain of the same name stays: the portal's page renews its own tokens behind
   * our back, so ours are the better ones as long as they live. Returns whether it was taken.
   */
  async offer(tx: Sql, accountId: string, name: string, tokens: TokenPair): Promise<boolean> {
    const rows = await tx.query(
      `INSERT INTO credential AS c (account_id, chain, host_user_id, admin, access_token, refresh_token, expires_at)
       VALUES ($1::uuid, $2, $3, true, $4, $5, $6)
       ON CONFLICT (account_id, chain) DO UPDATE SET
         host_user_id = excluded.host_user_id, access_token = excluded.access_token,
         refresh_token = excluded.refresh_token, expires_at = excluded.expires_at, version = c.version + 1,
         dead_at = NULL, lease_owner = NULL, lease_until = NULL, updated_at = now()
       WHERE c.dead_at IS NOT NULL
       RETURNING chain`,
      [
        accountId,
        name,
        tokens.userId,
        this.vault.seal(tokens.accessToken, { accountId, field: 'accessToken' }),
        this.vault.seal(tokens.refreshToken, { accountId, field: 'refreshToken' }),
        new Date(tokens.expiresAt),
      ],
    );
    return rows.length > 0;
  }

  async dropAll(tx: Sql, accountId: string): Promise<void> {
    await tx.query('DELETE FROM credential WHERE account_id = $1::uuid', [accountId]);
  }

  /** Takes the right to renew this version of the chain; judged by the database's clock. */
  async claim(chain: Chain, owner: string, leaseSeconds: number): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE credential SET lease_owner = $4, lease_until = now() + make_interval(secs => $5::float8)
       WHERE account_id = $1::uuid AND chain = $2 AND version = $3 AND dead_at IS NULL
         AND (lease_until IS NULL OR lease_until < now()) RETURNING chain`,
      [chain.accountId, chain.name, chain.version, owner, leaseSeconds],
    );
    return rows.length > 0;
  }

  async prolong(chain: Chain, owner: string, leaseSeconds: number): Promise<void> {
    await this.database.query(
      `UPDATE credential SET lease_until = now() + make_interval(secs => $5::float8)
       WHERE account_id = $1::uuid AND chain = $2 AND version = $3 AND lease_owner = $4`,
      [chain.accountId, chain.name, chain.version, owner, leaseSeconds],
    );
  }

  async release(chain: Chain, owner: string): Promise<void> {
    await this.database.query(
      `UPDATE credential SET lease_owner = NULL, lease_until = NULL
       WHERE account_id = $1::uuid AND chain = $2 AND version = $3 AND lease_owner = $4`,
      [chain.accountId, chain.name, chain.version, owner],
    );
  }

  /**
   * Stores the pair that the host answered. Fenced by the version alone: a pair that arrived after its lease is still
   * the only living one, unless somebody stored a newer one meanwhile. False: somebody did.
   */
  async store(chain: Chain, tokens: TokenPair): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE credential SET access_token = $4, refresh_token = $5, expires_at = $6, version = version + 1,
         dead_at = NULL, lease_owner = NULL, lease_until = NULL, updated_at = now()
       WHERE account_id = $1::uuid AND chain = $2 AND version = $3 RETURNING chain`,
      [
        chain.accountId,
        chain.name,
        chain.version,
        this.vault.seal(tokens.accessToken, { accountId: chain.accountId, field: 'accessToken' }),
        this.vault.seal(tokens.refreshToken, { accountId: chain.accountId, field: 'refreshToken' }),
        new Date(tokens.expiresAt),
      ],
    );
    return rows.length > 0;
  }

  /** The host refused this version for good. False: meanwhile there is a newer one. */
  async bury(chain: Chain, owner: string): Promise<boolean> {
    const rows = await this.database.query(
      `UPDATE credential SET dead_at = now(), lease_owner = NULL, lease_until = NULL
       WHERE account_id = $1::uuid AND chain = $2 AND version = $3 AND lease_owner = $4 RETURNING chain`,
      [chain.accountId, chain.name, chain.version, owner],
    );
    return rows.length > 0;
  }

  private opened(row: ChainRow): Chain {
    const accountId = row.account_id;
    return {
      accountId,
      name: row.chain,
      version: row.version,
      tokens: {
        accessToken: this.vault.open(row.access_token, { accountId, field: 'accessToken' }),
        refreshToken: this.vault.open(row.refresh_token, { accountId, field: 'refreshToken' }),
        expiresAt: row.expires_at.getTime(),
        userId: row.host_user_id,
        endpoint: row.endpoint,
        oauthEndpoint: row.oauth_endpoint,
      },
    };
  }
}

import { Injectable } from '@nestjs/common';
import type { AccountFacts, AccountHealth, AccountSettings, AccountState } from '../../contract/accounts.js';
import type { AccountCapabilities } from '../../contract/client.js';
import type { Instant } from '../../domain/crm/time.js';
import { Database } from '../../infra/db/database.js';
import type { Sql } from '../../infra/db/sql.js';
import { readSettings } from './account-settings.js';

/** Payload: the account's id. Every process forgets what it cached of it. */
export const ACCOUNT_CHANNEL = 'dozhim_accounts';

/** The whole row; `sealedSecret` opens only through the vault. */
export interface AccountRecord extends AccountFacts {
  readonly oauthEndpoint: string;
  readonly sealedSecret: string | null;
  readonly capabilities: AccountCapabilities | null;
  /** Fields of deals that the account wants in the mirror, in order. */
  readonly watchedFields: readonly string[];
}

export interface NewInstallation {
  readonly accountId: string;
  readonly host: string;
  readonly hostKey: string;
  readonly endpoint: string;
  readonly oauthEndpoint: string;
  /** Null keeps the stored one. */
  readonly sealedSecret: string | null;
  readonly scopes: readonly string[];
  readonly settings: AccountSettings;
}

interface AccountRow {
  readonly account_id: string;
  readonly host: string;
  readonly host_key: string;
  readonly endpoint: string;
  readonly oauth_endpoint: string;
  readonly hook_secret: string | null;
  readonly state: string;
  readonly health: string;
  readonly health_detail: string | null;
  readonly health_since: Date | null;
  readonly capabilities: unknown;
  readonly settings: unknown;
  readonly finished_at: Date | null;
  readonly watched_fields: string[] | null;
}

const COLUMNS = `account_id, host, host_key, endpoint, oauth_endpoint, hook_secret, state, health, health_detail,
  health_since, capabilities, settings, finished_at,
  (SELECT array_agg(w.field_key ORDER BY w.field_key) FROM watched_field w
   WHERE w.account_id = account.account_id) AS watched_fields`;

@Injectable()
export class AccountRepository {
  constructor(private readonly database: Database) {}

  async find(accountId: string, sql: Sql = this.database): Promise<AccountRecord | null> {
    const rows = await sql.query<AccountRow>(`SELECT ${COLUMNS} FROM account WHERE account_id = $1::uuid`, [
      accountId,
    ]);
    return rows[0] === undefined ? null : toRecord(rows[0]);
  }

  /** Ids of accounts in this state, for scheduled work. */
  async idsIn(state: AccountState): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      'SELECT account_id FROM account WHERE state = $1 ORDER BY account_id',
      [state],
    );
    return rows.map((row) => row.account_id);
  }

  /**
   * A proven installation: a new account, or an uninstalled one that comes back to its data. A living account keeps its
   * state and settings and takes over the proven addresses and secret. Returns whether it is alive only since now.
   */
  async install(tx: Sql, made: NewInstallation): Promise<'new' | 'back' | 'known'> {
    const before = await tx.query<{ state: string }>(
      'SELECT state FROM account WHERE account_id = $1::uuid FOR UPDATE',
      [made.accountId],
    );
    await tx.query(
      `INSERT INTO account AS a (account_id, host, host_key, endpoint, oauth_endpoint, hook_secret, state, settings,
         scopes, installed_at)
       VALUES ($1::uuid, $2, $3, $4, $5, $6, 'connecting', $7::jsonb, $8::text[], now())
       ON CONFLICT (account_id) DO UPDATE SET
         endpoint = excluded.endpoint,
         oauth_endpoint = CASE WHEN excluded.oauth_endpoint = '' THEN a.oauth_endpoint ELSE excluded.oauth_endpoint END,
         hook_secret = coalesce(excluded.hook_secret, a.hook_secret),
         scopes = CASE WHEN cardinality(excluded.scopes) = 0 THEN a.scopes ELSE excluded.scopes END,
         state = CASE WHEN a.state IN ('frozen', 'purging') THEN 'connecting' ELSE a.state END,
         installed_at = CASE WHEN a.state IN ('frozen', 'purging') THEN now() ELSE a.installed_at END,
         finished_at = CASE WHEN a.state IN ('frozen', 'purging') THEN NULL ELSE a.finished_at END,
         uninstalled_at = NULL, purge_after = NULL`,
      [
        made.accountId,
        made.host,
        made.hostKey,
        made.endpoint,
        made.oauthEndpoint,
        made.sealedSecret,
        JSON.stringify(made.settings),
        [...made.scopes],
      ],
    );
    await this.announce(tx, made.accountId);
    const state = before[0]?.state;
    if (state === undefined) return 'new';
    return state === 'frozen' || state === 'purging' ? 'back' : 'known';
  }

  async setState(tx: Sql, accountId: string, from: AccountState, to: AccountState): Promise<boolean> {
    const rows = await tx.query(
      'UPDATE account SET state = $3 WHERE account_id = $1::uuid AND state = $2 RETURNING account_id',
      [accountId, from, to],
    );
    await this.announce(tx, accountId);
    return rows.length > 0;
  }

  /**
   * Frozen: nothing is sent, hooks and sessions die; the data waits until `purgeAfter`. With `toldAt` only where the
   * account was not installed since then.
   */
  async freeze(tx: Sql, accountId: string, purgeAfter: Instant, toldAt: Instant | null): Promise<boolean> {
    const rows = await tx.query(
      `UPDATE account SET state = 'frozen', hook_secret = NULL, uninstalled_at = now(), purge_after = $2
       WHERE account_id = $1::uuid AND state IN ('connecting', 'active')
         AND ($3::timestamptz IS NULL OR installed_at <= $3) RETURNING account_id`,
      [accountId, new Date(purgeAfter), toldAt === null ? null : new Date(toldAt)],
    );
    await this.announce(tx, accountId);
    return rows.length > 0;
  }

  /** Frozen accounts whose time is over, and those that a crash left half purged. */
  async purgeable(now: Instant): Promise<readonly string[]> {
    const rows = await this.database.query<{ account_id: string }>(
      `SELECT account_id FROM account WHERE state = 'purging' OR (state = 'frozen' AND purge_after <= $1)`,
      [new Date(now)],
    );
    return rows.map((row) => row.account_id);
  }

  async setEndpoint(tx: Sql, accountId: string, endpoint: string): Promise<void> {
    await tx.query('UPDATE account SET endpoint = $2 WHERE account_id = $1::uuid', [accountId, endpoint]);
    await this.announce(tx, accountId);
  }

  async setCapabilities(sql: Sql, accountId: string, capabilities: AccountCapabilities): Promise<void> {
    await sql.query('UPDATE account SET capabilities = $2::jsonb WHERE account_id = $1::uuid', [
      accountId,
      JSON.stringify(capabilities),
    ]);
    await this.announce(sql, accountId);
  }

  /** Merges into the stored settings. */
  async patchSettings(sql: Sql, accountId: string, patch: Partial<AccountSettings>): Promise<void> {
    await sql.query('UPDATE account SET settings = settings || $2::jsonb WHERE account_id = $1::uuid', [
      accountId,
      JSON.stringify(patch),
    ]);
    await this.announce(sql, accountId);
  }

  async setFinished(sql: Sql, accountId: string): Promise<boolean> {
    const rows = await sql.query(
      `UPDATE account SET finished_at = now() WHERE account_id = $1::uuid AND finished_at IS NULL RETURNING account_id`,
      [accountId],
    );
    await this.announce(sql, accountId);
    return rows.length > 0;
  }

  /** True when the health is another one now; `since` restarts only then. */
  async setHealth(
    sql: Sql,
    accountId: string,
    health: AccountHealth,
    detail: string | null,
  ): Promise<boolean> {
    const rows = await sql.query(
      `UPDATE account SET health = $2, health_detail = $3, health_since = CASE WHEN $2 = 'ok' THEN NULL ELSE now() END
       WHERE account_id = $1::uuid AND health <> $2 RETURNING account_id`,
      [accountId, health, detail],
    );
    if (rows.length > 0) await this.announce(sql, accountId);
    return rows.length > 0;
  }

  /** Every process forgets what it holds of the account. */
  async announce(sql: Sql, accountId: string): Promise<void> {
    await sql.query('SELECT pg_notify($1, $2)', [ACCOUNT_CHANNEL, accountId]);
  }
}

function toRecord(row: AccountRow): AccountRecord {
  return {
    accountId: row.account_id,
    host: row.host,
    hostKey: row.host_key,
    endpoint: row.endpoint,
    oauthEndpoint: row.oauth_endpoint,
    sealedSecret: row.hook_secret,
    state: row.state as AccountState,
    health: row.health as AccountHealth,
    healthDetail: row.health_detail,
    healthSince: row.health_since?.getTime() ?? null,
    capabilities: readCapabilities(row.capabilities),
    settings: readSettings(row.settings),
    finishedAt: row.finished_at?.getTime() ?? null,
    watchedFields: row.watched_fields ?? [],
  };
}

/** Null until they were detected once. */
function readCapabilities(stored: unknown): AccountCapabilities | null {
  if (typeof stored !== 'object' || stored === null || Object.keys(stored).length === 0) return null;
  const row = stored as Record<string, unknown>;
  return {
    offlineQueue: row['offlineQueue'] === true,
    robots: row['robots'] === true,
    idempotentTaskWrites: row['idempotentTaskWrites'] === true,
    departments: row['departments'] === true,
    stageHistory: row['stageHistory'] === true,
  };
}

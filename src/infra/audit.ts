import type { Sql } from './db/sql.js';

/** Who did what to an account's settings, tokens and data. `detail` holds no secret and no customer text. */
export interface AuditEntry {
  readonly accountId: string;
  /** A host user's id, or `system` / `host`. */
  readonly actor: string;
  /** `<thing>.<what happened>`, e.g. `connection.lost`. */
  readonly action: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Appends to the account's audit log; in the transaction of the thing itself, so that neither is without the other. */
export async function audit(sql: Sql, entry: AuditEntry): Promise<void> {
  await sql.query(
    `INSERT INTO audit_log (account_id, actor, action, detail) VALUES ($1::uuid, $2, $3, $4::jsonb)`,
    [entry.accountId, entry.actor, entry.action, JSON.stringify(entry.detail ?? {})],
  );
}

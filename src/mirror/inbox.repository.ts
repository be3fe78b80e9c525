import type { EntityKind } from '../contract/client.js';
import type { Instant } from '../domain/crm/time.js';
import type { Sql } from '../infra/db/sql.js';
import { ids, numbers, texts } from './columns.js';

export const INBOX_CHANNEL = 'dozhim_inbox';

/** `queue`: the host's own queue has something; it is fetched, not read. */
export type HintKind = EntityKind | 'queue';

/** A hint as it is stored and spooled. */
export interface Hint {
  readonly accountId: string;
  readonly entity: HintKind;
  readonly id: string;
  readonly change: 'saved' | 'deleted';
  readonly sentAt: Instant | null;
}

export interface ClaimedHint {
  readonly inboxId: string;
  readonly entity: string;
  readonly id: string;
  /** This claim included. */
  readonly attempts: number;
  readonly receivedAt: Instant;
}

/** One statement, one commit, and the workers hear of it with the commit. */
export async function storeHints(sql: Sql, hints: readonly Hint[]): Promise<void> {
  await sql.query(
    `WITH stored AS (
       INSERT INTO inbox (account_id, entity, entity_id, change, sent_at)
       SELECT account, entity, id, change, to_timestamp(sent / 1000)
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::float8[]) AS h(account, entity, id, change, sent)
       RETURNING account_id
     )
     SELECT pg_notify($6, account_id::text) FROM (SELECT DISTINCT account_id FROM stored) AS told`,
    [
      texts(hints, (one) => one.accountId),
      texts(hints, (one) => one.entity),
      texts(hints, (one) => one.id),
      texts(hints, (one) => one.change),
      numbers(hints, (one) => one.sentAt),
      INBOX_CHANNEL,
    ],
  );
}

/** Accounts with hints that nobody works on; one of the two questions that cross accounts (see `dueAccounts`). */
export async function inboxAccounts(sql: Sql): Promise<readonly string[]> {
  const rows = await sql.query<{ account_id: string }>(
    `SELECT DISTINCT i.account_id FROM inbox i
     JOIN account a ON a.account_id = i.account_id AND a.state IN ('connecting', 'active')
     WHERE i.claimed_until IS NULL OR i.claimed_until < now()`,
  );
  return rows.map((row) => row.account_id);
}

/** Takes hints for `seconds`, oldest first. Two workers never get the same one while its claim lasts. */
/**
 * Hints about tasks, activities and the host's own queue are worked off apart: mostly they echo what we wrote, their reads yield to
 * our writes where requests are short, and no deal waits for them.
 */
export type InboxPart = 'all' | 'patient' | 'prompt';

export async function claimHints(
  sql: Sql,
  claim: {
    readonly accountId: string;
    readonly owner: string;
    readonly limit: number;
    readonly seconds: number;
    readonly part: InboxPart;
  },
): Promise<readonly ClaimedHint[]> {
  const rows = await sql.query<{
    inbox_id: string;
    entity: string;
    entity_id: string;
    attempts: number;
    received_at: Date;
  }>(
    `UPDATE inbox SET claimed_by = $2, claimed_until = now() + make_interval(secs => $4::float8),
       attempts = attempts + 1
     WHERE account_id = $1 AND inbox_id IN (
       SELECT inbox_id FROM inbox
       WHERE account_id = $1 AND (claimed_until IS NULL OR claimed_until < now())
         AND EXISTS (SELECT FROM account a WHERE a.account_id = $1 AND a.state IN ('connecting', 'active'))
         AND ($5 = 'all' OR (entity IN ('task', 'activity', 'queue')) = ($5 = 'patient'))
       ORDER BY inbox_id LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING inbox_id, entity, entity_id, attempts, received_at`,
    [claim.accountId, claim.owner, claim.limit, claim.seconds, claim.part],
  );
  return rows.map((row) => ({
    inboxId: String(row.inbox_id),
    entity: row.entity,
    id: row.entity_id,
    attempts: row.attempts,
    receivedAt: row.received_at.getTime(),
  }));
}

export async function renewClaims(
  sql: Sql,
  accountId: string,
  owner: string,
  seconds: number,
): Promise<void> {
  await sql.query(
    `UPDATE inbox SET claimed_until = now() + make_interval(secs => $3::float8)
     WHERE account_id = $1 AND claimed_by = $2 AND claimed_until > now()`,
    [accountId, owner, seconds],
  );
}

/** Deletes hints that are worked off; returns how many were still ours. */
export async function finishHints(
  sql: Sql,
  accountId: string,
  owner: string,
  inboxIds: readonly string[],
): Promise<number> {
  const rows = await sql.query<{ n: number }>(
    `WITH done AS (DELETE FROM inbox WHERE account_id = $1 AND claimed_by = $2 AND inbox_id = ANY($3::bigint[])
       RETURNING 1) SELECT count(*)::int AS n FROM done`,
    [accountId, owner, ids(inboxIds)],
  );
  return rows[0]?.n ?? 0;
}

/** Gives hints back for `restMs`. `counted`: the attempt stays on their account. */
export async function releaseHints(
  sql: Sql,
  accountId: string,
  owner: string,
  rest: { readonly inboxIds: readonly string[]; readonly restMs: number; readonly counted: boolean },
): Promise<void> {
  await sql.query(
    `UPDATE inbox SET claimed_by = NULL, claimed_until = now() + make_interval(secs => $4::float8 / 1000),
       attempts = CASE WHEN $5::bool THEN attempts ELSE greatest(0, attempts - 1) END
     WHERE account_id = $1 AND claimed_by = $2 AND inbox_id = ANY($3::bigint[])`,
    [accountId, owner, ids(rest.inboxIds), rest.restMs, rest.counted],
  );
}

/** Hints that rest after a failure are due now. */
export async function wakeHints(sql: Sql, accountId: string): Promise<void> {
  await sql.query(
    'UPDATE inbox SET claimed_until = NULL WHERE account_id = $1 AND claimed_by IS NULL AND claimed_until IS NOT NULL',
    [accountId],
  );
  await sql.query('SELECT pg_notify($1, $2)', [INBOX_CHANNEL, accountId]);
}

/** More writes of ours that wait than fit into one request are a bulk write. The rows are the outbox's; only read here. */
const WRITES_PER_REQUEST = 50;

export async function writesInBulk(sql: Sql, accountId: string): Promise<boolean> {
  const rows = await sql.query(
    'SELECT 1 FROM outbox_task WHERE account_id = $1 AND next_at <= now() OFFSET $2 LIMIT 1',
    [accountId, WRITES_PER_REQUEST],
  );
  return rows.length > 0;
}

import type { Sql } from '../infra/db/sql.js';
import { closeKeyOf } from './action-key.js';
import type { ActionWish } from './action.types.js';

/** Saves the wishes that nobody made before, in the order given; returns their keys. */
export async function insertActions(
  tx: Sql,
  accountId: string,
  wishes: readonly ActionWish[],
): Promise<ReadonlySet<string>> {
  if (wishes.length === 0) return new Set();
  const records = wishes.map(({ key, action, notBefore }, index) => ({
    key,
    kind: action.kind,
    action,
    deal_id: action.dealId,
    not_before: notBefore ?? null,
    place: index,
  }));
  const rows = await tx.query<{ key: string }>(
    `INSERT INTO outbox_action (account_id, key, kind, action, deal_id, next_at)
     SELECT $1, w.key, w.kind, w.action, w.deal_id,
            greatest(now(), to_timestamp(w.not_before / 1000))
     FROM jsonb_to_recordset($2::jsonb) AS w
       (key text, kind text, action jsonb, deal_id text, not_before float8, place int)
     ORDER BY w.place
     ON CONFLICT (account_id, key) DO NOTHING RETURNING key`,
    [accountId, JSON.stringify(records)],
  );
  return new Set(rows.map((row) => row.key));
}

/** Removes what is surely not in the host; what is or may be there stays. */
export async function deleteUnsent(
  tx: Sql,
  accountId: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ key: string }>(
    `DELETE FROM outbox_action WHERE account_id = $1 AND key = ANY($2::text[])
       AND state = 'planned' AND first_sent_at IS NULL
     RETURNING key`,
    [accountId, [...keys]],
  );
  return new Set(rows.map((row) => row.key));
}

/** Questions by their own keys or by their deals. */
export interface WhichAsks {
  readonly keys?: readonly string[];
  readonly dealIds?: readonly string[];
}

interface AskRow {
  readonly key: string;
  readonly deal_id: string;
  readonly state: string;
  readonly host_id: string | null;
}

const ASKED = `account_id = $1 AND kind = 'ask' AND (key = ANY($2::text[]) OR deal_id = ANY($3::text[]))`;

/**
 * Marks questions as no longer wanted and removes those never sent; returns the wishes that take away what is there.
 * A question under way is taken away by whoever records its outcome.
 */
export async function endAsks(
  tx: Sql,
  accountId: string,
  which: WhichAsks,
  text: string,
): Promise<readonly ActionWish[]> {
  const values = [accountId, [...(which.keys ?? [])], [...(which.dealIds ?? [])]];
  await tx.query(
    `DELETE FROM outbox_action WHERE ${ASKED} AND state = 'planned' AND first_sent_at IS NULL`,
    values,
  );
  const rows = await tx.query<AskRow>(
    `UPDATE outbox_action SET close_text = $4
     WHERE ${ASKED} AND state IN ('sending', 'unknown', 'done') AND close_text IS NULL
     RETURNING key, deal_id, state, host_id`,
    [...values, text],
  );
  return rows.flatMap(({ key, deal_id: dealId, state, host_id: hostId }) =>
    state === 'done' && hostId !== null ? [closing(accountId, key, dealId, hostId, text)] : [],
  );
}

export function closing(
  accountId: string,
  askKey: string,
  dealId: string,
  hostId: string,
  text: string,
): ActionWish {
  return { key: closeKeyOf(accountId, askKey), action: { kind: 'closeAsk', dealId, hostId, text } };
}

export interface AnsweredAsk {
  readonly key: string;
  readonly dealId: string;
  readonly hostId: string;
}

/** Questions that stand open under these ids of the host; each is told as answered once. */
export async function markAnswered(
  tx: Sql,
  accountId: string,
  hostIds: readonly string[],
): Promise<readonly AnsweredAsk[]> {
  if (hostIds.length === 0) return [];
  const rows = await tx.query<AskRow & { host_id: string }>(
    `UPDATE outbox_action SET answered_at = now()
     WHERE account_id = $1 AND host_id = ANY($2::text[]) AND kind = 'ask'
       AND answered_at IS NULL AND close_text IS NULL
     RETURNING key, deal_id, state, host_id`,
    [accountId, [...hostIds]],
  );
  return rows.map((row) => ({ key: row.key, dealId: row.deal_id, hostId: row.host_id }));
}

/** Tries again what was refused for good. */
export async function redriveAction(tx: Sql, accountId: string, key: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE outbox_action SET state = 'planned', attempts = 0, fault = NULL, done_at = NULL, next_at = now()
     WHERE account_id = $1 AND key = $2 AND state = 'refused' RETURNING key`,
    [accountId, key],
  );
  return rows.length > 0;
}

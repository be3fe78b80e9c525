import type { Sql } from '../infra/db/sql.js';
import type { DesiredTask, AppliedTask, OutboxState, TaskWish } from './task.types.js';
import type { KnownTask, WishChange } from './wish-change.js';

/** Workers of every process listen here; the payload is the account's id. */
export const OUTBOX_CHANNEL = 'dozhim_outbox';
/** After the account's id: forget what you know of its troubles. */
export const RESUMED = 'resumed';

export interface KeyedWish {
  readonly key: string;
  readonly wish: TaskWish;
}

export interface ChangedWish extends KeyedWish {
  readonly change: WishChange;
}

interface KnownRow {
  readonly key: string;
  readonly desired: DesiredTask;
  readonly applied: AppliedTask | null;
  readonly state: OutboxState;
  readonly host_task_id: string | null;
}

/** Locks the rows that are there already, in one order for everybody: two plans' transactions cannot block each other. */
export async function lockKnown(
  tx: Sql,
  accountId: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, KnownTask>> {
  const rows = await tx.query<KnownRow>(
    `SELECT key, desired, applied, state, host_task_id FROM outbox_task
     WHERE account_id = $1 AND key = ANY($2::text[]) ORDER BY key FOR UPDATE`,
    [accountId, [...keys]],
  );
  return new Map(
    rows.map((row) => [
      row.key,
      { desired: row.desired, applied: row.applied, state: row.state, hostTaskId: row.host_task_id },
    ]),
  );
}

/** Saves the wishes that nobody made before; returns their keys. Of two at the same moment one comes first. */
export async function insertWishes(
  tx: Sql,
  accountId: string,
  wishes: readonly ChangedWish[],
): Promise<ReadonlySet<string>> {
  const rows = await tx.query<{ key: string }>(
    `INSERT INTO outbox_task (account_id, key, plan_id, step_key, visit_seq, deal_id, desired, state, applied_rev, next_at)
     SELECT $1, w.key, w.plan_id, w.step_key, w.visit_seq, w.deal_id, w.desired, w.state,
            CASE WHEN w.due THEN 0 ELSE 1 END, CASE WHEN w.due THEN now() END
     FROM jsonb_to_recordset($2::jsonb) AS w
       (key text, plan_id uuid, step_key text, visit_seq int, deal_id text, desired jsonb, state text, due boolean)
     ON CONFLICT (account_id, key) DO NOTHING RETURNING key`,
    [accountId, JSON.stringify(inOrder(wishes).map(recordOf))],
  );
  return new Set(rows.map((row) => row.key));
}

/**
 * Changes rows that `lockKnown` locked. A new wish starts with fresh attempts: what was refused before may go through
 * now. Where the plan decided a hand-edited field anew, a write under way loses its claim, for it knows the old edits.
 */
export async function updateWishes(
  tx: Sql,
  accountId: string,
  wishes: readonly ChangedWish[],
): Promise<void> {
  await tx.query(
    `UPDATE outbox_task o SET
       desired = w.desired,
       desired_rev = o.desired_rev + 1,
       applied_rev = CASE WHEN w.due THEN o.applied_rev ELSE o.desired_rev + 1 END,
       claimed_by = CASE WHEN o.applied IS DISTINCT FROM w.applied THEN NULL ELSE o.claimed_by END,
       claimed_until = CASE WHEN o.applied IS DISTINCT FROM w.applied THEN NULL ELSE o.claimed_until END,
       applied = w.applied,
       state = w.state,
       -- An uncertain row keeps its own time: its look-up is not hurried by a new wish.
       next_at = CASE WHEN NOT w.due THEN NULL WHEN o.state IN ('sending', 'unknown') THEN o.next_at ELSE now() END,
       attempts = 0,
       fault = NULL
     FROM jsonb_to_recordset($2::jsonb) AS w (key text, desired jsonb, applied jsonb, state text, due boolean)
     WHERE o.account_id = $1 AND o.key = w.key`,
    [accountId, JSON.stringify(wishes.map(recordOf))],
  );
}

export async function callWorkers(tx: Sql, payload: string): Promise<void> {
  await tx.query('SELECT pg_notify($1, $2)', [OUTBOX_CHANNEL, payload]);
}

/** Everybody inserts in one order: two plans' transactions cannot block each other. */
function inOrder(wishes: readonly ChangedWish[]): readonly ChangedWish[] {
  return wishes.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

function recordOf({ key, wish, change }: ChangedWish): object {
  return {
    key,
    plan_id: wish.planId,
    step_key: wish.stepKey,
    visit_seq: wish.visitSeq,
    deal_id: wish.dealId,
    desired: wish.desired,
    applied: change.applied,
    state: change.state,
    due: change.due,
  };
}

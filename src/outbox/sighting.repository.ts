import type { HostTask } from '../domain/crm/records.js';
import type { Sql } from '../infra/db/sql.js';
import { isOutboxKey } from './outbox-key.js';
import { OUTBOX_COLUMNS, taskOf, type OutboxRow } from './outbox.rows.js';
import type { AppliedTask, OutboxTask } from './task.types.js';

export interface SavedSighting {
  readonly key: string;
  readonly hostTaskId: string;
  readonly applied: AppliedTask;
}

/** Locks our rows that these host tasks may be, by the host's id or by the key that they carry. */
export async function lockSeen(
  tx: Sql,
  accountId: string,
  tasks: readonly HostTask[],
  deletedIds: readonly string[],
): Promise<readonly OutboxTask[]> {
  const ids = [...tasks.map((task) => task.id), ...deletedIds];
  const keys = tasks.map((task) => task.ourKey).filter(isOutboxKey);
  const rows = await tx.query<OutboxRow>(
    `SELECT ${OUTBOX_COLUMNS} FROM outbox_task o
     WHERE o.account_id = $1 AND (o.host_task_id = ANY($2::text[]) OR o.key = ANY($3::text[]))
     ORDER BY o.key FOR UPDATE`,
    [accountId, ids, keys],
  );
  return rows.map(taskOf);
}

/**
 * The host has the task and this is its content. A worker that holds the row loses it: what it is about to record was
 * decided without this.
 */
export async function saveSightings(
  tx: Sql,
  accountId: string,
  sightings: readonly SavedSighting[],
): Promise<void> {
  if (sightings.length === 0) return;
  await tx.query(
    `UPDATE outbox_task o SET
       state = 'created', host_task_id = s.host_task_id, applied = s.applied, next_at = now(), fault = NULL,
       claimed_by = NULL, claimed_until = NULL
     FROM jsonb_to_recordset($2::jsonb) AS s (key text, host_task_id text, applied jsonb)
     WHERE o.account_id = $1 AND o.key = s.key`,
    [
      accountId,
      JSON.stringify(
        sightings.map((one) => ({ key: one.key, host_task_id: one.hostTaskId, applied: one.applied })),
      ),
    ],
  );
}

/** Deleted in the host: final. */
export async function saveGone(tx: Sql, accountId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.query(
    `UPDATE outbox_task SET state = 'gone', next_at = NULL, claimed_by = NULL, claimed_until = NULL
     WHERE account_id = $1 AND key = ANY($2::text[])`,
    [accountId, [...keys]],
  );
}

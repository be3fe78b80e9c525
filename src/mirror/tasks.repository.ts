import type { HostTask } from '../domain/crm/records.js';
import type { Instant } from '../domain/crm/time.js';
import type { Sql } from '../infra/db/sql.js';
import { ids, newestById, numbers, texts } from './columns.js';

const UPSERT = `
INSERT INTO host_task AS t (account_id, task_id, deal_id, title, owner_id, state, due_at, completed_at, completed_by,
  modified_at, our_key, result, deleted_at)
SELECT $1, r.id, r.deal, r.title, r.owner, r.state, to_timestamp(r.due / 1000), to_timestamp(r.completed / 1000),
  r.by, to_timestamp(r.modified / 1000), r.our_key, r.result, NULL
FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::float8[], $10::text[],
  $11::float8[], $12::text[], $13::text[])
  AS r(id, deal, title, owner, state, due, completed, by, modified, our_key, result)
ON CONFLICT (account_id, task_id) DO UPDATE SET
  deal_id = excluded.deal_id, title = excluded.title, owner_id = excluded.owner_id, state = excluded.state,
  due_at = excluded.due_at, completed_at = excluded.completed_at, completed_by = excluded.completed_by,
  modified_at = excluded.modified_at, our_key = coalesce(excluded.our_key, t.our_key),
  result = excluded.result, deleted_at = NULL
WHERE excluded.modified_at >= t.modified_at
  AND (t.deleted_at IS NULL OR to_timestamp($2::float8 / 1000) > t.deleted_at)
  AND (t.deleted_at IS NOT NULL OR (t.deal_id, t.title, t.owner_id, t.state, t.due_at, t.completed_at,
    t.completed_by, t.modified_at, t.our_key, t.result) IS DISTINCT FROM (excluded.deal_id, excluded.title,
    excluded.owner_id, excluded.state, excluded.due_at, excluded.completed_at, excluded.completed_by, excluded.modified_at,
    coalesce(excluded.our_key, t.our_key), excluded.result))
RETURNING task_id`;

/** Writes what is newer than ours and returns the ids that really changed; `readAt` as for deals. */
export async function upsertTasks(
  sql: Sql,
  accountId: string,
  tasks: readonly HostTask[],
  readAt: Instant,
): Promise<readonly string[]> {
  const rows = newestById(tasks);
  if (rows.length === 0) return [];
  const changed = await sql.query<{ task_id: string }>(UPSERT, [
    accountId,
    readAt,
    texts(rows, (one) => one.id),
    texts(rows, (one) => one.dealId),
    texts(rows, (one) => one.title),
    texts(rows, (one) => one.ownerId),
    texts(rows, (one) => one.state),
    numbers(rows, (one) => one.dueAt),
    numbers(rows, (one) => one.completedAt),
    texts(rows, (one) => one.completedBy),
    numbers(rows, (one) => one.modifiedAt),
    texts(rows, (one) => one.ourKey),
    texts(rows, (one) => one.result ?? null),
  ]);
  return changed.map((row) => row.task_id);
}

/** Tombstones after a read that did not find them; returns the ids that were alive in the mirror. */
export async function buryTasks(
  sql: Sql,
  accountId: string,
  taskIds: readonly string[],
): Promise<readonly string[]> {
  if (taskIds.length === 0) return [];
  const buried = await sql.query<{ task_id: string }>(
    `UPDATE host_task SET deleted_at = clock_timestamp()
     WHERE account_id = $1 AND task_id = ANY($2::text[]) AND deleted_at IS NULL RETURNING task_id`,
    [accountId, ids(taskIds)],
  );
  await sql.query(
    `INSERT INTO host_task (account_id, task_id, title, state, modified_at, deleted_at)
     SELECT $1, id, '', 'open', to_timestamp(0), clock_timestamp()
     FROM unnest($2::text[]) id ON CONFLICT (account_id, task_id) DO NOTHING`,
    [accountId, ids([...new Set(taskIds)])],
  );
  return buried.map((row) => row.task_id);
}

/** Of these, the ones that the outbox made. */
export async function oursAmong(
  sql: Sql,
  accountId: string,
  taskIds: readonly string[],
): Promise<readonly string[]> {
  if (taskIds.length === 0) return [];
  const rows = await sql.query<{ task_id: string }>(
    `SELECT task_id FROM host_task
     WHERE account_id = $1 AND task_id = ANY($2::text[]) AND our_key IS NOT NULL`,
    [accountId, ids(taskIds)],
  );
  return rows.map((row) => row.task_id);
}

/** Live tasks of ours that nobody completed yet: the ones whose loss would matter. Keyset by id. */
export async function openTasksOfOurs(
  sql: Sql,
  accountId: string,
  after: string | null,
  limit: number,
): Promise<readonly string[]> {
  const rows = await sql.query<{ task_id: string }>(
    `SELECT task_id FROM host_task WHERE account_id = $1 AND task_id > $2 AND our_key IS NOT NULL
       AND deleted_at IS NULL AND state NOT IN ('completed', 'declined') ORDER BY task_id LIMIT $3`,
    [accountId, after ?? '', limit],
  );
  return rows.map((row) => row.task_id);
}

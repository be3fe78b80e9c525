import type { Cursor } from '../contract/streams.js';
import type { Instant } from '../domain/crm/time.js';
import { isOrphaned } from '../infra/db/presence.js';
import type { Sql } from '../infra/db/sql.js';
import { ids } from './columns.js';
import type { StepName } from './streams/streams.js';

/** waiting → backfilling → following; failed: given up for now, tried again hourly. */
export type CheckpointStage = 'waiting' | 'backfilling' | 'following' | 'failed';

/** The right to work on one step of one account, until somebody else takes it over after its time. */
export interface Lease {
  readonly accountId: string;
  readonly step: StepName;
  /** New with every claim: a worker that slept past its lease is not mistaken for its successor. */
  readonly owner: string;
}

export interface Checkpoint {
  readonly step: StepName;
  readonly stage: CheckpointStage;
  readonly cursor: Cursor | null;
  readonly syncedTo: Instant | null;
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly sweptAt: Instant | null;
  readonly updatedAt: Instant;
  readonly fault: string | null;
}

/** Thrown inside the page's transaction when the lease is somebody else's by now: nothing of the page is kept. */
export class LeaseLost extends Error {
  constructor(lease: Lease) {
    super(`the lease on ${lease.step} was taken over`);
    this.name = 'LeaseLost';
  }
}

const LEASE_SECONDS = 30;
export const HEARTBEAT_MS = 10_000;

interface Row {
  stream: StepName;
  stage: CheckpointStage;
  cursor: string | null;
  synced_to: Date | null;
  rows_done: number;
  rows_total: number | null;
  started_at: Date | null;
  finished_at: Date | null;
  swept_at: Date | null;
  updated_at: Date;
  fault: string | null;
}

const COLUMNS = `stream, stage, cursor, synced_to, rows_done, rows_total, started_at, finished_at, swept_at, updated_at,
  fault`;

/** Adds the steps that an account has no checkpoint of. Idempotent. */
export async function addCheckpoints(
  sql: Sql,
  accountId: string,
  steps: readonly StepName[],
  stage: 'waiting' | 'following',
): Promise<void> {
  await sql.query(
    `INSERT INTO checkpoint (account_id, stream, stage, swept_at) SELECT $1, step, $3, now()
     FROM unnest($2::text[]) step ON CONFLICT (account_id, stream) DO NOTHING`,
    [accountId, ids(steps), stage],
  );
}

export async function readCheckpoints(sql: Sql, accountId: string): Promise<readonly Checkpoint[]> {
  const rows = await sql.query<Row>(`SELECT ${COLUMNS} FROM checkpoint WHERE account_id = $1`, [accountId]);
  return rows.map(checkpointOf);
}

/** Takes the step when nobody has it; null when somebody does, it rests after a failure, or the account is frozen. */
export async function claimCheckpoint(sql: Sql, lease: Lease): Promise<Checkpoint | null> {
  const [row] = await sql.query<Row>(
    `UPDATE checkpoint SET lease_owner = $3, lease_until = now() + interval '${LEASE_SECONDS} s'
     WHERE account_id = $1 AND stream = $2
       AND (lease_until IS NULL OR lease_until < now() OR ${isOrphaned('lease_owner')})
       AND EXISTS (SELECT FROM account a WHERE a.account_id = $1 AND a.state IN ('connecting', 'active'))
     RETURNING ${COLUMNS}`,
    [lease.accountId, lease.step, lease.owner],
  );
  return row ? checkpointOf(row) : null;
}

/** Keeps the lease alive; false when it is somebody else's or the account was frozen. */
export async function renewLease(sql: Sql, lease: Lease): Promise<boolean> {
  const rows = await sql.query(
    `UPDATE checkpoint SET lease_until = now() + interval '${LEASE_SECONDS} s'
     WHERE account_id = $1 AND stream = $2 AND lease_owner = $3
       AND EXISTS (SELECT FROM account a WHERE a.account_id = $1 AND a.state IN ('connecting', 'active'))
     RETURNING 1`,
    [lease.accountId, lease.step, lease.owner],
  );
  return rows.length > 0;
}

/** The first copy of a step begins, or goes on. `hostTime` counts only at the beginning. */
export async function beginCopy(sql: Sql, lease: Lease, hostTime: Instant | null): Promise<void> {
  await fenced(
    sql,
    lease,
    `UPDATE checkpoint SET stage = 'backfilling', fault = NULL, started_at = coalesce(started_at, now()),
       updated_at = now(), synced_to = CASE WHEN cursor IS NULL THEN to_timestamp($4::float8 / 1000) ELSE synced_to END
     WHERE account_id = $1 AND stream = $2 AND lease_owner = $3 RETURNING 1`,
    [hostTime],
  );
}

/** A page is stored: in its transaction. */
export async function advance(
  sql: Sql,
  lease: Lease,
  page: { readonly cursor: Cursor | null; readonly rows: number; readonly total: number | null },
): Promise<void> {
  await fenced(
    sql,
    lease,
    `UPDATE checkpoint SET cursor = $4, rows_done = rows_done + $5, rows_total = coalesce($6, rows_total),
       lease_until = now() + interval '${LEASE_SECONDS} s', updated_at = now()
     WHERE account_id = $1 AND stream = $2 AND lease_owner = $3 RETURNING 1`,
    [page.cursor, page.rows, page.total],
  );
}

/** The step's copy or sweep is complete up to `syncedTo` of the host's clock; gives the lease back. */
export async function finishStep(
  sql: Sql,
  lease: Lease,
  syncedTo: Instant | null,
  fault: string | null = null,
): Promise<void> {
  await fenced(
    sql,
    lease,
    `UPDATE checkpoint SET stage = 'following', cursor = NULL, fault = $5, updated_at = now(), swept_at = now(),
       rows_total = CASE WHEN stage = 'following' THEN rows_total ELSE rows_done END,
       finished_at = coalesce(finished_at, now()), lease_owner = NULL, lease_until = NULL,
       synced_to = coalesce(to_timestamp($4::float8 / 1000), synced_to)
     WHERE account_id = $1 AND stream = $2 AND lease_owner = $3 RETURNING 1`,
    [syncedTo, fault],
  );
}

/** Gives the lease back unfinished; nobody takes the step again for `restMs`. Quiet when the lease is gone already. */
export async function releaseStep(
  sql: Sql,
  lease: Lease,
  outcome: { readonly restMs: number; readonly fault: string | null; readonly failed: boolean },
): Promise<void> {
  await sql.query(
    `UPDATE checkpoint SET lease_owner = NULL, lease_until = now() + make_interval(secs => $4::float8 / 1000),
       fault = $5, updated_at = now(),
       stage = CASE WHEN $6 AND stage IN ('waiting', 'backfilling') THEN 'failed' ELSE stage END
     WHERE account_id = $1 AND stream = $2 AND lease_owner = $3`,
    [lease.accountId, lease.step, lease.owner, outcome.restMs, outcome.fault, outcome.failed],
  );
}

/** Gives the lease back as if it had not been taken. */
export async function giveBack(sql: Sql, lease: Lease): Promise<void> {
  await sql.query(
    `UPDATE checkpoint SET lease_owner = NULL, lease_until = NULL
     WHERE account_id = $1 AND stream = $2 AND lease_owner = $3`,
    [lease.accountId, lease.step, lease.owner],
  );
}

/** Deals or history were copied anew: every visit is computed again and every deal announced. */
export async function restartVisits(sql: Sql, accountId: string): Promise<void> {
  await sql.query(
    `UPDATE checkpoint SET stage = 'waiting', cursor = NULL, rows_done = 0, lease_owner = NULL, lease_until = NULL
     WHERE account_id = $1 AND stream = 'visits' AND (stage <> 'waiting' OR cursor IS NOT NULL)`,
    [accountId],
  );
}

/** Everything that an account follows is due now, also what rests after a failure; running work is left alone. */
export async function makeDue(sql: Sql, accountId: string, steps: readonly StepName[]): Promise<void> {
  await sql.query(
    `UPDATE checkpoint SET swept_at = CASE WHEN stage = 'following' THEN NULL ELSE swept_at END,
       stage = CASE WHEN stage = 'failed' THEN 'backfilling' ELSE stage END,
       lease_until = CASE WHEN lease_owner IS NULL THEN NULL ELSE lease_until END
     WHERE account_id = $1 AND stream = ANY($2::text[])`,
    [accountId, ids(steps)],
  );
}

async function fenced(sql: Sql, lease: Lease, text: string, more: readonly unknown[]): Promise<void> {
  const rows = await sql.query(text, [lease.accountId, lease.step, lease.owner, ...more]);
  if (rows.length === 0) throw new LeaseLost(lease);
}

function checkpointOf(row: Row): Checkpoint {
  return {
    step: row.stream,
    stage: row.stage,
    cursor: row.cursor,
    syncedTo: row.synced_to?.getTime() ?? null,
    rowsDone: row.rows_done,
    rowsTotal: row.rows_total,
    startedAt: row.started_at?.getTime() ?? null,
    finishedAt: row.finished_at?.getTime() ?? null,
    sweptAt: row.swept_at?.getTime() ?? null,
    updatedAt: row.updated_at.getTime(),
    fault: row.fault,
  };
}

import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

interface MigrationConnection {
  query(text: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  exec(text: string): Promise<unknown>;
}

/** The advisory lock that Prisma's own schema engine takes: whoever migrates first, the others wait. */
const LOCK = 72707369;

/** Prisma's own bookkeeping table, so that `prisma migrate` and this runner understand each other. */
const TABLE = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

/**
 * Applies `prisma/migrations` as `prisma migrate deploy` does, without its downloaded engine. Idempotent; several
 * processes may call it at once. Throws when an earlier migration failed half-way or an applied one was edited.
 */
export async function migrate(connection: MigrationConnection, folder: string): Promise<string[]> {
  await connection.query(`SELECT pg_advisory_lock(${LOCK})`);
  try {
    await connection.exec(TABLE);
    const applied = await appliedMigrations(connection);
    const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const done: string[] = [];
    for (const name of names.map((entry) => entry.name).sort()) {
      if (await applyOne(connection, path.join(folder, name, 'migration.sql'), name, applied))
        done.push(name);
    }
    return done;
  } finally {
    await connection.query(`SELECT pg_advisory_unlock(${LOCK})`);
  }
}

async function appliedMigrations(connection: MigrationConnection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query(
    'SELECT migration_name, checksum, finished_at, logs FROM _prisma_migrations WHERE rolled_back_at IS NULL',
  );
  const failed = rows.find((row) => row['finished_at'] === null);
  if (failed) {
    throw new Error(
      `migration ${String(failed['migration_name'])} failed earlier: ${String(failed['logs'])}`,
    );
  }
  return new Map(rows.map((row) => [String(row['migration_name']), String(row['checksum'])]));
}

async function applyOne(
  connection: MigrationConnection,
  file: string,
  name: string,
  applied: ReadonlyMap<string, string>,
): Promise<boolean> {
  const sql = await readFile(file, 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  const known = applied.get(name);
  if (known === checksum) return false;
  if (known !== undefined)
    throw new Error(`migration ${name} was edited after it was applied; add a new one instead`);
  const id = randomUUID();
  await connection.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ($1, $2, $3)',
    [id, checksum, name],
  );
  try {
    await connection.exec(sql);
  } catch (error) {
    await connection.query('UPDATE _prisma_migrations SET logs = $2 WHERE id = $1', [id, String(error)]);
    throw error;
  }
  await connection.query(
    'UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE id = $1',
    [id],
  );
  return true;
}

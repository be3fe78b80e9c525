// One migrated, in-memory database is dumped once; every test file loads the dump (0.35 s instead of 2.5 s).
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import { postgresPrograms, startPostgres } from './postgres.ts';

const FOLDER = 'prisma/migrations';

export default async function globalSetup() {
  await dumpMigratedDatabase();
  await startTestPostgres();
}

/** A server for the whole run, unless one is given; without an installed server the PostgreSQL halves say so. */
async function startTestPostgres() {
  if (process.env.TEST_POSTGRES_URL || !postgresPrograms()) return;
  const server = await startPostgres();
  process.env.TEST_POSTGRES_URL = server.url;
  globalThis.testPostgres = server;
}

async function dumpMigratedDatabase() {
  const names = readdirSync(FOLDER)
    .filter((name) => /^\d/.test(name))
    .sort();
  const sql = names.map((name) => readFileSync(`${FOLDER}/${name}/migration.sql`, 'utf8'));
  const hash = createHash('sha256').update(sql.join('\n')).digest('hex').slice(0, 16);
  const file = `node_modules/.cache/dozhim/pglite-${hash}.tar`;
  process.env.TEST_PGLITE_DUMP = file;
  try {
    readFileSync(file);
    return;
  } catch {
    // not made yet
  }
  const db = await PGlite.create();
  for (const text of sql) await db.exec(text);
  const dump = await db.dumpDataDir('none');
  await db.close();
  mkdirSync('node_modules/.cache/dozhim', { recursive: true });
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
}

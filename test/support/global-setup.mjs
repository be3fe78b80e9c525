// One migrated, in-memory database is dumped once; every test file loads the dump (0.35 s instead of 2.5 s). On the
// server a migrated database is the template of those that want the tables and no migrating.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { migrate } from '../../src/infra/db/migrate.ts';
import { postgresPrograms, startPostgres } from './postgres.ts';

const FOLDER = 'prisma/migrations';

export default async function globalSetup() {
  await dumpMigratedDatabase();
  await startTestPostgres();
  if (process.env.TEST_POSTGRES_URL) await makeTemplate(process.env.TEST_POSTGRES_URL);
}

/** A server for the whole run, unless one is given; without an installed server the PostgreSQL halves say so. */
async function startTestPostgres() {
  if (process.env.TEST_POSTGRES_URL || !postgresPrograms()) return;
  const server = await startPostgres({ haste: true });
  process.env.TEST_POSTGRES_URL = server.url;
  globalThis.testPostgres = server;
}

async function makeTemplate(server) {
  const name = `dozhim_template_${process.pid}`;
  await onServer(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name}`);
    await client.query(`CREATE DATABASE ${name}`);
  });
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(url.toString(), (client) =>
    migrate(
      {
        query: async (text, params) => (await client.query(text, params)).rows,
        exec: (text) => client.query(text),
      },
      FOLDER,
    ),
  );
  process.env.TEST_POSTGRES_TEMPLATE = name;
}

async function onServer(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
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

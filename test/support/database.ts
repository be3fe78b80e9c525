import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import { Database } from '../../src/infra/db/database.js';
import { openDatabase } from '../../src/infra/db/open.js';
import pg from 'pg';
import { emptyEmbedded } from './spare-database.js';

export type DatabaseKind = 'embedded' | 'postgres';

/** A fresh migrated database: in memory from the dump, or a new one on the server of TEST_POSTGRES_URL. */
export async function openTestDatabase(kind: DatabaseKind = 'embedded'): Promise<Database> {
  if (kind === 'postgres') {
    const databaseUrl = await createPostgresDatabase(process.env['TEST_POSTGRES_TEMPLATE']);
    return openDatabase({ databaseUrl, dataDir: '' });
  }
  const dump = process.env['TEST_PGLITE_DUMP'];
  if (!dump) throw new Error('the test setup has made no dump');
  return new Database(await emptyEmbedded(dump));
}

/** Address of a new database on the test server: empty, or as the template is. */
export async function createPostgresDatabase(template?: string): Promise<string> {
  const server = process.env['TEST_POSTGRES_URL'];
  if (!server) throw new Error('TEST_POSTGRES_URL is not set');
  const name = `dozhim_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  } finally {
    await client.end();
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

/**
 * Runs the block on the embedded database and on PostgreSQL. Without a server the second half is left out loudly:
 * `npm test` starts one where it is installed.
 */
export function describeOnEveryDatabase(name: string, block: (open: () => Promise<Database>) => void): void {
  describe(`${name} on the embedded database`, () => block(() => openTestDatabase('embedded')));
  if (process.env['TEST_POSTGRES_URL']) {
    describe(`${name} on PostgreSQL`, () => block(() => openTestDatabase('postgres')));
    return;
  }
  console.warn(
    `LEFT OUT: ${name} on PostgreSQL, because no server is installed (apt-get install postgresql)`,
  );
}

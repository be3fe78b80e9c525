import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '../../src/infra/db/database.js';
import { openTestDatabase } from '../support/database.js';

describe('test/architecture/schema', () => {
  let database: Database;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(async () => {
    await database.close();
  });

  it('begins every table with account_id, so that no query crosses accounts and the schema shards as it is', async () => {
    const tables = await database.query<{ name: string; first: string }>(
      `SELECT c.relname AS name, a.attname AS first FROM pg_class c
       JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
       WHERE c.relkind = 'r' AND c.relname <> '_prisma_migrations'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    expect(tables.filter((table) => table.first !== 'account_id')).toEqual([]);
  });

  it('begins every key and index with account_id', async () => {
    const indexes = await database.query<{ name: string; first: string }>(
      `SELECT i.relname AS name, a.attname AS first FROM pg_index x
       JOIN pg_class i ON i.oid = x.indexrelid
       JOIN pg_class t ON t.oid = x.indrelid AND t.relname <> '_prisma_migrations'
       JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0]`,
    );
    expect(indexes.length).toBeGreaterThan(20);
    expect(indexes.filter((index) => index.first !== 'account_id')).toEqual([]);
  });

  it('has no foreign keys between records that arrive in any order', async () => {
    expect(await database.query(`SELECT conname FROM pg_constraint WHERE contype = 'f'`)).toEqual([]);
  });
});

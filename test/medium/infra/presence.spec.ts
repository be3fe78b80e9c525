import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Database } from '../../../src/infra/db/database.js';
import { isOrphaned } from '../../../src/infra/db/presence.js';
import { describeOnEveryDatabase } from '../../support/database.js';

async function orphaned(database: Database, owner: string | null): Promise<boolean | null> {
  const [row] = await database.query<{ gone: boolean | null }>(
    `SELECT ${isOrphaned('o.owner')} AS gone FROM (SELECT $1::text AS owner) o`,
    [owner],
  );
  return row?.gone ?? null;
}

describeOnEveryDatabase('test/medium/infra/presence', (open) => {
  let database: Database;
  beforeEach(async () => {
    database = await open();
  });
  afterEach(async () => {
    await database.close();
  });

  it('knows the owner of a process that listens as one that lives', async () => {
    const stop = await database.listen('presence_test', () => undefined);
    const owner = database.ownerToken();
    expect(owner).toMatch(/^p\d+\./);
    expect(await orphaned(database, owner)).toBe(false);
    await stop();
  });

  it('knows the owner of a process without a session as one that is gone', async () => {
    expect(await orphaned(database, 'p1.018f0000-0000-7000-8000-000000000001')).toBe(true);
  });

  it('does not judge an owner that says nothing of its process', async () => {
    expect(await orphaned(database, '018f0000-0000-7000-8000-000000000001')).toBe(false);
    expect(await orphaned(database, null)).toBe(null);
  });
});

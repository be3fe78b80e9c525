import { describe, expect, it } from '@jest/globals';
import type { Vault } from '../../infra/crypto/vault.js';
import type { Database } from '../../infra/db/database.js';
import { AccountCache } from './account.cache.js';
import type { AccountRecord, AccountRepository } from './account.repository.js';

const ID = 'b9b3e4f6-0000-5000-8000-000000000001';

function recordIn(state: AccountRecord['state']): AccountRecord {
  return { accountId: ID, state, sealedSecret: null } as unknown as AccountRecord;
}

/** Answers of the database come when the test lets them; `gap` is the return of a lost connection. */
function cacheOf() {
  const answers: ((record: AccountRecord | null) => void)[] = [];
  const accounts = { find: () => new Promise<AccountRecord | null>((answer) => answers.push(answer)) };
  let gap = (): void => undefined;
  const database = {
    listen: async (_: string, _heard: unknown, onGap: () => void) => {
      gap = onGap;
      return async () => undefined;
    },
  };
  const cache = new AccountCache(
    accounts as unknown as AccountRepository,
    {} as unknown as Vault,
    database as unknown as Database,
    { now: () => 0 },
  );
  return { cache, answers, gap: () => gap() };
}

describe('src/features/accounts/account.cache', () => {
  it('reads an account anew that changed while it was being read', async () => {
    const { cache, answers } = cacheOf();
    const before = cache.find(ID);
    cache.drop(ID);
    const after = cache.find(ID);
    expect(answers).toHaveLength(2);
    answers[1]?.(recordIn('frozen'));
    answers[0]?.(recordIn('active'));
    expect((await before)?.record.state).toBe('active');
    expect((await after)?.record.state).toBe('frozen');
    expect((await cache.find(ID))?.record.state).toBe('frozen');
    expect(answers).toHaveLength(2);
  });

  it('asks once for many who ask at the same time', async () => {
    const { cache, answers } = cacheOf();
    const all = [cache.find(ID), cache.find(ID), cache.find(ID)];
    answers[0]?.(recordIn('active'));
    expect((await Promise.all(all)).map((known) => known?.record.state)).toEqual([
      'active',
      'active',
      'active',
    ]);
    expect(answers).toHaveLength(1);
  });

  it('forgets everything, clients included, after announcements were lost', async () => {
    const { cache, answers, gap } = cacheOf();
    const dropped: string[] = [];
    cache.onDrop((accountId) => dropped.push(accountId));
    await cache.onModuleInit();
    const known = cache.find(ID);
    answers[0]?.(recordIn('active'));
    await known;
    gap();
    expect(dropped).toEqual([ID]);
    void cache.find(ID);
    expect(answers).toHaveLength(2);
  });
});

import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { BookRepository } from '../../../src/features/salesbook/book.repository.js';
import { BookVerdicts } from '../../../src/features/salesbook/book-verdict.service.js';
import type { NewEntry } from '../../../src/features/salesbook/book.types.js';
import type { Database } from '../../../src/infra/db/database.js';
import { accountIdOf } from '../../../src/infra/ids.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MONDAY } from '../../support/records.js';

const HOUR = 3_600_000;

describeOnEveryDatabase('src/features/salesbook/book.repository', (open) => {
  let database: Database;
  let book: BookRepository;
  let verdicts: BookVerdicts;
  let accountId = '';
  let run = 0;

  beforeAll(async () => {
    database = await open();
    book = new BookRepository(database);
    verdicts = new BookVerdicts(book);
  });

  afterAll(() => database.close());

  beforeEach(async () => {
    accountId = await anAccount(`book-${run++}`);
  });

  async function anAccount(key: string): Promise<string> {
    const id = accountIdOf('memory', key);
    await database.query(
      `INSERT INTO account (account_id, host, host_key, endpoint, oauth_endpoint, state, installed_at)
       VALUES ($1::uuid, 'memory', $2, 'x', 'x', 'active', $3)`,
      [id, key, new Date(MONDAY + 900)],
    );
    return id;
  }

  function entry(key: string, at: number, body: NewEntry['body'] = {}): NewEntry {
    return { sourceKey: key, at, kind: 'note', dealId: 'D_1', by: 'anna', byHand: true, body };
  }

  const append = (entries: readonly NewEntry[], now = MONDAY + HOUR) =>
    database.transaction((tx) => book.append(tx, accountId, entries, now));

  /** As somebody with the database in his hands would do it. */
  async function forge(sql: string): Promise<void> {
    await database.query('ALTER TABLE book_entry DISABLE TRIGGER ALL');
    await database.query(sql, [accountId]);
    await database.query('ALTER TABLE book_entry ENABLE TRIGGER ALL');
  }

  it('writes entries in the order of the events, one place after another, and a known key never twice', async () => {
    const first = await append([entry('b', MONDAY + 2_000), entry('a', MONDAY + 1_000)]);
    expect(first.map((one) => [one.entryId, one.sourceKey])).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ]);
    const second = await append([entry('a', MONDAY), entry('c', MONDAY), entry('c', MONDAY)]);
    expect(second.map((one) => [one.entryId, one.sourceKey, one.prevHash])).toEqual([
      ['3', 'c', first[1]?.hash],
    ]);
    expect(await verdicts.of(accountId)).toMatchObject({ entries: 3, intact: true, head: second[0]?.hash });
  });

  it('begins with the whole second of the installation, for hosts know no parts of it', async () => {
    expect(await book.since(accountId)).toBe(MONDAY);
  });

  it('gives back what was written, so that the hashes hold: odd characters, numbers, nested order', async () => {
    await append([
      entry('odd', MONDAY + 1, {
        text: 'a\0b \ud800 «ё» \u2028',
        dueAt: MONDAY,
        userIds: ['2', '1'],
        amount: '1.50',
      }),
    ]);
    expect(await verdicts.of(accountId)).toMatchObject({ entries: 1, intact: true });
  });

  it('keeps two accounts’ chains apart and one chain whole when many write at once', async () => {
    const mine = accountId;
    await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        append([entry(`k${index}`, MONDAY + index), entry('same', MONDAY)]),
      ),
    );
    expect(await verdicts.of(mine)).toMatchObject({ entries: 13, intact: true });
    expect(await verdicts.of(await anAccount(`other-${run}`))).toEqual({
      entries: 0,
      intact: true,
      brokenAt: null,
      head: null,
    });
  });

  it('refuses to change or to remove an entry, even one by one or all of them', async () => {
    await append([entry('a', MONDAY)]);
    for (const sql of [
      'UPDATE book_entry SET body = body WHERE account_id = $1::uuid',
      'DELETE FROM book_entry WHERE account_id = $1::uuid',
    ])
      await expect(database.query(sql, [accountId])).rejects.toThrow(/never changed/);
    await expect(database.query('TRUNCATE book_entry')).rejects.toThrow(/never changed/);
    expect(await verdicts.of(accountId)).toMatchObject({ entries: 1, intact: true });
  });

  it('lets the entries go with the whole account, and writes nothing of one that goes', async () => {
    await append([entry('a', MONDAY)]);
    await database.query(`UPDATE account SET state = 'purging' WHERE account_id = $1::uuid`, [accountId]);
    await database.query('DELETE FROM book_entry WHERE account_id = $1::uuid', [accountId]);
    expect(await book.find(accountId, '1')).toBeNull();
    expect(await append([entry('b', MONDAY)])).toEqual([]);
  });

  it.each([
    [
      'another text',
      `UPDATE book_entry SET body = '{"text": "other"}' WHERE account_id = $1::uuid AND entry_id = 2`,
      '2',
    ],
    [
      'another hour',
      `UPDATE book_entry SET at = at + interval '1 ms' WHERE account_id = $1::uuid AND entry_id = 2`,
      '2',
    ],
    [
      'another author',
      `UPDATE book_entry SET by_user = 'boris' WHERE account_id = $1::uuid AND entry_id = 3`,
      '3',
    ],
    ['one taken out', 'DELETE FROM book_entry WHERE account_id = $1::uuid AND entry_id = 2', '3'],
    ['the last ones taken away', 'DELETE FROM book_entry WHERE account_id = $1::uuid AND entry_id >= 3', '3'],
  ])('finds %s', async (_, sql, brokenAt) => {
    await append(['a', 'b', 'c', 'd'].map((key, index) => entry(key, MONDAY + index, { text: key })));
    await forge(sql);
    expect(await verdicts.of(accountId)).toMatchObject({ intact: false, brokenAt });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CopyRows, uuidBytes } from '../../../src/infra/db/copy-rows.js';
import type { Database } from '../../../src/infra/db/database.js';
import { describeOnEveryDatabase } from '../../support/database.js';

const INTO = 'copied (id, name, amount, at, flag, tags, fields)';
const ID = '0199aa00-1234-7000-8000-00000000beef';

interface Copied {
  readonly name: string | null;
  readonly amount: string | null;
  readonly at: number | null;
  readonly flag: boolean;
  readonly tags: readonly string[] | null;
  readonly fields: string | null;
}

const A_ROW: Copied = { name: 'Сделка', amount: '12.50', at: 0, flag: true, tags: null, fields: null };

const names = fc.string({ unit: 'binary', maxLength: 80 }).map((text) => text.replaceAll('\u0000', ''));
const someRow: fc.Arbitrary<Copied> = fc.record({
  name: fc.option(names),
  amount: fc.option(
    fc
      .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.option(fc.nat({ max: 999_999_999 })))
      .map(
        ([negative, whole, part]) =>
          `${negative && whole > 0n ? '-' : ''}${whole}${part === null ? '' : `.${part}`}`,
      ),
  ),
  at: fc.option(fc.integer({ min: Date.UTC(1, 0), max: Date.UTC(9999, 0) })),
  flag: fc.boolean(),
  tags: fc.option(fc.array(names, { minLength: 1, maxLength: 4 })),
  fields: fc.option(
    fc
      .dictionary(fc.string({ unit: 'grapheme-ascii', maxLength: 5 }), fc.integer())
      .map((one) => JSON.stringify(one)),
  ),
});

function bytesOf(rows: readonly Copied[]): Buffer {
  const copy = new CopyRows(7);
  for (const row of rows) {
    copy.begin();
    copy.uuid(uuidBytes(ID));
    copy.text(row.name);
    copy.decimal(row.amount);
    copy.instant(row.at);
    copy.flag(row.flag);
    copy.texts(row.tags);
    copy.json(row.fields);
  }
  return copy.end();
}

describe('test/medium/infra/copy-rows', () => {
  describeOnEveryDatabase('rows for COPY', (open) => {
    let database: Database;

    beforeAll(async () => {
      database = await open();
      await database.query(
        `CREATE TABLE copied (n bigint GENERATED ALWAYS AS IDENTITY, id uuid, name text, amount numeric,
           at timestamptz(3), flag boolean, tags text[], fields jsonb)`,
      );
    });

    afterAll(() => database.close());

    async function stored(rows: readonly Copied[]): Promise<readonly Copied[]> {
      await database.query('TRUNCATE copied');
      await database.transaction((tx) => tx.load(INTO, bytesOf(rows)));
      const read = await database.query<Copied & { readonly id: string }>(
        `SELECT id, name, amount::text AS amount, (extract(epoch FROM at) * 1000)::float8 AS at, flag, tags,
           fields::text AS fields FROM copied ORDER BY n`,
      );
      expect(read.every(({ id }) => id === ID)).toBe(true);
      return read.map(({ name, amount, at, flag, tags, fields }) => ({
        name,
        amount,
        at,
        flag,
        tags,
        fields,
      }));
    }

    function plain(row: Copied): Copied {
      return { ...row, fields: row.fields && JSON.stringify(sorted(JSON.parse(row.fields) as object)) };
    }

    it('bring every value as it was', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(someRow, { maxLength: 12 }), async (rows) => {
          expect((await stored(rows)).map(plain)).toEqual(rows.map(plain));
        }),
        { numRuns: 60 },
      );
    });

    it('are as many as one buffer takes', async () => {
      const rows = Array.from({ length: 20_000 }, (_, index) => ({ ...A_ROW, name: `Сделка ${index}` }));
      expect(await stored(rows)).toEqual(rows);
    });

    it('lose what no database can hold, and nothing else', async () => {
      const rows = [
        { ...A_ROW, name: 'a\u0000b' },
        { ...A_ROW, name: `${'ы'.repeat(40)}\u0000!` },
        { ...A_ROW, name: 'half \ud83d' },
      ];
      expect((await stored(rows)).map(({ name }) => name)).toEqual([
        'ab',
        `${'ы'.repeat(40)}!`,
        'half \ufffd',
      ]);
    });

    it('come in as a whole or not at all, and the database says why', async () => {
      await database.query('TRUNCATE copied');
      const broken = bytesOf([A_ROW, A_ROW]);
      const refused = database.transaction((tx) => tx.load('copied (id, name, name)', broken));
      await expect(refused).rejects.toThrow(/more than once/);
      const short = database.transaction((tx) => tx.load('copied (id, name)', broken));
      await expect(short).rejects.toMatchObject({ code: '22P04' });
      expect(await database.query('SELECT 1 FROM copied')).toEqual([]);
      // The connection is good for the next one.
      expect(await stored([A_ROW])).toEqual([A_ROW]);
    });
  });

  it('refuses what the format has no place for', () => {
    const copy = new CopyRows(1);
    expect(() => copy.decimal('1e9')).toThrow(RangeError);
    expect(() => copy.decimal('NaN')).toThrow(RangeError);
    expect(() => copy.instant(Number.NaN)).toThrow(RangeError);
    expect(() => uuidBytes('no uuid')).toThrow(RangeError);
  });
});

/** The database keeps no order of keys. */
function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

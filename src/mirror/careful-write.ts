import type { Sql } from '../infra/db/sql.js';

/** SQLSTATE classes that mean "this value is wrong", not "the database is unwell". */
const DATA_FAULTS = /^(22|23|54)/;

/** True when the fault lies in the rows: retrying the same never helps. */
export function isDataFault(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.length === 5 && DATA_FAULTS.test(code);
}

/**
 * Writes rows; when some of them cannot be stored, stores all others and hands those few to `onPoison`, so that one
 * bad record never holds an account. Halving: a page of 2,500 with one bad row costs a dozen statements.
 */
export async function writeCarefully<Row, Result>(
  tx: Sql,
  rows: readonly Row[],
  write: (rows: readonly Row[]) => Promise<Result>,
  onPoison: (row: Row, error: unknown) => Promise<void>,
): Promise<readonly Result[]> {
  if (rows.length === 0) return [];
  await tx.query('SAVEPOINT careful');
  try {
    const result = await write(rows);
    await tx.query('RELEASE SAVEPOINT careful');
    return [result];
  } catch (error) {
    if (!isDataFault(error)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT careful');
    await tx.query('RELEASE SAVEPOINT careful');
    if (rows.length === 1) {
      await onPoison(rows[0] as Row, error);
      return [];
    }
    const middle = Math.ceil(rows.length / 2);
    const left = await writeCarefully(tx, rows.slice(0, middle), write, onPoison);
    const right = await writeCarefully(tx, rows.slice(middle), write, onPoison);
    return [...left, ...right];
  }
}

/**
 * Hand-written SQL on one connection or on the pool. `$1` parameters; arrays become typed arrays through a cast in the
 * text (`$1::text[]`); JSON goes in as text (`$1::jsonb` with `JSON.stringify`), because the two drivers disagree about
 * arrays inside it. `int8` and `numeric` come back as text, `timestamptz` as `Date`.
 */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** One connection between BEGIN and COMMIT. */
export interface Transaction extends Sql {
  /**
   * Adds new rows by COPY, the cheapest way in. `into` is a table with its columns, e.g. `deal (account_id, deal_id)`,
   * `rows` what `CopyRows` made of them in that order. One row that cannot be stored, or is there already, fails them all.
   */
  load(into: string, rows: Buffer): Promise<void>;
}

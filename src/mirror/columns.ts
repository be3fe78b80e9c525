import type { Instant } from '../domain/crm/time.js';

/**
 * Columns for `unnest`, as array literals in PostgreSQL's own text format. The drivers would build the same text from
 * JavaScript arrays, with a regular expression per element: at a million rows that is a third of the write's CPU.
 */
const NEEDS_CARE = /["\\\u0000]/;
const ESCAPED = /["\\]/g;
/** PostgreSQL's text cannot hold it; hosts send it in pasted titles. */
const NUL = '\u0000';

/**
 * A column without a value: `unnest` of several columns fills the shorter ones up with nulls. Some column of each
 * statement has a value in every row.
 */
const NOTHING = '{}';

/** For `$n::text[]`. */
export function texts<Row>(rows: readonly Row[], pick: (row: Row) => string | null): string {
  const parts = new Array<string>(rows.length);
  let empty = true;
  for (let index = 0; index < rows.length; index++) {
    const value = pick(rows[index] as Row);
    if (value !== null) empty = false;
    parts[index] = value === null ? 'NULL' : quoted(value);
  }
  return empty ? NOTHING : `{${parts.join(',')}}`;
}

/** For `$n::float8[]`; instants are read as `to_timestamp(x / 1000)`. */
export function numbers<Row>(rows: readonly Row[], pick: (row: Row) => number | null): string {
  const parts = new Array<number | string>(rows.length);
  let empty = true;
  for (let index = 0; index < rows.length; index++) {
    const value = pick(rows[index] as Row);
    if (value !== null) empty = false;
    parts[index] = value ?? 'NULL';
  }
  return empty ? NOTHING : `{${parts.join(',')}}`;
}

/** For `$n::bool[]`. */
export function flags<Row>(rows: readonly Row[], pick: (row: Row) => boolean): string {
  return `{${rows.map((row) => (pick(row) ? 't' : 'f')).join(',')}}`;
}

/** Parts of a list that travels as one text; `string_to_array` with the same sign takes it apart. */
const PART = '\u001f';

export function joined(values: readonly string[]): string {
  return values.map((value) => (value.includes(PART) ? value.replaceAll(PART, ' ') : value)).join(PART);
}

/** For `::jsonb`; null for an object without entries. */
export function jsonText(value: Readonly<Record<string, unknown>>): string | null {
  if (Object.keys(value).length === 0) return null;
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(value, storable) : text;
}

/** NUL and halves of letters, as JSON spells them; a backslash before them only costs the careful way. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(NUL, '').toWellFormed() : value;
}

/** Ids for `$n::text[]`. */
export function ids(values: readonly string[]): string {
  return texts(values, (value) => value);
}

function quoted(value: string): string {
  if (!NEEDS_CARE.test(value)) return `"${value}"`;
  const clean = value.includes(NUL) ? value.replaceAll(NUL, '') : value;
  return `"${clean.replace(ESCAPED, '\\$&')}"`;
}

/** Rows of one id, the newest of them: one statement must not touch a row twice. Later ones win at equal instants. */
export function newestById<Row extends { readonly id: string; readonly modifiedAt: Instant }>(
  rows: readonly Row[],
): readonly Row[] {
  const byId = new Map<string, Row>();
  for (const row of rows) {
    const known = byId.get(row.id);
    if (!known || row.modifiedAt >= known.modifiedAt) byId.set(row.id, row);
  }
  return byId.size === rows.length ? rows : [...byId.values()];
}

/** The last row of each key. */
export function lastByKey<Row>(rows: readonly Row[], keyOf: (row: Row) => string): readonly Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) byKey.set(keyOf(row), row);
  return byKey.size === rows.length ? rows : [...byKey.values()];
}

/** Slices of at most `size`; never an empty one. */
export function chunksOf<Row>(rows: readonly Row[], size: number): readonly (readonly Row[])[] {
  if (rows.length <= size) return rows.length === 0 ? [] : [rows];
  const chunks: (readonly Row[])[] = [];
  for (let start = 0; start < rows.length; start += size) chunks.push(rows.slice(start, start + size));
  return chunks;
}

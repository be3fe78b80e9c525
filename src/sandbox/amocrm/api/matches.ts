import type { EntityTable } from '../../common/entity-table.js';
import type { Rows } from './hal.js';

const KEPT = 16;

interface Kept {
  readonly version: number;
  readonly rows: readonly unknown[];
}

/** Rows that a query matched, kept until the table changes: the next page of a walk costs a slice. */
export class Matches {
  private readonly kept = new Map<string, Kept>();

  /** @param key names the query with everything but its page */
  find<T extends { readonly id: number }>(
    key: string,
    table: EntityTable<T>,
    select: () => readonly T[],
  ): Rows<T> {
    const known = this.kept.get(key);
    if (known?.version === table.version) return known.rows as readonly T[];
    const rows = select();
    this.kept.delete(key);
    this.kept.set(key, { version: table.version, rows });
    const oldest = this.kept.keys().next().value;
    if (this.kept.size > KEPT && oldest !== undefined) this.kept.delete(oldest);
    return rows;
  }
}

/** The whole table in ascending id, without a copy. */
export function allRows<T extends { readonly id: number }>(table: EntityTable<T>): Rows<T> {
  return { length: table.size, at: (index) => table.rowAt(index) };
}

/** The query without its page, so that all pages of a walk share their rows. */
export function queryKey(kind: string, search: string, viewer: number): string {
  const query = new URLSearchParams(search);
  query.delete('page');
  query.delete('limit');
  return `${kind}\n${viewer}\n${query.toString()}`;
}

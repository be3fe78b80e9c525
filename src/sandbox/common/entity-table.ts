/** Rows in ascending id that a list can walk; `rowAt` may meet a gap. */
export interface RowSource<T> {
  /** Slots, gaps included. */
  readonly size: number;
  /** Rows, gaps not included. */
  readonly live: number;
  /** Grows with every change: what was computed under another version is stale. */
  readonly version: number;
  rowAt(index: number): T | undefined;
  /** Index of the first slot whose id is greater. */
  indexAfter(id: number): number;
  get(id: number): T | undefined;
  /** Version of the block of 256 ids (`id >> 8`). */
  blockVersion(block: number): number;
  /** Newest change inside the block, epoch seconds: lets a walk by modification time skip whole blocks. */
  blockStamp(block: number): number;
}

export const BLOCK_BITS = 8;
export const BLOCK_ROWS = 1 << BLOCK_BITS;

/** One kind of entity: a dense array in ascending id, found by bisection. Holds a million rows without indexes. */
export class EntityTable<T extends { readonly id: number }> implements RowSource<T> {
  version = 0;
  private readonly ids: number[] = [];
  private readonly rows: T[] = [];
  private readonly versions: number[] = [];
  private readonly stamps: number[] = [];
  private lastId = 0;

  /** @param stampOf last change of a row, epoch seconds */
  constructor(private readonly stampOf: (row: T) => number) {}

  get size(): number {
    return this.rows.length;
  }

  get live(): number {
    return this.rows.length;
  }

  nextId(): number {
    return this.lastId + 1;
  }

  rowAt(index: number): T | undefined {
    return this.rows[index];
  }

  get(id: number): T | undefined {
    const index = this.indexAfter(id - 1);
    return this.ids[index] === id ? this.rows[index] : undefined;
  }

  indexAfter(id: number): number {
    if (id < 0) {
      return 0;
    }
    // Ids mostly run 1..n without gaps: look there before bisecting.
    if (this.ids[id - 1] === id || (id === 0 && (this.ids[0] ?? 1) > 0)) {
      return id;
    }
    let low = 0;
    let high = this.ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.ids[middle] ?? 0) > id) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  insert(row: T): void {
    if (row.id > this.lastId) {
      this.ids.push(row.id);
      this.rows.push(row);
      this.lastId = row.id;
    } else {
      const index = this.indexAfter(row.id);
      if (this.ids[index - 1] === row.id) {
        throw new Error(`id ${row.id} is taken`);
      }
      this.ids.splice(index, 0, row.id);
      this.rows.splice(index, 0, row);
    }
    this.touch(row);
  }

  /** To be called after a row changed in place. */
  touch(row: T): void {
    const block = Math.floor(row.id / BLOCK_ROWS);
    this.version += 1;
    this.versions[block] = (this.versions[block] ?? 0) + 1;
    this.stamps[block] = Math.max(this.stamps[block] ?? 0, this.stampOf(row));
  }

  remove(id: number): T | undefined {
    const index = this.indexAfter(id - 1);
    const row = this.rows[index];
    if (row === undefined || this.ids[index] !== id) {
      return undefined;
    }
    this.ids.splice(index, 1);
    this.rows.splice(index, 1);
    this.touch(row);
    return row;
  }

  blockVersion(block: number): number {
    return this.versions[block] ?? 0;
  }

  blockStamp(block: number): number {
    return this.stamps[block] ?? 0;
  }

  *[Symbol.iterator](): Iterator<T> {
    yield* this.rows;
  }
}

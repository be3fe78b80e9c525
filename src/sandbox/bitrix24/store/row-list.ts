import { invalidArgument } from '../wire/rest-error.js';
import type { RowsPage } from '../wire/rows-page.js';
import { BLOCK_BITS, type RowSource } from '../../common/entity-table.js';
import type { FieldSpec, FieldTable } from './field-table.js';
import type { RowCache } from './row-cache.js';
import { compileFilter, type RowFilter } from './row-filter.js';

export const PAGE_ROWS = 50;

export interface ListRequest {
  readonly filter: Readonly<Record<string, unknown>>;
  readonly order: Readonly<Record<string, unknown>>;
  readonly select: readonly string[] | null;
  /** -1 switches counting off. */
  readonly start: number;
}

export interface ListAnswer {
  readonly page: RowsPage;
  readonly total: number;
  readonly next?: number;
}

/** One entity's lists in one dialect: filter, order, page of 50, keyset or offset. */
export class RowLists<T extends { readonly id: number }> {
  private readonly counted = new Map<string, { readonly version: number; readonly ids: readonly number[] }>();

  constructor(
    private readonly source: RowSource<T>,
    readonly table: FieldTable<T>,
    private readonly cache: RowCache,
    /** Upper name of the field that blocks are stamped with. */
    private readonly stampField: string | null,
  ) {}

  /**
   * @param visible rows the caller may see, or asked for in a way that the filter does not say
   * @param visibleKey names that choice in the cache of counted lists
   */
  list(request: ListRequest, visible: ((row: T) => boolean) | null, visibleKey = ''): ListAnswer {
    const filter = compileFilter(this.table, request.filter, this.stampField);
    const order = this.readOrder(request.order);
    const test = both(filter.test, visible);
    if (request.start < 0 && order.byId) {
      const rows = this.walk(filter, test, order.descending, PAGE_ROWS);
      const contiguous = test === null && filter.ids === null && !order.descending;
      return { page: this.page(request, rows, contiguous), total: 0 };
    }
    const key = JSON.stringify([visibleKey, request.filter, request.order]);
    const start = Math.max(0, request.start);
    const whole = key === '["",{},{}]' || key === '["",{},{"id":"ASC"}]';
    if (whole && this.source.live === this.source.size) {
      return this.offsetPage(request, start);
    }
    const ids = this.matching(key, filter, test, order.compare);
    const rows = ids.slice(start, start + PAGE_ROWS).flatMap((id) => this.source.get(id) ?? []);
    const next = start + PAGE_ROWS < ids.length ? { next: start + PAGE_ROWS } : {};
    const counted = request.start < 0 ? { total: 0 } : { total: ids.length, ...next };
    return { page: this.page(request, rows, false), ...counted };
  }

  /** Every id that matches, in ascending order, for counts and the control API. */
  ids(filterRecord: Readonly<Record<string, unknown>>): readonly number[] {
    const filter = compileFilter(this.table, filterRecord, this.stampField);
    return this.walk(filter, filter.test, false, Number.POSITIVE_INFINITY).map((row) => row.id);
  }

  /** Of a source without gaps. */
  private offsetPage(request: ListRequest, start: number): ListAnswer {
    const rows: T[] = [];
    for (let index = start; index < this.source.size && rows.length < PAGE_ROWS; index++) {
      const row = this.source.rowAt(index);
      if (row !== undefined) {
        rows.push(row);
      }
    }
    const next = start + PAGE_ROWS < this.source.live ? { next: start + PAGE_ROWS } : {};
    return { page: this.page(request, rows, true), total: this.source.live, ...next };
  }

  private page(request: ListRequest, rows: readonly T[], contiguous: boolean): RowsPage {
    return this.cache.page(this.source, this.table.serializer(request.select), rows, contiguous);
  }

  private walk(
    filter: RowFilter<T>,
    test: ((row: T) => boolean) | null,
    descending: boolean,
    limit: number,
  ): T[] {
    const rows: T[] = [];
    const take = (row: T | undefined): void => {
      if (row !== undefined && row.id > filter.afterId && row.id < filter.beforeId) {
        if (test === null || test(row)) {
          rows.push(row);
        }
      }
    };
    if (filter.ids !== null) {
      const ids = descending ? filter.ids.toReversed() : filter.ids;
      for (let index = 0; index < ids.length && rows.length < limit; index++) {
        take(this.source.get(ids[index] ?? 0));
      }
      return rows;
    }
    const from = this.source.indexAfter(filter.afterId);
    const to = Number.isFinite(filter.beforeId)
      ? this.source.indexAfter(filter.beforeId - 1)
      : this.source.size;
    let index = descending ? to - 1 : from;
    while (index >= from && index < to && rows.length < limit) {
      const skipped = descending ? index : this.skipOld(index, filter.stampFrom);
      if (skipped !== index) {
        index = skipped;
        continue;
      }
      take(this.source.rowAt(index));
      index += descending ? -1 : 1;
    }
    return rows;
  }

  /** The slot itself, or the first one after a block in which nothing changed since. */
  private skipOld(index: number, stampFrom: number): number {
    if (stampFrom === 0) {
      return index;
    }
    const row = this.source.rowAt(index);
    if (row === undefined) {
      return index;
    }
    const block = row.id >> BLOCK_BITS;
    return this.source.blockStamp(block) < stampFrom
      ? this.source.indexAfter(((block + 1) << BLOCK_BITS) - 1)
      : index;
  }

  private matching(
    key: string,
    filter: RowFilter<T>,
    test: ((row: T) => boolean) | null,
    compare: ((left: T, right: T) => number) | null,
  ): readonly number[] {
    const known = this.counted.get(key);
    if (known?.version === this.source.version) {
      return known.ids;
    }
    const rows = this.walk(filter, test, false, Number.POSITIVE_INFINITY);
    const ids = (compare === null ? rows : rows.sort(compare)).map((row) => row.id);
    if (this.counted.size >= 8) {
      this.counted.clear();
    }
    this.counted.set(key, { version: this.source.version, ids });
    return ids;
  }

  private readOrder(order: Readonly<Record<string, unknown>>): {
    readonly byId: boolean;
    readonly descending: boolean;
    readonly compare: ((left: T, right: T) => number) | null;
  } {
    const parts = Object.entries(order).map(([name, direction]) => {
      const field = this.table.find(name);
      if (field === undefined) {
        throw invalidArgument(`Invalid order: field '${name}' is not allowed in order`);
      }
      return { field, sign: String(direction).toUpperCase().startsWith('DESC') ? -1 : 1 };
    });
    const first = parts[0];
    if (first === undefined || first.field.upper === 'ID') {
      const descending = first?.sign === -1;
      return { byId: true, descending, compare: descending ? (left, right) => right.id - left.id : null };
    }
    return {
      byId: false,
      descending: false,
      compare: (left, right) => {
        for (const { field, sign } of parts) {
          const difference = compareField(field, left, right);
          if (difference !== 0) {
            return difference * sign;
          }
        }
        return left.id - right.id;
      },
    };
  }
}

function compareField<T>(field: FieldSpec<T>, left: T, right: T): number {
  const a = field.read(left) ?? '';
  const b = field.read(right) ?? '';
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function both<T>(
  left: ((row: T) => boolean) | null,
  right: ((row: T) => boolean) | null,
): ((row: T) => boolean) | null {
  if (left === null || right === null) {
    return left ?? right;
  }
  return (row) => left(row) && right(row);
}

import type { FormRecord, FormValue } from '../../common/bracket-form.js';
import type { Call } from './call.js';

const FALLBACK_LIMIT = 50;

export interface PageRequest {
  readonly page: number;
  readonly limit: number;
}

/** Beyond the maximum the host does not complain: it falls back to fifty rows. */
export function pageOf(call: Call, max: number): PageRequest {
  const limit = whole(call.query['limit']) ?? FALLBACK_LIMIT;
  const page = whole(call.query['page']) ?? 1;
  return { page: Math.max(1, page), limit: limit < 1 || limit > max ? FALLBACK_LIMIT : limit };
}

/** The value of `filter[name]`. */
export function filterOf(call: Call, name: string): FormValue | undefined {
  const filter = call.query['filter'];
  return isRecord(filter) ? filter[name] : undefined;
}

/** One number, a comma list or an array in brackets; nothing when the filter is absent. */
export function numbersOf(value: FormValue | undefined): ReadonlySet<number> | null {
  const texts = textsOf(value);
  return texts === null ? null : new Set([...texts].map(Number));
}

export function textsOf(value: FormValue | undefined): ReadonlySet<string> | null {
  if (value === undefined) return null;
  if (typeof value === 'string') return new Set(value.split(',').map((text) => text.trim()));
  return new Set(Object.values(value).filter((text): text is string => typeof text === 'string'));
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** `[from]` and `[to]`, both inclusive; `scalar` says what a bare number means. */
export function rangeOf(value: FormValue | undefined, scalar: 'since' | 'nothing'): Range | null {
  if (value === undefined) return null;
  if (typeof value === 'string') {
    if (scalar === 'nothing') return { from: Infinity, to: -Infinity };
    return { from: Number(value), to: Infinity };
  }
  const record = isRecord(value) ? value : {};
  return { from: whole(record['from']) ?? -Infinity, to: whole(record['to']) ?? Infinity };
}

export function within(range: Range | null, value: number): boolean {
  return range === null || (value >= range.from && value <= range.to);
}

export function among<T>(set: ReadonlySet<T> | null, value: T): boolean {
  return set === null || set.has(value);
}

/** `[i][pipeline_id]` with `[i][status_id]` as `pipeline:status`; a pair with one half missing matches nothing. */
export function statusPairsOf(value: FormValue | undefined): ReadonlySet<string> | null {
  if (value === undefined || typeof value === 'string') return null;
  const pairs = Object.values(value).map((pair: FormValue) =>
    isRecord(pair) ? `${whole(pair['pipeline_id'])}:${whole(pair['status_id'])}` : '',
  );
  return new Set(pairs);
}

/** `with=a,b` */
export function withOf(call: Call): ReadonlySet<string> {
  return textsOf(call.query['with']) ?? new Set();
}

/** The first known field of `order[field]=asc|desc`. */
export function orderOf<K extends string>(
  call: Call,
  known: readonly K[],
): { readonly field: K; readonly descending: boolean } | null {
  const order = call.query['order'];
  if (!isRecord(order)) return null;
  const field = known.find((one) => order[one] !== undefined);
  return field === undefined ? null : { field, descending: order[field] === 'desc' };
}

export function whole(value: FormValue | undefined): number | null {
  return typeof value === 'string' && /^-?\d{1,15}$/u.test(value) ? Number(value) : null;
}

export function isRecord(value: FormValue | undefined): value is FormRecord {
  return typeof value === 'object' && !Array.isArray(value);
}

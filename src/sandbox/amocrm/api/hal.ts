import type { ApiFault } from '../server/fault-kinds.js';
import { EMPTY, ok, type ApiAnswer, type Call } from './call.js';
import { pageOf } from './query.js';

export const MAX_ROWS = 250;

/** Rows in an order, of which a page is cut. */
export interface Rows<T> {
  readonly length: number;
  at(index: number): T | undefined;
}

export interface ListOptions<T> {
  readonly key: string;
  readonly rows: Rows<T>;
  /** One row as JSON. */
  readonly write: (row: T) => string;
  readonly max?: number;
  /** Lists with totals have these two more. */
  readonly totals?: boolean;
}

/**
 * One page of a list. No row: 204 with nothing. Links carry the whole query; the last page has no next, the first one
 * neither first nor prev.
 */
export function list<T>(call: Call, options: ListOptions<T>): ApiAnswer {
  const { key, rows } = options;
  const { page, limit } = pageOf(call, options.max ?? MAX_ROWS);
  const shift = call.inner?.kind === 'drift' ? call.inner.amount : 0;
  const start = (page - 1) * limit + shift;
  const end = Math.min(rows.length, start + limit);
  if (start >= end || call.inner?.kind === 'empty-page') return EMPTY;
  const written: string[] = [];
  for (let index = start; index < end; index++) {
    const row = rows.at(index);
    if (row !== undefined) written.push(spoil(options.write(row), call.inner));
  }
  const totals =
    options.totals === true
      ? `"_total_items":${rows.length},"_page":${page},"_page_count":${Math.ceil(rows.length / limit)}`
      : `"_page":${page}`;
  const links = JSON.stringify(linksOf(call, page, end < rows.length));
  return ok(Buffer.from(`{${totals},"_links":${links},"_embedded":{"${key}":[${written.join(',')}]}}`));
}

/** A short list that is never cut into pages. */
export function whole(call: Call, key: string, rows: readonly object[]): ApiAnswer {
  return ok({
    _total_items: rows.length,
    _links: { self: { href: selfOf(call) } },
    _embedded: { [key]: rows },
  });
}

export function selfOf(call: Call): string {
  return `${call.origin}/api/v4/${call.path}${call.search === '' ? '' : `?${call.search}`}`;
}

export function linkTo(call: Call, path: string): { readonly self: { readonly href: string } } {
  return { self: { href: `${call.origin}/api/v4/${path}` } };
}

function linksOf(
  call: Call,
  page: number,
  more: boolean,
): Readonly<Record<string, { readonly href: string }>> {
  const to = (number: number) => ({ href: pageAddress(call, number) });
  return {
    self: { href: selfOf(call) },
    ...(more ? { next: to(page + 1) } : {}),
    ...(page > 1 ? { first: to(1), prev: to(page - 1) } : {}),
  };
}

function pageAddress(call: Call, page: number): string {
  const query = new URLSearchParams(call.search);
  query.set('page', String(page));
  return `${call.origin}/api/v4/${call.path}?${query.toString()}`;
}

const BIG = 3_000_000_000;

/** A row as a fault wants it. */
function spoil(text: string, fault: ApiFault | null): string {
  if (fault === null) return text;
  const row = JSON.parse(text) as Record<string, unknown>;
  if (fault.kind === 'unknown-fields')
    Object.assign(row, { zz_new: { deep: [1] }, is_price_computed: false });
  if (fault.kind === 'null-fields') row['custom_fields_values'] = null;
  if (fault.kind === 'unknown-status') Object.assign(row, { status_id: 99_999_999, pipeline_id: 9_999_999 });
  if (fault.kind === 'big-ids' && typeof row['id'] === 'number') row['id'] += BIG;
  return JSON.stringify(row);
}

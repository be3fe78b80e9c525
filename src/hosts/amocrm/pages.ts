import type { Lane } from '../../contract/streams.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import type { QueryTree } from '../common/query.js';
import { TOO_SLOW } from './answers.js';
import type { ApiClient } from './client.js';
import { embeddedRows, hasNext } from './schema.js';

/** A list of the host and what is wanted of it. */
export interface List {
  readonly path: string;
  /** Key of the rows in the envelope. */
  readonly key: string;
  readonly query: QueryTree;
  /** The documented maximum of rows a page: above it the host silently falls back to 50. */
  readonly limit: number;
}

export interface Page {
  readonly rows: readonly JsonObject[];
  /** The host says that there is more. */
  readonly next: boolean;
}

/** Requests under way at once; more look like an attack to the host. */
const AHEAD = 4;
/** Smaller pages do not help a host that is too slow. */
const SMALLEST_PAGE = 50;

/**
 * Pages of a list from number `from` on, several at a time. Ends with `last` on the final one, which may be empty. An
 * end without words (204) is asked for twice, and a full page without a next one is only an end when its successor is
 * empty.
 */
export async function* pagesOf(
  client: ApiClient,
  list: List,
  from: number,
  lane: Lane,
): AsyncGenerator<{ readonly number: number; readonly rows: readonly JsonObject[]; readonly last: boolean }> {
  // One request tells most lists' whole story.
  let width = 1;
  for (let first = from; ; first += width, width = AHEAD) {
    const batch = await readBatch(client, list, first, width, lane);
    const end = endOf(batch, list.limit);
    for (const [index, page] of batch.entries()) {
      if (end !== null && index > end) return;
      const last = index === end;
      if (page.rows.length > 0 || last) yield { number: first + index, rows: page.rows, last };
    }
    if (end !== null) return;
  }
}

/** Index of the page after which there is nothing; null when the batch does not say. */
function endOf(batch: readonly Page[], limit: number): number | null {
  const lastFilled = batch.findLastIndex(({ rows }) => rows.length > 0);
  if (lastFilled < batch.length - 1) return Math.max(lastFilled, 0);
  const page = batch[lastFilled];
  return page && !page.next && page.rows.length < limit ? lastFilled : null;
}

async function readBatch(
  client: ApiClient,
  list: List,
  first: number,
  width: number,
  lane: Lane,
): Promise<readonly Page[]> {
  const numbers = Array.from({ length: width }, (_, index) => first + index);
  const read = await Promise.all(numbers.map((number) => readPage(client, list, number, lane)));
  const pages: Page[] = [];
  for (const [index, page] of read.entries()) {
    const before = pages.at(-1);
    // Behind a page that has no next one nothing is expected, so its emptiness needs no second look.
    const expected = index === 0 || before?.next === true || read.slice(index).some((each) => each !== null);
    const sure = page ?? (expected ? await readPage(client, list, first + index, lane) : null);
    pages.push(sure ?? { rows: [], next: false });
  }
  return pages;
}

/** One page; null where the host answers with nothing. A page that takes too long is read in halves. */
export async function readPage(
  client: ApiClient,
  list: List,
  page: number,
  lane: Lane,
): Promise<Page | null> {
  const query = { ...list.query, page, limit: list.limit };
  try {
    const body = await client.get(list.path, query, lane);
    if (body === null) return null;
    const rows = embeddedRows(body, list.key);
    if (rows) return { rows, next: hasNext(body) };
  } catch (error) {
    const slow = error instanceof CallFault && error.code === TOO_SLOW;
    if (!slow || list.limit % 2 !== 0 || list.limit / 2 < SMALLEST_PAGE) throw error;
    return readHalves(client, list, page, lane);
  }
  throw new CallFault(
    { kind: 'unavailable', detail: 'a page without rows' },
    'doubtful',
    true,
    '',
    list.path,
  );
}

async function readHalves(client: ApiClient, list: List, page: number, lane: Lane): Promise<Page | null> {
  const half = { ...list, limit: list.limit / 2 };
  const first = await readPage(client, half, page * 2 - 1, lane);
  if (!first?.next) return first;
  const second = await readPage(client, half, page * 2, lane);
  return second ? { rows: [...first.rows, ...second.rows], next: second.next } : first;
}

/** A whole short list, or null when it has more than `mostPages`. */
export async function readAll(
  client: ApiClient,
  list: List,
  lane: Lane,
  mostPages = Number.MAX_SAFE_INTEGER,
): Promise<readonly JsonObject[] | null> {
  const rows: JsonObject[] = [];
  for await (const page of pagesOf(client, list, 1, lane)) {
    if (page.number > mostPages) return null;
    rows.push(...page.rows);
  }
  return rows;
}

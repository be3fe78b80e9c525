import type { Lane } from '../../contract/streams.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import type { QueryTree } from '../common/query.js';
import { TOO_SLOW } from './answers.js';
import type { ApiClient } from './client.js';
import { embeddedRows, hasNext } from './schema.js';

/** A list of the host and what is wanted of it. */
export interface List<Row = JsonObject> {
  readonly path: string;
  /** Key of the rows in the envelope. */
  readonly key: string;
  readonly query: QueryTree;
  /** The documented maximum of rows a page: above it the host silently falls back to 50. */
  readonly limit: number;
  /** What is kept of a row, null: nothing. Asked when its page arrives, so that the rest of the page is dropped at once. */
  readonly keep: (row: JsonObject) => Row | null;
}

export function asItCame(row: JsonObject): JsonObject {
  return row;
}

/** The same list, of whose rows only this is kept. */
export function keeping<Row>(list: List, keep: (row: JsonObject) => Row | null): List<Row> {
  return { ...list, keep };
}

export interface Page<Row = JsonObject> {
  readonly rows: readonly Row[];
  /** Of the host's page, before anything was left out. */
  readonly size: number;
  /** The host says that there is more. */
  readonly next: boolean;
}

/** Requests under way at once; more look like an attack to the host. */
const AHEAD = 4;
/** So often a page may come as JSON without its rows before it counts as an outage. */
const ODD_ANSWERS = 3;
/** Smaller pages do not help a host that is too slow. */
const SMALLEST_PAGE = 50;

/** A page that is asked for before its turn. */
interface Asked<Row> {
  readonly number: number;
  readonly answer: Promise<Page<Row> | null>;
  /** Nobody wants it any more: a request that waits for its turn stays. */
  drop(): void;
}

/** What is remembered of the page before. */
interface Passed {
  readonly number: number;
  readonly next: boolean;
}

/**
 * Pages of a list from number `from` on. While the caller works on one, the next ones are under way. Ends with `last` on
 * the final one, which may be empty. An end without words (204) is asked for twice, and a full page without a next one
 * is only an end when its successor is empty.
 */
export async function* pagesOf<Row>(
  client: ApiClient,
  list: List<Row>,
  from: number,
  lane: Lane,
): AsyncGenerator<{ readonly number: number; readonly rows: readonly Row[]; readonly last: boolean }> {
  const ahead: Asked<Row>[] = [];
  let next = from;
  const dropFrom = (place: number): void => {
    const dropped = ahead.splice(place);
    for (const asked of dropped) asked.drop();
    // Should the list go on after all, they are asked for again.
    next = dropped[0]?.number ?? next;
  };
  let before: Passed | null = null;
  try {
    // One request tells most lists' whole story.
    for (let width = 1; ; width = Math.min(AHEAD, width * 2)) {
      const wanted = before?.next === false ? 1 : width;
      while (ahead.length < wanted) ahead.push(ask(client, list, next++, lane));
      const [asked] = ahead.splice(0, 1);
      if (!asked) return;
      const { number } = asked;
      const page: Page<Row> = await sure(client, list, asked, before, lane);
      if (page.size > 0) {
        const last = !page.next && page.size < list.limit;
        // Before the caller asks for anything else: its request would wait behind those that nobody needs.
        if (!page.next) dropFrom(last ? 0 : 1);
        yield { number, rows: page.rows, last };
        if (last) return;
        before = { number, next: page.next };
      } else if (await isEnd(before, ahead)) {
        dropFrom(0);
        yield { number: before?.number ?? number, rows: [], last: true };
        return;
      }
    }
  } finally {
    dropFrom(0);
  }
}

function ask<Row>(client: ApiClient, list: List<Row>, number: number, lane: Lane): Asked<Row> {
  const unwanted = new AbortController();
  const answer = readPage(client, list, number, lane, unwanted.signal);
  // Its failure is met in its turn, or by nobody when the list ends before it.
  answer.catch(() => undefined);
  return { number, answer, drop: () => unwanted.abort() };
}

/** Behind a page that has no next one nothing is expected, so its emptiness needs no second look. */
async function sure<Row>(
  client: ApiClient,
  list: List<Row>,
  { number, answer }: Asked<Row>,
  before: Passed | null,
  lane: Lane,
): Promise<Page<Row>> {
  const page = (await answer) ?? (before?.next === false ? null : await readPage(client, list, number, lane));
  return page ?? { rows: [], size: 0, next: false };
}

/** Whether an emptiness is the end and no hole: nothing is behind it either. */
async function isEnd(before: Passed | null, ahead: readonly Asked<unknown>[]): Promise<boolean> {
  if (before?.next === false) return true;
  const pages = await Promise.all(ahead.map(({ answer }) => answer));
  return pages.every((page) => page === null || page.size === 0);
}

/** One page; null where the host answers with nothing. A page that takes too long is read in halves. */
export async function readPage<Row>(
  client: ApiClient,
  list: List<Row>,
  page: number,
  lane: Lane,
  signal?: AbortSignal,
): Promise<Page<Row> | null> {
  const query = { ...list.query, page, limit: list.limit };
  try {
    for (let asked = 0; asked < ODD_ANSWERS; asked += 1) {
      const body = await client.get(list.path, query, lane, signal);
      if (body === null) return null;
      const rows = embeddedRows(body, list.key);
      if (rows) return { rows: kept(rows, list.keep), size: rows.length, next: hasNext(body) };
    }
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

function kept<Row>(rows: readonly JsonObject[], keep: List<Row>['keep']): readonly Row[] {
  const out: Row[] = [];
  for (const row of rows) {
    const one = keep(row);
    if (one !== null) out.push(one);
  }
  return out;
}

async function readHalves<Row>(
  client: ApiClient,
  list: List<Row>,
  page: number,
  lane: Lane,
): Promise<Page<Row> | null> {
  const half = { ...list, limit: list.limit / 2 };
  const first = await readPage(client, half, page * 2 - 1, lane);
  if (!first?.next) return first;
  const second = await readPage(client, half, page * 2, lane);
  if (!second) return first;
  return { rows: [...first.rows, ...second.rows], size: first.size + second.size, next: second.next };
}

/** A whole short list, or null when it has more than `mostPages`. */
export async function readAll<Row>(
  client: ApiClient,
  list: List<Row>,
  lane: Lane,
  mostPages = Number.MAX_SAFE_INTEGER,
): Promise<readonly Row[] | null> {
  const rows: Row[] = [];
  for await (const page of pagesOf(client, list, 1, lane)) {
    if (page.number > mostPages) return null;
    rows.push(...page.rows);
  }
  return rows;
}

import { HostError } from '../../contract/failure.js';
import type { Cursor, Lane } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { parseObject } from '../common/json.js';
import type { ApiClient } from './client.js';
import { type List, pagesOf } from './pages.js';
import { type Vanishing, vanishedSince } from './tombstones.js';

/**
 * The host pages by number over a list that moves: a deleted row pulls its successors forward, and the first one of
 * the next page is never seen. So the log of deletions is asked now and then and before the end, and what was read since
 * the last quiet moment is read again when something was deleted. Rows that are added or change only come twice.
 */
export interface WalkedPage<Row> {
  readonly rows: readonly Row[];
  readonly cursor: Cursor;
  readonly done: boolean;
}

interface Position {
  /** Next page to read. */
  readonly page: number;
  /** First page that no check covers yet. */
  readonly from: number;
  /** The host's time at which reading of `from` began. */
  readonly since: Instant;
}

/** About a quarter of a minute at full speed: long enough to cost nothing, short enough to be read again. */
const PAGES_PER_CHECK = 100;
/** Somebody deletes without end; what slips through is found by the walk over ids. */
const MOST_RETURNS = 12;
/** Times are whole seconds, and the log may be a little late. */
const SLACK_MS = 3000;

export async function* walk<Row>(
  client: ApiClient,
  list: List<Row>,
  kind: Vanishing,
  cursor: Cursor | null,
  lane: Lane,
): AsyncGenerator<WalkedPage<Row>, void, void> {
  let position = cursor === null ? null : positionOf(cursor);
  for (let returns = 0; ; returns += 1) {
    let back = false;
    for await (const page of pagesOf(client, list, position?.page ?? 1, lane)) {
      const before = position ?? { page: 1, from: 1, since: justNow(client) };
      const reached: Position = { ...before, page: page.number + 1 };
      const due = returns < MOST_RETURNS && isCheckDue(reached, page.last);
      const next: Position = due ? await checked(client, kind, reached, list.limit, lane) : reached;
      back = next.page < reached.page;
      position = next;
      yield { rows: page.rows, cursor: JSON.stringify(next), done: page.last && !back };
      if (back) break;
    }
    if (!back) return;
    client.session.log.debug('rows were deleted during a walk: it goes back', { path: list.path });
  }
}

/** One page alone has no border that a row could slip through, and what a check has covered needs no second one. */
function isCheckDue({ page, from }: Position, last: boolean): boolean {
  return last ? page > 2 && page > from : page - from >= PAGES_PER_CHECK;
}

/** By the host's clock, a little early. */
function justNow(client: ApiClient): Instant {
  return (client.hostTime() ?? client.session.clock.now()) - SLACK_MS;
}

/** Where to go on: behind what was read, or back where the first row may have been lost. */
async function checked(
  client: ApiClient,
  kind: Vanishing,
  reached: Position,
  limit: number,
  lane: Lane,
): Promise<Position> {
  const since = justNow(client);
  const vanished = await vanishedSince(client, kind, reached.since, lane);
  if (vanished === 0) return { page: reached.page, from: reached.page, since };
  const page = Math.max(1, reached.from - Math.ceil(vanished / limit));
  return { page, from: page, since };
}

function positionOf(cursor: Cursor): Position {
  const parsed = parseObject(cursor);
  const [page, from, since] = [parsed?.['page'], parsed?.['from'], parsed?.['since']];
  if (!isCount(page) || !isCount(from) || !isCount(since) || from > page) {
    throw new HostError({ kind: 'malformed', where: 'a stored cursor' });
  }
  return { page, from, since };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

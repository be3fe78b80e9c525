import type { Cursor, Lane, StreamPage, StreamRequest } from '../../contract/streams.js';
import type { StageTransition } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import { chunksOf } from '../common/portions.js';
import type { ApiClient } from './client.js';
import { dealList } from './lists.js';
import { type Move, type StagePlace, toDeal, toMove, transition } from './mapper.js';
import { readAll } from './pages.js';
import { instantOf } from './schema.js';
import { serverTime } from './server-time.js';
import { eventList, EVENTS_PER_PAGE } from './tombstones.js';
import { walk } from './walk.js';

type HistoryPage = StreamPage<'stageHistory'>;

const MOVED = 'lead_status_changed';
const ADDED = 'lead_added';
const DAY_MS = 24 * 3_600_000;
/** A window of time with more pages is read in smaller ones: lists are said to end at page 100. */
const PAGES_PER_WINDOW = 90;
const ROWS_PER_STREAM_PAGE = 2_500;
/** Host's id of the row that says where a deal began: shorter than an event's, so it sorts before one of the same second. */
const BEGINNING = 'new';

/**
 * The log of events knows each move from stage to stage, but not where a deal began: that is what its first move leaves,
 * or where it still stands. The whole history therefore reads the deals, then the moves from now into the past, and at
 * the end tells where each deal began. What the first moves left is kept in memory: a walk that broke off starts again,
 * and its rows overwrite themselves.
 */
export async function* readHistory(
  client: ApiClient,
  { cursor, modifiedSince, lane }: StreamRequest,
): AsyncGenerator<HistoryPage, void, void> {
  if (modifiedSince === undefined) yield* wholeHistory(client, lane);
  else yield* historySince(client, cursor === null ? modifiedSince : sinceOf(cursor, modifiedSince), lane);
}

interface Beginning {
  readonly createdAt: Instant;
  /** Where it stands, until the moves tell where it began. */
  place: StagePlace;
  firstMoveAt: Instant;
}

async function* wholeHistory(client: ApiClient, lane: Lane): AsyncGenerator<HistoryPage, void, void> {
  const now = await serverTime(client);
  const deals = await readBeginnings(client, lane);
  let oldest = now;
  for (const { createdAt } of deals.values()) if (createdAt > 0) oldest = Math.min(oldest, createdAt);
  for await (const moves of movesBackwards(client, oldest, now, lane)) {
    for (const move of moves) noteBeginning(deals, move);
    for (const rows of chunksOf(moves.map(rowOf), ROWS_PER_STREAM_PAGE)) {
      yield { rows, cursor: RESTART, done: false };
    }
  }
  const rows = [...deals].map(([dealId, { createdAt, firstMoveAt, place }]) =>
    // Imported deals may be younger than their first move.
    transition(dealId, Math.min(createdAt, firstMoveAt - 1000), place, BEGINNING),
  );
  for (const chunk of chunksOf(rows, ROWS_PER_STREAM_PAGE))
    yield { rows: chunk, cursor: RESTART, done: false };
  yield { rows: [], cursor: RESTART, done: true };
}

const RESTART: Cursor = '"again"';

async function readBeginnings(client: ApiClient, lane: Lane): Promise<Map<string, Beginning>> {
  const deals = new Map<string, Beginning>();
  for await (const { rows } of walk(client, dealList({ order: { id: 'asc' } }), 'deal', null, lane)) {
    for (const row of rows) {
      const deal = toDeal(row, null);
      if (!deal) continue;
      const { id, createdAt, pipelineId, stageId } = deal;
      deals.set(id, { createdAt, place: { pipelineId, stageId }, firstMoveAt: Number.MAX_SAFE_INTEGER });
    }
  }
  return deals;
}

function noteBeginning(deals: Map<string, Beginning>, move: Move): void {
  const deal = deals.get(move.dealId);
  if (!deal || !move.before || move.at > deal.firstMoveAt) return;
  deal.place = move.before;
  deal.firstMoveAt = move.at;
}

/** Windows of time, newest first, each with its moves newest first. They grow and shrink with what is in them. */
async function* movesBackwards(
  client: ApiClient,
  oldest: Instant,
  now: Instant,
  lane: Lane,
): AsyncGenerator<readonly Move[], void, void> {
  let length = 7 * DAY_MS;
  for (let to = now; to >= oldest;) {
    const from = Math.max(oldest - 1000, to - length);
    const moves = await movesWithin(client, [MOVED], from, to, lane);
    if (moves) {
      yield moves.toReversed();
      to = from - 1000;
      if (moves.length < (PAGES_PER_WINDOW * EVENTS_PER_PAGE) / 8) length *= 4;
    } else {
      length = Math.max(1000, Math.floor((to - from) / 4));
    }
  }
}

/** Oldest first, null when the window holds too many. A window of one second is read whatever it holds. */
async function movesWithin(
  client: ApiClient,
  types: readonly string[],
  from: Instant,
  to: Instant,
  lane: Lane,
): Promise<readonly Move[] | null> {
  const most = to - from <= 1000 ? Number.MAX_SAFE_INTEGER : PAGES_PER_WINDOW;
  const rows = await readAll(client, eventList(types, from, to), lane, most);
  if (!rows) return null;
  const moves = rows.filter((row) => row['type'] === MOVED).map(toMove);
  const births = rows.filter((row) => row['type'] === ADDED).map((row) => birthOf(row));
  return [...moves, ...births].filter((move) => move !== null).toSorted(byTime);
}

/** A birth is told as a move from nowhere to nowhere: where to, the deal's first move says. */
function birthOf(row: Readonly<Record<string, unknown>>): Move | null {
  const at = instantOf(row['created_at']);
  if (at === null || (typeof row['entity_id'] !== 'number' && typeof row['entity_id'] !== 'string'))
    return null;
  return { eventId: '', dealId: String(row['entity_id']), at, before: null, after: NOWHERE };
}

const NOWHERE: StagePlace = { pipelineId: '', stageId: '' };

/** The host's order is not documented. Within a second the ids decide, and a birth comes first. */
function byTime(one: Move, other: Move): number {
  return one.at - other.at || (one.eventId < other.eventId ? -1 : 1);
}

/** What happened since then, in windows of time, oldest first. */
async function* historySince(
  client: ApiClient,
  since: Instant,
  lane: Lane,
): AsyncGenerator<HistoryPage, void, void> {
  const now = await serverTime(client);
  const born = new Map<string, Instant>();
  let length = Math.max(now - since, 1000);
  for (let from = since; ;) {
    const to = Math.min(from + length, now);
    const moves = await movesWithin(client, [MOVED, ADDED], from, to, lane);
    if (!moves) {
      length = Math.max(1000, Math.floor((to - from) / 4));
      continue;
    }
    const done = to >= now;
    yield { rows: rowsSince(moves, born), cursor: JSON.stringify({ to }), done };
    if (done) return;
    from = to;
  }
}

/** A deal that was born in the time we look at began where its first move took it from. */
function rowsSince(moves: readonly Move[], born: Map<string, Instant>): readonly StageTransition[] {
  return moves.flatMap((move) => {
    if (move.after === NOWHERE) {
      born.set(move.dealId, move.at);
      return [];
    }
    const bornAt = born.get(move.dealId);
    born.delete(move.dealId);
    const began = bornAt !== undefined && move.before;
    return [...(began ? [transition(move.dealId, bornAt, began, BEGINNING)] : []), rowOf(move)];
  });
}

function rowOf({ dealId, at, after, eventId }: Move): StageTransition {
  return transition(dealId, at, after, eventId);
}

function sinceOf(cursor: Cursor, otherwise: Instant): Instant {
  const { to } = JSON.parse(cursor) as { to?: unknown };
  return typeof to === 'number' ? to : otherwise;
}

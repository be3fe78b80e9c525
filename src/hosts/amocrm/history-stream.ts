import type { KnownDeals } from '../../contract/known-deals.js';
import type { Cursor, Lane, StreamPage, StreamRequest } from '../../contract/streams.js';
import type { StageTransition } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import { type JsonObject, parseObject } from '../common/json.js';
import { chunksOf } from '../common/portions.js';
import type { ApiClient } from './client.js';
import { type Move, type StagePlace, toMove, transition } from './mapper.js';
import { keeping, type List, pagesOf } from './pages.js';
import { instantOf } from './schema.js';
import { serverTime } from './server-time.js';
import { eventList, EVENTS_PER_PAGE } from './tombstones.js';

type HistoryPage = StreamPage<'stageHistory'>;

const MOVED = 'lead_status_changed';
const ADDED = 'lead_added';
const DAY_MS = 24 * 3_600_000;
/** A window of time with more pages is read in smaller ones: lists are said to end at page 100. */
const PAGES_PER_WINDOW = 90;
/** A span with even more is read in several goes, while the host keeps to an order. */
const PARTS_PER_WINDOW = 4;
/** What a window should hold: few half-empty last pages, and room for busier times. */
const MOVES_PER_WINDOW = 60 * EVENTS_PER_PAGE;
const ROWS_PER_STREAM_PAGE = 2_500;
/** While the copy took longer than this, more moves may have come. */
const FRESH_ENOUGH_MS = 10_000;
/** Host's id of the row that says where a deal began: shorter than an event's, so it sorts before one of the same second. */
const BEGINNING = 'new';

/**
 * The log of events knows each move from stage to stage, but not where a deal began: that is what its first move leaves,
 * or where it still stands. The whole history therefore follows the copy of the deals: it reads the moves in windows of
 * time, oldest first, tells with a deal's first move where it began, and at the end where those began that never moved.
 * What is stored already is known from the mirror, so a walk that broke off goes on at its window.
 */
export async function* readHistory(
  client: ApiClient,
  { cursor, modifiedSince, lane, deals }: StreamRequest,
): AsyncGenerator<HistoryPage, void, void> {
  if (modifiedSince === undefined) yield* wholeHistory(client, deals ?? NO_DEALS, wholeCursor(cursor), lane);
  else yield* historySince(client, cursor === null ? modifiedSince : sinceOf(cursor, modifiedSince), lane);
}

const NO_DEALS: KnownDeals = {
  oldest: () => Promise.resolve(null),
  named: () => Promise.resolve([]),
  async *all() {
    // Nothing is known: only the moves are told.
  },
};

/** Where the whole history stands: in the log, or among the deals that never moved. */
interface WholePosition {
  readonly from?: Instant;
  readonly unmovedAfter?: string;
}

async function* wholeHistory(
  client: ApiClient,
  known: KnownDeals,
  position: WholePosition,
  lane: Lane,
): AsyncGenerator<HistoryPage, void, void> {
  const begun = new Begun(known);
  if (position.unmovedAfter === undefined) {
    const now = client.hostTime() ?? (await serverTime(client));
    const start = position.from ?? ((await known.oldest()) ?? now) - 1000;
    for await (const { moves, from, to } of windowsOfMoves(client, start, now, lane)) {
      const rows = [...(await begun.beginningsOf(moves)), ...moves.map(rowOf)];
      const chunks = chunksOf(rows, ROWS_PER_STREAM_PAGE);
      for (const [index, chunk] of chunks.entries()) {
        const reached = index === chunks.length - 1 ? to : from;
        yield { rows: chunk, cursor: JSON.stringify({ from: reached }), done: false };
      }
    }
  }
  for await (const deals of known.all(position.unmovedAfter ?? null)) {
    const rows = deals
      .filter((deal) => deal.firstRow === null && !begun.has(deal.id))
      .map((deal) => transition(deal.id, deal.createdAt, deal, BEGINNING));
    yield { rows, cursor: JSON.stringify({ unmovedAfter: deals.at(-1)?.id ?? '' }), done: false };
  }
  yield { rows: [], cursor: '{}', done: true };
}

/** Of which deals this walk has told where they began. */
class Begun {
  readonly #ids = new Set<number>();

  constructor(private readonly known: KnownDeals) {}

  has(dealId: string): boolean {
    return this.#ids.has(Number(dealId));
  }

  /** Of moves that follow those before, oldest first: where their deals began, as far as nobody has told yet. */
  async beginningsOf(moves: readonly Move[]): Promise<readonly StageTransition[]> {
    const first = new Map<string, { readonly at: Instant; readonly before: StagePlace }>();
    for (const { dealId, at, before } of moves) {
      if (before && !first.has(dealId) && !this.has(dealId)) first.set(dealId, { at, before });
    }
    if (first.size === 0) return [];
    return (await this.known.named([...first.keys()])).flatMap(({ id, createdAt, firstRow }) => {
      this.#ids.add(Number(id));
      const move = first.get(id);
      if (!move || firstRow === BEGINNING) return [];
      // Imported deals may be younger than their first move.
      return [transition(id, Math.min(createdAt, move.at - 1000), move.before, BEGINNING)];
    });
  }
}

interface MovesWindow {
  readonly from: Instant;
  readonly to: Instant;
  /** Oldest first. */
  readonly moves: readonly Move[];
}

/** Windows of time, oldest first; the next one is under way while the caller works. They grow and shrink with what is in them. */
async function* windowsOfMoves(
  client: ApiClient,
  from: Instant,
  now: Instant,
  lane: Lane,
): AsyncGenerator<MovesWindow, void, void> {
  let end = now;
  let reading = readWindow(client, from, 7 * DAY_MS, end, lane);
  for (;;) {
    const window = await reading;
    const reached = window.to >= end;
    const passed = (client.hostTime() ?? end) - end;
    if (reached && passed > FRESH_ENOUGH_MS) end += passed;
    const over = window.to >= end;
    if (!over) {
      // A second that is over is not read again; the one that was just running is.
      const next = reached ? window.to : window.to + 1000;
      reading = readWindow(client, next, nextLength(window), end, lane);
      // Its failure is met in its turn.
      reading.catch(() => undefined);
    }
    yield window;
    if (over) return;
  }
}

function nextLength({ from, to, moves }: MovesWindow): number {
  const growth = moves.length === 0 ? 4 : MOVES_PER_WINDOW / moves.length;
  return Math.ceil(Math.max(to - from, 1000) * Math.min(Math.max(growth, 0.25), 4));
}

/** From `from` on as long as wanted, but shorter where it holds too many. */
async function readWindow(
  client: ApiClient,
  from: Instant,
  wanted: number,
  end: Instant,
  lane: Lane,
): Promise<MovesWindow> {
  for (let length = wanted; ; length = Math.max(1000, Math.floor(length / 4))) {
    const to = Math.min(from + length, end);
    const moves = await movesWithin(client, [MOVED], from, to, lane);
    if (moves) return { from, to, moves };
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
  const found = new Map<string, Happening>();
  let left: Span | null = { lower: from, upper: to };
  for (let part = 0; left !== null; part += 1) {
    const { lower, upper }: Span = left;
    const most = upper - lower <= 1000 ? Number.MAX_SAFE_INTEGER : PAGES_PER_WINDOW;
    const list = keeping(eventList(types, lower, upper), happeningOf);
    const read = await readSome(client, list, lane, most);
    for (const one of read.rows) found.set(one.id, one);
    left = read.whole ? null : restOf(read.rows, left);
    if (!read.whole && (left === null || part === PARTS_PER_WINDOW)) return null;
  }
  const moves: Move[] = [];
  for (const { move } of found.values()) if (move) moves.push(move);
  return moves.sort(byTime);
}

/** A row of the log, and what it is to us. */
interface Happening {
  readonly id: string;
  readonly at: Instant;
  readonly move: Move | null;
}

function happeningOf(row: JsonObject): Happening {
  const move = row['type'] === MOVED ? toMove(row) : row['type'] === ADDED ? birthOf(row) : null;
  return { id: String(row['id']), at: instantOf(row['created_at']) ?? 0, move };
}

async function readSome(client: ApiClient, list: List<Happening>, lane: Lane, mostPages: number) {
  const rows: Happening[] = [];
  for await (const page of pagesOf(client, list, 1, lane)) {
    for (const row of page.rows) rows.push(row);
    if (page.last) return { rows, whole: true };
    if (page.number >= mostPages) break;
  }
  return { rows, whole: false };
}

interface Span {
  readonly lower: Instant;
  readonly upper: Instant;
}

/**
 * What is left of a span whose first pages these are: the host seems to list the newest first, but does not promise it.
 * Null where the rows stand in no order of time, or all in one second.
 */
function restOf(rows: readonly Happening[], { lower, upper }: Span): Span | null {
  const times = rows.map(({ at }) => at);
  const last = times.at(-1) ?? upper;
  const newestFirst = times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
  return newestFirst && last < upper - 1000 && last >= lower ? { lower, upper: last } : null;
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
  const to = parseObject(cursor)?.['to'];
  return typeof to === 'number' ? to : otherwise;
}

/** A cursor that says nothing begins anew: rows that are there already overwrite themselves. */
function wholeCursor(cursor: Cursor | null): WholePosition {
  const { from, unmovedAfter } = (cursor === null ? null : parseObject(cursor)) ?? {};
  if (typeof unmovedAfter === 'string') return { unmovedAfter };
  return typeof from === 'number' ? { from } : {};
}

import { HostError } from '../../contract/failure.js';
import type { Cursor, Lane } from '../../contract/streams.js';
import { parseObject } from '../common/json.js';
import { CallFault } from '../common/call-fault.js';
import type { RestClient } from './client.js';
import type { Source } from './lists.js';
import { walk } from './walk.js';

export interface ReadPage<Row> {
  readonly rows: readonly Row[];
  readonly cursor: Cursor;
  readonly done: boolean;
  readonly total?: number;
}

interface Position {
  /** Index among the stream's sources. */
  readonly source: number;
  /** Highest id of that source that was given out. */
  readonly after: number;
}

/** Reads the sources of a stream one after the other; the cursor survives a restart between any two pages. */
export async function* readSources<Row>(
  client: RestClient,
  sources: readonly Source<Row>[],
  cursor: Cursor | null,
  lane: Lane,
): AsyncGenerator<ReadPage<Row>, void, void> {
  const start = positionOf(cursor, sources.length);
  const whole = cursor === null && sources.every(({ list }) => !list.shortPageEnds);
  const count = whole ? countRows(client, sources, lane) : null;
  for (let index = start.source; index < sources.length; index += 1) {
    const source = sources[index];
    if (!source) return;
    const isLast = index === sources.length - 1;
    const from = index === start.source ? start.after : 0;
    for await (const page of walkSource(client, source, from, lane)) {
      const rows = page.rows.map(source.decode).filter((row) => row !== null);
      const position =
        page.done && !isLast ? { source: index + 1, after: 0 } : { source: index, after: page.after };
      const total = count?.known ?? null;
      const done = page.done && isLast;
      yield { rows, cursor: JSON.stringify(position), done, ...(total !== null && { total }) };
    }
  }
}

async function* walkSource<Row>(
  client: RestClient,
  source: Source<Row>,
  from: number,
  lane: Lane,
): ReturnType<typeof walk> {
  try {
    yield* walk(client, source.list, from, lane);
  } catch (error) {
    const refused = error instanceof CallFault && error.failure.kind === 'forbidden';
    if (!source.optional || !refused) throw error;
    client.session.log.info('a list is not available in this portal', { method: source.list.method });
    yield { rows: [], after: from, done: true };
  }
}

/** Counting two million rows takes a portal a minute; progress without a total is better than that. */
const COUNT_TIMEOUT_MS = 10_000;

/**
 * Asks beside the walk how many rows there are: only a list without `start=-1` says so. `known` stays null until the
 * answer is there, and for ever when there is none.
 */
function countRows<Row>(
  client: RestClient,
  sources: readonly Source<Row>[],
  lane: Lane,
): { readonly known: number | null } {
  const count: { known: number | null } = { known: null };
  const commands = sources.map(({ list }, index) => ({
    key: `n${index}`,
    method: list.method,
    params: { ...list.params, filter: list.filter, select: [list.filterId], start: 0 },
  }));
  client
    .batchOnce(commands, { lane, repeatable: true, timeoutMs: COUNT_TIMEOUT_MS })
    .then((answer) => {
      const parts = commands.map(({ key }) => answer.of(key)).filter((part) => part.kind === 'ok');
      count.known = parts.reduce((sum, { total }) => sum + (total ?? 0), 0);
    })
    // The walk meets the same fault itself, and what it says about it counts.
    .catch(() => undefined);
  return count;
}

function positionOf(cursor: Cursor | null, sources: number): Position {
  if (cursor === null) return { source: 0, after: 0 };
  const parsed = parseObject(cursor);
  const source = parsed?.['source'];
  const after = parsed?.['after'];
  if (!isCount(source) || !isCount(after) || source >= sources) {
    throw new HostError({ kind: 'malformed', where: 'a stored cursor' });
  }
  return { source, after };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

import type { Lane } from '../../contract/streams.js';
import type { JsonObject } from '../common/json.js';
import { BATCH_SIZE, type BatchAnswer, type Command } from './batch.js';
import { CallFault } from '../common/call-fault.js';
import type { CallManner, RestClient } from './client.js';
import type { QueryTree } from '../common/query.js';
import { rowNumber, rowsOf } from '../common/values.js';

/** The host's page, always; a shorter one is the last. */
export const PAGE_SIZE = 50;
const LAST_OF_PAGE = PAGE_SIZE - 1;
/** Below it a batch grows again, above it shrinks: a batch that nears the host's 60 s would be lost whole. */
const SHORT_BATCH_MS = 8_000;
const LONG_BATCH_MS = 25_000;

/** One list of the host that can be walked by ascending id. */
export interface KeysetList {
  readonly method: string;
  readonly params: QueryTree;
  readonly filter: QueryTree;
  /** The id in filters and order, and in rows: v2 tasks filter by `ID` and answer with `id`. */
  readonly filterId: string;
  readonly rowId: string;
  /** Key of the rows inside `result`; null when `result` itself is the list. */
  readonly under: string | null;
  /**
   * Sweeps believe a last page with some rows in it; what it may have left out comes with the next sweep's overlap.
   * An empty page, and any end of a full copy, is always asked for twice.
   */
  readonly shortPageEnds: boolean;
}

export interface WalkedPage {
  readonly rows: readonly JsonObject[];
  /** The highest id so far. */
  readonly after: number;
  readonly done: boolean;
}

/**
 * Reads a list in pages chained inside batches: command n+1 takes its start from the last row of command n, so one
 * request brings 50 × 50 rows and rows that vanish meanwhile shift nothing. The next request is under way while the
 * caller stores the rows of this one. The end is believed only after a second answer says the same.
 */
export async function* walk(
  client: RestClient,
  list: KeysetList,
  start: number,
  lane: Lane,
): AsyncGenerator<WalkedPage, void, void> {
  const walker = new Walker(client, list, lane);
  let next = walker.after(start);
  for (;;) {
    const page = await next;
    if (!page.done) {
      next = walker.after(page.after);
      // When the caller stops early nobody awaits this one.
      next.catch(() => undefined);
    }
    yield page;
    if (page.done) return;
  }
}

class Walker {
  #pages = BATCH_SIZE;

  constructor(
    private readonly client: RestClient,
    private readonly list: KeysetList,
    private readonly lane: Lane,
  ) {}

  async after(start: number): Promise<WalkedPage> {
    const chain = await this.#chain(start, this.#pages);
    if (!chain.ended) return { rows: chain.rows, after: chain.after, done: false };
    if (this.list.shortPageEnds && chain.rows.length % PAGE_SIZE !== 0) {
      return { rows: chain.rows, after: chain.after, done: true };
    }
    const proof = await this.#chain(chain.after, 1);
    if (proof.rows.length === 0) return { rows: chain.rows, after: chain.after, done: true };
    return { rows: [...chain.rows, ...proof.rows], after: proof.after, done: false };
  }

  async #chain(start: number, pages: number): Promise<Chain> {
    const manner: CallManner = { lane: this.lane, repeatable: true };
    const once = async (): Promise<Chain> => {
      const began = performance.now();
      const commands = chainedCommands(this.list, start, Math.min(pages, this.#pages));
      try {
        const answer = await this.client.batchOnce(commands, manner);
        this.#resize(performance.now() - began);
        return readChain(answer, commands, this.list, start);
      } catch (error) {
        throw this.#askForLess(error, commands.length);
      }
    };
    return this.client.persist(once, manner);
  }

  /** A batch that was too much is repeated with half the pages, as long as there is a half. */
  #askForLess(error: unknown, pages: number): unknown {
    if (!(error instanceof CallFault)) return error;
    const tooMuch = error.persistence === 'timeout' || error.failure.kind === 'tooLarge';
    if (!tooMuch || pages === 1) return error;
    this.#pages = pages >> 1;
    return new CallFault({ kind: 'unavailable', detail: 'too much at once' }, 'transient', true, '', 'batch');
  }

  #resize(tookMs: number): void {
    if (tookMs > LONG_BATCH_MS) this.#pages = Math.max(1, this.#pages >> 1);
    if (tookMs < SHORT_BATCH_MS) this.#pages = Math.min(BATCH_SIZE, this.#pages * 2);
  }
}

interface Chain {
  readonly rows: readonly JsonObject[];
  readonly after: number;
  readonly ended: boolean;
}

function chainedCommands(list: KeysetList, start: number, pages: number): readonly Command[] {
  const path = list.under === null ? '' : `[${list.under}]`;
  return Array.from({ length: pages }, (_, index) => {
    const from = index === 0 ? start : `$result[p${index - 1}]${path}[${LAST_OF_PAGE}][${list.rowId}]`;
    const filter = { ...list.filter, [`>${list.filterId}`]: from };
    const order = { [list.filterId]: 'ASC' };
    return { key: `p${index}`, method: list.method, params: { ...list.params, order, filter, start: -1 } };
  });
}

function readChain(
  answer: BatchAnswer,
  commands: readonly Command[],
  list: KeysetList,
  start: number,
): Chain {
  const rows: JsonObject[] = [];
  let after = start;
  for (const [index, { key, method }] of commands.entries()) {
    const page = readPage(answer, key, list);
    if (page instanceof CallFault) {
      if (index === 0) throw page;
      // What came before the fault is good; the walk goes on from there.
      return { rows, after, ended: false };
    }
    const last = lastGrowing(page, list.rowId, after);
    if (last === null) {
      if (index === 0) throw new CallFault(notGrowing(list), 'doubtful', false, '', method);
      return { rows, after, ended: false };
    }
    for (const row of page) rows.push(row);
    after = last;
    // Behind a short page the reference is empty, so the host starts again from the first row: not ours any more.
    if (page.length < PAGE_SIZE) return { rows, after, ended: true };
  }
  return { rows, after, ended: false };
}

function readPage(answer: BatchAnswer, key: string, list: KeysetList): readonly JsonObject[] | CallFault {
  const part = answer.of(key);
  if (part.kind === 'failed') return part.fault;
  const found = part.kind === 'ok' ? rowsIn(part.value, list.under) : null;
  if (found) return found;
  const failure = { kind: 'unavailable', detail: 'a page without rows' } as const;
  return new CallFault(failure, 'transient', true, '', list.method);
}

/** The rows of a list answer; null when there is no list where it should be. */
export function rowsIn(result: unknown, under: string | null): readonly JsonObject[] | null {
  const list =
    under !== null && typeof result === 'object' && result !== null && !Array.isArray(result)
      ? (result as JsonObject)[under]
      : result;
  return typeof list === 'object' && list !== null ? rowsOf(list) : null;
}

/** The page's last id when ids only grow from `after` on; null when the host went back or sideways. */
function lastGrowing(page: readonly JsonObject[], rowId: string, after: number): number | null {
  let last = after;
  for (const row of page) {
    const id = rowNumber(row[rowId]);
    if (id === null || id <= last) return null;
    last = id;
  }
  return last;
}

function notGrowing(list: KeysetList): { readonly kind: 'malformed'; readonly where: string } {
  return { kind: 'malformed', where: `${list.method}: ids do not grow` };
}

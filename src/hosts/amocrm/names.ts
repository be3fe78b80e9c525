import type { NamedKind } from '../../contract/client.js';
import type { Lane } from '../../contract/streams.js';
import { CallFault } from '../common/call-fault.js';
import { isObject, type JsonObject } from '../common/json.js';
import { chunksOf, inParallel } from '../common/portions.js';
import { idOf, textOf } from '../common/values.js';
import { NOT_FOUND } from './answers.js';
import type { ApiClient } from './client.js';
import { dealList, ROWS_PER_PAGE } from './lists.js';
import { pagesOf } from './pages.js';
import { embeddedIn, embeddedRows, numericId } from './schema.js';

const LISTS = { company: 'companies', contact: 'contacts' } as const;
const PARALLEL_READS = 2;
/** One by one is a request each: more are read when they are asked for again. */
const MOST_SINGLY = 50;

/** The host lists no sources but the asking integration's own: their names come with deals. So many pages are looked at. */
const MOST_DEAL_PAGES = 8;

/**
 * Names of companies, contacts and sources. Without the paid filters a list ignores which ids are wanted, and what it did
 * not bring is read one by one.
 */
export async function readNames(
  client: ApiClient,
  kind: NamedKind,
  ids: readonly string[],
  lane: Lane,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (kind === 'source') return sourceNames(client, ids, lane);
  const wanted = new Set(ids.filter((id) => numericId(id) !== null));
  const keep = (row: JsonObject): void => {
    const [id, name] = [idOf(row['id']), textOf(row['name'])];
    if (id !== null && name !== null && wanted.has(id)) found.set(id, name);
  };
  const path = `/api/v4/${LISTS[kind]}`;
  for (const some of chunksOf([...wanted], ROWS_PER_PAGE)) {
    const body = await client.get(path, { filter: { id: some }, limit: ROWS_PER_PAGE }, lane);
    for (const row of embeddedRows(body, LISTS[kind]) ?? []) keep(row);
  }
  const missing = [...wanted].filter((id) => !found.has(id)).slice(0, MOST_SINGLY);
  await inParallel(missing, PARALLEL_READS, async (id) => {
    const row = await readOne(client, `${path}/${id}`, lane);
    if (isObject(row)) keep(row);
  });
  return found;
}

/** Of the deals that changed last: a source that people still see in reports has deals among them. */
async function sourceNames(
  client: ApiClient,
  ids: readonly string[],
  lane: Lane,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const wanted = new Set(ids.filter((id) => numericId(id) !== null));
  if (wanted.size === 0) return found;
  const list = dealList({ with: 'source', order: { updated_at: 'desc' } });
  for await (const { rows, number } of pagesOf(client, list, 1, lane)) {
    for (const [source] of rows.map((row) => embeddedIn(row, 'source'))) {
      const [id, name] = [idOf(source?.['id']), textOf(source?.['name'])];
      if (id !== null && name !== null && wanted.has(id)) found.set(id, name);
    }
    if (found.size === wanted.size || number >= MOST_DEAL_PAGES) break;
  }
  return found;
}

async function readOne(client: ApiClient, path: string, lane: Lane): Promise<unknown> {
  try {
    return await client.get(path, {}, lane);
  } catch (error) {
    if (error instanceof CallFault && error.code === NOT_FOUND) return null;
    throw error;
  }
}

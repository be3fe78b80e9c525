import type { NamedKind } from '../../contract/client.js';
import type { Lane } from '../../contract/streams.js';
import { CallFault } from '../common/call-fault.js';
import { isObject, type JsonObject } from '../common/json.js';
import { chunksOf, inParallel } from '../common/portions.js';
import { idOf, textOf } from '../common/values.js';
import { NOT_FOUND } from './answers.js';
import type { ApiClient } from './client.js';
import { ROWS_PER_PAGE } from './lists.js';
import { embeddedRows, numericId } from './schema.js';

const LISTS = { company: 'companies', contact: 'contacts' } as const;
const PARALLEL_READS = 2;
/** One by one is a request each: more are read when they are asked for again. */
const MOST_SINGLY = 50;

/**
 * Names of companies and contacts; of sources the host lists only those of the integration that asks. Without the paid
 * filters the list ignores which ids are wanted, and what it did not bring is read one by one.
 */
export async function readNames(
  client: ApiClient,
  kind: NamedKind,
  ids: readonly string[],
  lane: Lane,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  if (kind === 'source') return found;
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

async function readOne(client: ApiClient, path: string, lane: Lane): Promise<unknown> {
  try {
    return await client.get(path, {}, lane);
  } catch (error) {
    if (error instanceof CallFault && error.code === NOT_FOUND) return null;
    throw error;
  }
}

import type { TaskLookup } from '../../contract/client.js';
import type { Lane, StreamPage, StreamRequest } from '../../contract/streams.js';
import type { HostTask } from '../../domain/crm/records.js';
import { chunksOf } from '../common/portions.js';
import type { JsonObject } from '../common/json.js';
import type { ApiClient } from './client.js';
import { ROWS_PER_PAGE, taskList } from './lists.js';
import { toTask } from './mapper.js';
import { pagesOf, readPage } from './pages.js';
import { numericId, secondsOf } from './schema.js';
import { walk } from './walk.js';

const ON_DEALS = { entity_type: 'leads' };

export async function* readTaskStream(
  client: ApiClient,
  { cursor, modifiedSince, lane }: StreamRequest,
): AsyncGenerator<StreamPage<'tasks'>, void, void> {
  const changed = modifiedSince === undefined ? {} : { updated_at: { from: secondsOf(modifiedSince) } };
  const list = taskList({ ...ON_DEALS, ...changed });
  for await (const page of walk(client, list, 'task', cursor, lane)) {
    const rows = tasksOf(page.rows).filter(({ dealId }) => dealId !== null);
    yield { rows, cursor: page.cursor, done: page.done };
  }
}

/** Reads tasks again. What is missing is asked for a second time before it counts as gone. */
export async function readTasks(
  client: ApiClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly HostTask[]> {
  return (await readTaskRows(client, ids, lane)).map(toTask).filter((task) => task !== null);
}

/** The host's own rows of these tasks, for whoever needs more of them than a task of ours tells. */
export async function readTaskRows(
  client: ApiClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly JsonObject[]> {
  const found = new Map<string, JsonObject>();
  const wanted = new Set(ids.filter((id) => numericId(id) !== null));
  for (let round = 0; round < 2; round += 1) {
    const missing = [...wanted].filter((id) => !found.has(id));
    for (const some of chunksOf(missing, ROWS_PER_PAGE)) {
      const page = await readPage(client, taskList({ id: some }), 1, lane);
      for (const row of page?.rows ?? []) {
        const id = String(row['id']);
        if (wanted.has(id)) found.set(id, row);
      }
    }
  }
  return [...found.values()];
}

/** Deals whose tasks are asked for in one request. */
const DEALS_PER_LOOK = 25;

/**
 * Finds our tasks by their mark among the tasks of their deals. No time is part of the question, so no clock has to be
 * right. A key that is not found is looked for twice, since an odd empty answer would make a second task.
 */
export async function findTasks(
  client: ApiClient,
  lookups: readonly TaskLookup[],
): Promise<ReadonlyMap<string, HostTask>> {
  const found = new Map<string, HostTask>();
  for (let round = 0; round < 2; round += 1) {
    const missing = lookups.filter(({ key }) => !found.has(key));
    const keys = new Set(missing.map(({ key }) => key));
    const deals = [...new Set(missing.map(({ dealId }) => dealId))].filter((id) => numericId(id) !== null);
    for (const some of chunksOf(deals, DEALS_PER_LOOK)) {
      const list = taskList({ ...ON_DEALS, entity_id: some }, { id: 'desc' });
      for await (const { rows } of pagesOf(client, list, 1, 'high')) {
        for (const task of tasksOf(rows))
          if (task.ourKey && keys.has(task.ourKey)) found.set(task.ourKey, task);
      }
    }
  }
  return found;
}

function tasksOf(rows: readonly JsonObject[]): readonly HostTask[] {
  return rows.map(toTask).filter((task) => task !== null);
}

import type { TaskLookup } from '../../contract/client.js';
import type { Lane, StreamPage, StreamRequest } from '../../contract/streams.js';
import type { HostTask } from '../../domain/crm/records.js';
import { chunksOf } from '../common/portions.js';
import type { JsonObject } from '../common/json.js';
import type { ApiClient } from './client.js';
import { ROWS_PER_PAGE, taskList } from './lists.js';
import { toTask } from './mapper.js';
import { keeping, pagesOf, readPage } from './pages.js';
import { numericId, secondsOf } from './schema.js';
import { walk } from './walk.js';

const ON_DEALS = { entity_type: 'leads' };

export async function* readTaskStream(
  client: ApiClient,
  { cursor, modifiedSince, lane }: StreamRequest,
): AsyncGenerator<StreamPage<'tasks'>, void, void> {
  const changed = modifiedSince === undefined ? {} : { updated_at: { from: secondsOf(modifiedSince) } };
  yield* walk(client, keeping(taskList({ ...ON_DEALS, ...changed }), taskOfDeal), 'task', cursor, lane);
}

function taskOfDeal(row: JsonObject): HostTask | null {
  const task = toTask(row);
  return task?.dealId === null ? null : task;
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
/** From so many on they are looked for among the newest tasks first: that is where a request of a moment ago is. */
const WORTH_THE_NEWEST = 2 * DEALS_PER_LOOK;
/** Pages of the newest tasks in a row that brought none of them: they are older, or not there. */
const BARREN_PAGES = 2;

/**
 * Finds our tasks by their mark among the newest tasks when there are many, and what is missing then among the tasks of
 * their deals. No time is part of the question, so no clock has to be right. A key whose absence will be believed is
 * looked for twice there, since an odd empty answer would make a second task.
 */
export async function findTasks(
  client: ApiClient,
  lookups: readonly TaskLookup[],
): Promise<ReadonlyMap<string, HostTask>> {
  const found = new Map<string, HostTask>();
  const missing = (): readonly TaskLookup[] => lookups.filter(({ key }) => !found.has(key));
  const keys = new Set(lookups.map(({ key }) => key));
  const keep = (rows: readonly JsonObject[]): boolean => {
    const ours = tasksOf(rows).filter(({ ourKey }) => ourKey !== null && keys.has(ourKey));
    for (const task of ours) if (task.ourKey) found.set(task.ourKey, task);
    return ours.length > 0;
  };
  if (dealsOf(lookups).length >= WORTH_THE_NEWEST) {
    await lookAmongNewest(client, missing, keep);
    await lookAmongDeals(client, decisive(missing()), keep);
  } else {
    await lookAmongDeals(client, missing(), keep);
  }
  await lookAmongDeals(client, decisive(missing()), keep);
  return found;
}

/** Those whose absence will be believed. */
function decisive(lookups: readonly TaskLookup[]): readonly TaskLookup[] {
  return lookups.filter(({ hasty }) => hasty !== true);
}

async function lookAmongDeals(
  client: ApiClient,
  lookups: readonly TaskLookup[],
  keep: (rows: readonly JsonObject[]) => boolean,
): Promise<void> {
  for (const some of chunksOf(dealsOf(lookups), DEALS_PER_LOOK)) {
    const list = taskList({ ...ON_DEALS, entity_id: some }, { id: 'desc' });
    for await (const { rows } of pagesOf(client, list, 1, 'high')) keep(rows);
  }
}

async function lookAmongNewest(
  client: ApiClient,
  missing: () => readonly TaskLookup[],
  keep: (rows: readonly JsonObject[]) => boolean,
): Promise<void> {
  let barren = 0;
  for (let page = 1; missing().length > 0 && barren < BARREN_PAGES; page += 1) {
    const read = await readPage(client, taskList(ON_DEALS, { id: 'desc' }), page, 'high');
    if (!read) return;
    barren = keep(read.rows) ? 0 : barren + 1;
    if (!read.next) return;
  }
}

function dealsOf(lookups: readonly TaskLookup[]): readonly string[] {
  return [...new Set(lookups.map(({ dealId }) => dealId))].filter((id) => numericId(id) !== null);
}

function tasksOf(rows: readonly JsonObject[]): readonly HostTask[] {
  return rows.map(toTask).filter((task) => task !== null);
}

import type { TaskLookup } from '../../contract/client.js';
import type { Lane } from '../../contract/streams.js';
import type { HostTask } from '../../domain/crm/records.js';
import type { JsonObject } from '../common/json.js';
import { BATCH_SIZE, type Command } from './batch.js';
import { CallFault } from '../common/call-fault.js';
import type { RestClient } from './client.js';
import { toTask } from './mapper.js';
import { rowNumber } from '../common/values.js';
import { PAGE_SIZE, rowsIn } from './walk.js';

export const TASK_FIELDS: readonly string[] = [
  'ID',
  'TITLE',
  'RESPONSIBLE_ID',
  'STATUS',
  'DEADLINE',
  'CREATED_DATE',
  'CHANGED_DATE',
  'CLOSED_DATE',
  'CLOSED_BY',
  'UF_CRM_TASK',
  'XML_ID',
];

/** Reads tasks again. What is missing is asked for a second time before it counts as gone. */
export async function readTasks(
  client: RestClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly HostTask[]> {
  const found = new Map<string, HostTask>();
  for (let round = 0; round < 2; round += 1) {
    const missing = [...new Set(ids)].filter((id) => !found.has(id));
    for (const task of await readTasksOnce(client, missing, lane)) found.set(task.id, task);
  }
  return [...found.values()];
}

async function readTasksOnce(
  client: RestClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly HostTask[]> {
  const commands: Command[] = [];
  for (let from = 0; from < ids.length; from += PAGE_SIZE) {
    const filter = { ID: ids.slice(from, from + PAGE_SIZE) };
    const params = { order: { ID: 'ASC' }, filter, select: TASK_FIELDS, start: -1 };
    commands.push({ key: `t${from}`, method: 'tasks.task.list', params });
  }
  const pages = await listAll(client, commands, 'tasks', lane);
  return [...pages.values()]
    .flat()
    .map(toTask)
    .filter((task) => task !== null);
}

/**
 * Finds our tasks by their key among the tasks of their deal, newest first. The list has no filter for the key, and
 * none by time is used: the deal narrows enough, and no clock, theirs or ours, has to be right for it. A key that is not found is
 * looked for twice, since an odd empty answer would make a second task.
 */
export async function findTasks(
  client: RestClient,
  lookups: readonly TaskLookup[],
): Promise<ReadonlyMap<string, HostTask>> {
  const found = new Map<string, HostTask>();
  for (let round = 0; round < 2; round += 1) {
    const missing = lookups.filter(({ key }) => !found.has(key));
    await findOnce(client, missing, found);
  }
  return found;
}

async function findOnce(
  client: RestClient,
  lookups: readonly TaskLookup[],
  found: Map<string, HostTask>,
): Promise<void> {
  const wanted = new Set(lookups.map(({ key }) => key));
  /** Deals still to read, each with the lowest task id that was seen. */
  let open = new Map(lookups.map(({ dealId }) => [dealId, Number.MAX_SAFE_INTEGER]));
  while (open.size > 0) {
    const deals = [...open.keys()];
    const commands = deals.map((dealId, index) => dealTasks(dealId, open.get(dealId), `d${index}`));
    const pages = await listAll(client, commands, 'tasks', 'high');
    const next = new Map<string, number>();
    for (const [index, dealId] of deals.entries()) {
      const rows = pages.get(`d${index}`) ?? [];
      for (const task of rows.map(toTask)) {
        if (task?.ourKey && wanted.has(task.ourKey)) found.set(task.ourKey, task);
      }
      const lowest = Math.min(...rows.map((row) => rowNumber(row['id']) ?? Number.MAX_SAFE_INTEGER));
      if (rows.length >= PAGE_SIZE && lowest < (open.get(dealId) ?? 0)) next.set(dealId, lowest);
    }
    open = next;
  }
}

function dealTasks(dealId: string, below: number | undefined, key: string): Command {
  const older = below === undefined || below === Number.MAX_SAFE_INTEGER ? {} : { '<ID': below };
  const params = {
    order: { ID: 'DESC' },
    filter: { UF_CRM_TASK: dealId, ...older },
    select: TASK_FIELDS,
    start: -1,
  };
  return { key, method: 'tasks.task.list', params };
}

/** Runs any number of list commands, 50 to a request; each key's rows, or the fault of the first that failed. */
export async function listAll(
  client: RestClient,
  commands: readonly Command[],
  under: string | null,
  lane: Lane,
): Promise<ReadonlyMap<string, readonly JsonObject[]>> {
  const pages = new Map<string, readonly JsonObject[]>();
  for (let from = 0; from < commands.length; from += BATCH_SIZE) {
    const chunk = commands.slice(from, from + BATCH_SIZE);
    const manner = { lane, repeatable: true };
    await client.persist(async () => {
      const answer = await client.batchOnce(chunk, manner);
      for (const { key, method } of chunk) {
        const part = answer.of(key);
        if (part.kind === 'failed') throw part.fault;
        const rows = part.kind === 'ok' ? rowsIn(part.value, under) : null;
        if (!rows) {
          const failure = { kind: 'unavailable', detail: 'a page without rows' } as const;
          throw new CallFault(failure, 'transient', true, '', method);
        }
        pages.set(key, rows);
      }
    }, manner);
  }
  return pages;
}

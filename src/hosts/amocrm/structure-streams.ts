import type { Lane, StreamPage, StreamRequest } from '../../contract/streams.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import type { AccountMemory } from './account-facts.js';
import type { ApiClient } from './client.js';
import { headsOfGroups } from './group-heads.js';
import { userList } from './lists.js';
import { toDepartment, toPipeline, toUser } from './mapper.js';
import { readAll } from './pages.js';
import { embeddedRows } from './schema.js';

const END = '"all"';

export async function* readPipelines(
  client: ApiClient,
  { lane }: StreamRequest,
): AsyncGenerator<StreamPage<'pipelines'>, void, void> {
  const read = async () => {
    const body = await client.get('/api/v4/leads/pipelines', {}, lane);
    return (embeddedRows(body, 'pipelines') ?? []).map(toPipeline).filter((each) => each !== null);
  };
  const first = await read();
  // Every account has a pipeline: an answer without one is a fault.
  const rows = first.length > 0 ? first : await read();
  if (rows.length === 0) throw odd('no pipelines');
  yield { rows, cursor: END, done: true };
}

export async function* readUsers(
  client: ApiClient,
  { lane }: StreamRequest,
): AsyncGenerator<StreamPage<'users'>, void, void> {
  const rows = (await readAll(client, userList(), lane)) ?? [];
  if (rows.length === 0) throw odd('no people');
  yield { rows: rows.map(toUser).filter((user) => user !== null), cursor: END, done: true };
}

/** The host's groups of people, with the heads that their members' rights tell of. */
export async function* readDepartments(
  client: ApiClient,
  memory: AccountMemory,
  { lane }: StreamRequest,
): AsyncGenerator<StreamPage<'departments'>, void, void> {
  const { groups } = await memory.facts();
  const heads = headsOfGroups(await readPeople(client, lane));
  const rows = groups.map((row, index) => toDepartment(row, index, heads)).filter((one) => one !== null);
  yield { rows, cursor: END, done: true };
}

/** Nobody, where our token may not read people: groups have their names all the same. */
async function readPeople(client: ApiClient, lane: Lane): Promise<readonly JsonObject[]> {
  try {
    return (await readAll(client, userList(), lane)) ?? [];
  } catch (error) {
    if (error instanceof CallFault && error.failure.kind === 'forbidden') return [];
    throw error;
  }
}

function odd(detail: string): CallFault {
  return new CallFault({ kind: 'unavailable', detail }, 'doubtful', true, '');
}

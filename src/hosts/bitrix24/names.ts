import type { NamedKind } from '../../contract/client.js';
import type { Lane } from '../../contract/streams.js';
import { isObject, type JsonObject } from '../common/json.js';
import { chunksOf } from '../common/portions.js';
import { idOf, rowsOf, textOf } from '../common/values.js';
import type { QueryTree } from '../common/query.js';
import type { Command } from './batch.js';
import type { RestClient } from './client.js';
import { PAGE_SIZE } from './walk.js';

const NUMBER = /^\d{1,18}$/;

interface NameList {
  readonly method: string;
  readonly id: string;
  readonly select: readonly string[];
  readonly nameOf: (row: JsonObject) => string;
}

const LISTS: Readonly<Record<Exclude<NamedKind, 'source'>, NameList>> = {
  company: {
    method: 'crm.company.list',
    id: 'ID',
    select: ['ID', 'TITLE'],
    nameOf: (row) => textOf(row['TITLE']) ?? '',
  },
  contact: {
    method: 'crm.contact.list',
    id: 'ID',
    select: ['ID', 'NAME', 'LAST_NAME'],
    nameOf: (row) => [textOf(row['NAME']), textOf(row['LAST_NAME'])].filter(Boolean).join(' '),
  },
};

/** Names of companies, contacts and sources. Sources are a dictionary of some dozens, read as a whole. */
export async function readNames(
  client: RestClient,
  kind: NamedKind,
  ids: readonly string[],
  lane: Lane,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(ids);
  const found = new Map<string, string>();
  const keep = (id: string | null, name: string): void => {
    if (id !== null && name !== '' && wanted.has(id)) found.set(id, name);
  };
  if (kind === 'source') {
    const params = { order: { SORT: 'ASC' }, filter: { ENTITY_ID: 'SOURCE' } };
    for (const row of await read(client, [{ key: 'sources', method: 'crm.status.list', params }], lane)) {
      if (row['ENTITY_ID'] === 'SOURCE') keep(textOf(row['STATUS_ID']), textOf(row['NAME']) ?? '');
    }
    return found;
  }
  const { method, id, select, nameOf } = LISTS[kind];
  const numbers = [...wanted].filter((one) => NUMBER.test(one));
  const commands = chunksOf(numbers, PAGE_SIZE).map((some, at) => {
    const params: QueryTree = { order: { ID: 'ASC' }, filter: { ID: some }, select, start: -1 };
    return { key: `n${at}`, method, params };
  });
  for (const row of await read(client, commands, lane)) keep(idOf(row[id]), nameOf(row));
  return found;
}

async function read(
  client: RestClient,
  commands: readonly Command[],
  lane: Lane,
): Promise<readonly JsonObject[]> {
  if (commands.length === 0) return [];
  const answer = await client.batch(commands, { lane, repeatable: true });
  return commands.flatMap(({ key }) => {
    const part = answer.of(key);
    if (part.kind === 'failed') throw part.fault;
    return part.kind === 'ok' ? rowsOf(part.value).filter(isObject) : [];
  });
}

import type { Lane } from '../../contract/streams.js';
import { isObject, type JsonObject } from '../common/json.js';
import { chunksOf } from '../common/portions.js';
import { idOf, numberOf, textOf } from '../common/values.js';
import { BATCH_SIZE, type Command } from './batch.js';
import type { RestClient } from './client.js';
import { ACTIVITY, COMMENT } from './events.js';
import { DEALS, LEADS } from './mapper.js';
import { listAll } from './task-reads.js';
import { PAGE_SIZE } from './walk.js';

/**
 * Deals and leads that own these activities and comments. What belongs to a contact or a company is left out: the
 * portal notes it on their deals too, and the sweep by the time of the last activity finds it there.
 */
export async function dealsOfActivities(
  client: RestClient,
  hintIds: readonly string[],
  lane: Lane,
): Promise<readonly string[]> {
  const activities = await ownersOfActivities(client, numbersOf(hintIds, ACTIVITY), lane);
  const comments = await ownersOfComments(client, numbersOf(hintIds, COMMENT), lane);
  return [...new Set([...activities, ...comments])];
}

function numbersOf(hintIds: readonly string[], prefix: string): readonly string[] {
  const start = `${prefix}_`;
  return hintIds.filter((id) => id.startsWith(start)).map((id) => id.slice(start.length));
}

async function ownersOfActivities(
  client: RestClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly string[]> {
  const commands: readonly Command[] = chunksOf(ids, PAGE_SIZE).map((some, index) => ({
    key: `a${index}`,
    method: 'crm.activity.list',
    params: {
      order: { ID: 'ASC' },
      filter: { ID: some },
      select: ['ID', 'OWNER_ID', 'OWNER_TYPE_ID'],
      start: -1,
    },
  }));
  const pages = await listAll(client, commands, null, lane);
  return [...pages.values()]
    .flat()
    .flatMap((row) => dealOf(sourceOfType(row['OWNER_TYPE_ID']), row['OWNER_ID']));
}

/** Comments can be listed by their owner only, so each is asked for; one that is gone has no answer. */
async function ownersOfComments(
  client: RestClient,
  ids: readonly string[],
  lane: Lane,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const some of chunksOf(ids, BATCH_SIZE)) {
    const commands = some.map((id) => ({
      key: `c${id}`,
      method: 'crm.timeline.comment.get',
      params: { id },
    }));
    const answer = await client.batch(commands, { lane, repeatable: true });
    for (const { key } of commands) {
      const part = answer.of(key);
      const row: JsonObject = part.kind === 'ok' && isObject(part.value) ? part.value : {};
      found.push(...dealOf(sourceOfName(row['ENTITY_TYPE']), row['ENTITY_ID']));
    }
  }
  return found;
}

function sourceOfType(typeId: unknown): string | null {
  const source = [DEALS, LEADS].find(({ entityTypeId }) => entityTypeId === numberOf(typeId));
  return source?.prefix ?? null;
}

function sourceOfName(name: unknown): string | null {
  const text = textOf(name)?.toLowerCase();
  if (text === 'deal') return DEALS.prefix;
  return text === 'lead' ? LEADS.prefix : null;
}

function dealOf(prefix: string | null, ownerId: unknown): readonly string[] {
  const id = idOf(ownerId);
  return prefix === null || id === null ? [] : [`${prefix}_${id}`];
}

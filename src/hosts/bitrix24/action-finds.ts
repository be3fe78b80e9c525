import { type ActionLookup, ASKED_BY_TASK } from '../../contract/actions.js';
import type { JsonObject } from '../common/json.js';
import { readMark } from '../common/key-mark.js';
import { idOf, rowNumber, textOf } from '../common/values.js';
import { ACTIVITY, PLAIN_ACTIVITY } from './action-ids.js';
import type { Command } from './batch.js';
import type { RestClient } from './client.js';
import { dealAddress, type DealAddress, LEADS } from './mapper.js';
import { findTasks, listAll } from './task-reads.js';
import { PAGE_SIZE } from './walk.js';

/**
 * Finds what uncertain actions made: comments by the mark at their end, questions by our origin or mark. Changes need no
 * look, they compare for themselves; a second notification takes the place of the first. What is not found is looked
 * for twice, since an odd empty answer would make a second one.
 */
export async function findActions(
  client: RestClient,
  lookups: readonly ActionLookup[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let round = 0; round < 2; round += 1) {
    const missing = lookups.filter(({ key }) => !found.has(key));
    await find(client, COMMENTS, ofKind(missing, 'comment'), found);
    await find(client, ACTIVITIES, ofKind(missing, 'ask'), found);
  }
  const asks = ofKind(lookups, 'ask').filter(({ key }) => !found.has(key));
  const tasks = await findTasks(client, asks);
  for (const [key, task] of tasks) found.set(key, `${ASKED_BY_TASK}${task.id}`);
  return found;
}

interface DealLookup {
  readonly key: string;
  readonly dealId: string;
  readonly since: number;
}

function ofKind(lookups: readonly ActionLookup[], kind: 'comment' | 'ask'): readonly DealLookup[] {
  return lookups.flatMap(({ key, action, since }) =>
    action.kind === kind && dealAddress(action.dealId) ? [{ key, since, dealId: action.dealId }] : [],
  );
}

/** A list of what hangs on one deal, newest first, and how a row says which key of ours it carries. */
interface DealList {
  readonly command: (address: DealAddress, page: number, below: number | null) => Omit<Command, 'key'>;
  readonly read: (row: JsonObject) => { readonly key: string | null; readonly hostId: string } | null;
}

const COMMENTS: DealList = {
  // This list knows no keyset; its rows are few, and new ones come in front, where we have looked already.
  command: ({ source, hostId }, page) => ({
    method: 'crm.timeline.comment.list',
    params: {
      filter: { ENTITY_ID: hostId, ENTITY_TYPE: source === LEADS ? 'lead' : 'deal' },
      order: { ID: 'DESC' },
      select: ['ID', 'COMMENT'],
      start: page * PAGE_SIZE,
    },
  }),
  read: (row) => {
    const id = idOf(row['ID']);
    return id === null ? null : { key: readMark(textOf(row['COMMENT']) ?? '').key, hostId: id };
  },
};

const ACTIVITIES: DealList = {
  command: ({ source, hostId }, _page, below) => ({
    method: 'crm.activity.list',
    params: {
      filter: {
        OWNER_TYPE_ID: source.entityTypeId,
        OWNER_ID: hostId,
        ...(below === null ? {} : { '<ID': below }),
      },
      order: { ID: 'DESC' },
      select: ['ID', 'ORIGIN_ID', 'PROVIDER_ID', 'DESCRIPTION'],
      start: -1,
    },
  }),
  read: (row) => {
    const id = idOf(row['ID']);
    if (id === null) return null;
    const marked = readMark(textOf(row['DESCRIPTION']) ?? '').key;
    if (marked !== null) return { key: marked, hostId: `${PLAIN_ACTIVITY}${id}` };
    return { key: textOf(row['ORIGIN_ID']), hostId: `${ACTIVITY}${id}` };
  },
};

async function find(
  client: RestClient,
  list: DealList,
  lookups: readonly DealLookup[],
  found: Map<string, string>,
): Promise<void> {
  const wanted = new Set(lookups.map(({ key }) => key));
  /** Deals still to read, each with the lowest id that was seen. */
  let open = new Map<string, number | null>(lookups.map(({ dealId }) => [dealId, null]));
  for (let page = 0; open.size > 0; page += 1) {
    const deals = [...open].flatMap(([dealId, below]) => {
      const address = dealAddress(dealId);
      return address ? [{ dealId, below, address }] : [];
    });
    const commands = deals.map(({ address, below }, index) => ({
      ...list.command(address, page, below),
      key: `d${index}`,
    }));
    const pages = await listAll(client, commands, null, 'high');
    const next = new Map<string, number | null>();
    for (const [index, { dealId, below }] of deals.entries()) {
      const rows = pages.get(`d${index}`) ?? [];
      for (const row of rows) {
        const read = list.read(row);
        if (read?.key && wanted.has(read.key)) found.set(read.key, read.hostId);
      }
      const lowest = Math.min(...rows.map((row) => rowNumber(row['ID']) ?? Number.MAX_SAFE_INTEGER));
      const grows = below === null || lowest < below;
      if (rows.length >= PAGE_SIZE && grows) next.set(dealId, lowest);
    }
    open = next;
  }
}

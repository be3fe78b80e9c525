import { type ActionLookup, ASKED_BY_TASK } from '../../contract/actions.js';
import { readMark } from '../common/key-mark.js';
import { isObject } from '../common/json.js';
import { chunksOf } from '../common/portions.js';
import { idOf, textOf } from '../common/values.js';
import type { ApiClient } from './client.js';
import { ROWS_PER_PAGE } from './lists.js';
import { asItCame, pagesOf } from './pages.js';
import { numericId } from './schema.js';
import { findTasks } from './task-reads.js';

/** Deals whose notes are asked for in one request. */
const DEALS_PER_LOOK = 25;

/**
 * Finds what uncertain actions made, by the mark at the end of its text: comments among the notes of their deals,
 * questions and invitations among the tasks. Changes need no look, they compare for themselves.
 */
export async function findActions(
  client: ApiClient,
  lookups: readonly ActionLookup[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  // Twice: an odd empty answer would make a second comment.
  for (let round = 0; round < 2; round += 1) {
    const missing = dealLookups(lookups, 'comment').filter(({ key }) => !found.has(key));
    await findNotes(client, missing, found);
  }
  const byTask = [...dealLookups(lookups, 'ask'), ...dealLookups(lookups, 'join')];
  const tasks = await findTasks(client, byTask);
  for (const [key, task] of tasks) found.set(key, `${ASKED_BY_TASK}${task.id}`);
  return found;
}

interface DealLookup {
  readonly key: string;
  readonly dealId: string;
  readonly since: number;
}

function dealLookups(
  lookups: readonly ActionLookup[],
  kind: 'comment' | 'ask' | 'join',
): readonly DealLookup[] {
  return lookups.flatMap(({ key, action, since }) =>
    action.kind === kind && numericId(action.dealId) !== null ? [{ key, since, dealId: action.dealId }] : [],
  );
}

async function findNotes(
  client: ApiClient,
  lookups: readonly DealLookup[],
  found: Map<string, string>,
): Promise<void> {
  const keys = new Set(lookups.map(({ key }) => key));
  const deals = [...new Set(lookups.map(({ dealId }) => dealId))];
  for (const some of chunksOf(deals, DEALS_PER_LOOK)) {
    const query = { filter: { entity_id: some, note_type: ['common'] }, order: { id: 'desc' } };
    const list = { path: '/api/v4/leads/notes', key: 'notes', query, limit: ROWS_PER_PAGE, keep: asItCame };
    for await (const { rows } of pagesOf(client, list, 1, 'high')) {
      for (const row of rows) {
        const text = isObject(row['params']) ? textOf(row['params']['text']) : null;
        const { key } = readMark(text ?? '');
        const id = idOf(row['id']);
        if (key !== null && id !== null && keys.has(key)) found.set(key, id);
      }
    }
  }
}

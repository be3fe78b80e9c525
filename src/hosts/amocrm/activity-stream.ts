import { HostError } from '../../contract/failure.js';
import type { DealActivity, StreamPage, StreamRequest } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { parseObject, type JsonObject } from '../common/json.js';
import { idOf } from '../common/values.js';
import type { ApiClient } from './client.js';
import { readAll } from './pages.js';
import { instantOf } from './schema.js';
import { serverTime } from './server-time.js';
import { eventList } from './tombstones.js';

/**
 * What people do with a client. Changes of the deal itself show in its time of change, tasks are mirrored as tasks, and
 * notes of services are no person's work.
 */
const TYPES: readonly string[] = [
  'incoming_call',
  'outgoing_call',
  'incoming_chat_message',
  'outgoing_chat_message',
  'incoming_sms',
  'outgoing_sms',
  'common_note_added',
  'attachment_note_added',
];

const DAY_MS = 24 * 3_600_000;
/** A deal without any activity for longer is dormant anyway, whatever happened before. */
const LOOK_BACK_MS = 45 * DAY_MS;
const LONGEST_WINDOW_MS = 5 * DAY_MS;
/** Lists are said to end at page 100. */
const PAGES_PER_WINDOW = 90;

/**
 * Deals do not say when somebody last worked on them; the log of events does. It is read in windows of time, oldest
 * first, and the cursor is where the next one begins.
 */
export async function* readActivities(
  client: ApiClient,
  { cursor, modifiedSince, lane }: StreamRequest,
): AsyncGenerator<StreamPage<'activities'>, void, void> {
  const now = await serverTime(client);
  let from = Math.max(cursor === null ? (modifiedSince ?? 0) : reachedIn(cursor), now - LOOK_BACK_MS);
  for (let length = LONGEST_WINDOW_MS; ;) {
    const to = Math.min(from + length, now);
    const most = to - from <= 1000 ? Number.MAX_SAFE_INTEGER : PAGES_PER_WINDOW;
    const events = await readAll(client, eventList(TYPES, from, to), lane, most);
    if (!events) {
      length = Math.max(1000, Math.floor((to - from) / 4));
      continue;
    }
    const rows = events.map(toActivity).filter((activity) => activity !== null);
    const done = to >= now;
    yield { rows, cursor: JSON.stringify({ from: to }), done };
    if (done) return;
    from = to;
    length = Math.min(length * 2, LONGEST_WINDOW_MS);
  }
}

/** Messages of chats come as events of the deal, calls and notes also as those of a contact. */
function toActivity(row: JsonObject): DealActivity | null {
  const id = idOf(row['entity_id']);
  const at = instantOf(row['created_at']);
  if (id === null || at === null) return null;
  if (row['entity_type'] === 'lead') return { dealId: id, contactId: null, at };
  return row['entity_type'] === 'contact' ? { dealId: null, contactId: id, at } : null;
}

function reachedIn(cursor: string): Instant {
  const from = parseObject(cursor)?.['from'];
  if (typeof from !== 'number') throw new HostError({ kind: 'malformed', where: 'a stored cursor' });
  return from;
}

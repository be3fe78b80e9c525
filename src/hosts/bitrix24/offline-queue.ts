import type { EntityChange } from '../../contract/client.js';
import { isObject } from '../common/json.js';
import type { RestClient } from './client.js';
import { changesOfEvent } from './events.js';
import { idOf, rowsOf, textOf } from '../common/values.js';

const ROWS_AT_ONCE = 50;
/** The queue is the safe path of events, not the fast one, and costs two requests for fifty: writes go first. */
const LOW = { lane: 'low', repeatable: true } as const;

export interface QueuedChanges {
  readonly changes: readonly EntityChange[];
  confirm(): Promise<void>;
}

/**
 * The portal's own queue in reserve-then-confirm mode: what is read and not confirmed stays reserved, so reservations
 * that a crash left behind are taken up first.
 */
export async function* drainQueue(client: RestClient): AsyncGenerator<QueuedChanges, void, void> {
  for (const processId of await abandonedReservations(client)) {
    const left = await take(client, { process_id: processId });
    if (left) yield left;
  }
  for (;;) {
    const taken = await take(client, { clear: 0, limit: ROWS_AT_ONCE });
    if (!taken) return;
    yield taken;
  }
}

async function abandonedReservations(client: RestClient): Promise<readonly string[]> {
  const { result } = await client.call('event.offline.list', { order: { ID: 'ASC' } }, LOW);
  const ids = rowsOf(result).map((row) => textOf(row['PROCESS_ID']));
  return [...new Set(ids)].filter((id) => id !== null);
}

async function take(
  client: RestClient,
  params: { readonly process_id: string } | { readonly clear: 0; readonly limit: number },
): Promise<QueuedChanges | null> {
  // Sent once: a reservation whose answer is lost is found by `abandonedReservations` the next time.
  const { result } = await client.call('event.offline.get', params, { lane: 'low', repeatable: false });
  const body = isObject(result) ? result : {};
  const rows = rowsOf(body['events']);
  const processId = idOf(body['process_id']) ?? ('process_id' in params ? params.process_id : null);
  if (rows.length === 0 || processId === null) return null;
  const changes = rows.flatMap(
    (row) => changesOfEvent(textOf(row['EVENT_NAME']) ?? '', row['EVENT_DATA']) ?? [],
  );
  return {
    changes,
    async confirm() {
      await client.call('event.offline.clear', { process_id: processId }, LOW);
    },
  };
}

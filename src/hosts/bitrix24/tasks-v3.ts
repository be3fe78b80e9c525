import type { BeforeSend, TaskWrite, TaskWriteOutcome } from '../../contract/client.js';
import { isObject } from '../common/json.js';
import { CallFault } from '../common/call-fault.js';
import type { CallManner, RestClient } from './client.js';
import { idOf } from '../common/values.js';
import { instantOf } from './schema.js';
import { restV3Creation } from './task-fields.js';

/**
 * One creation through REST 3.0, whose `Idempotency-Key` makes a later repeat of the same outbox row harmless even
 * where a look-up missed the task. Bulk creation stays with classic batches: 50 to a request against one.
 * Null: this portal does not take it, use the classic call.
 */
export async function createOneByRestV3(
  client: RestClient,
  write: Extract<TaskWrite, { kind: 'create' }>,
  beforeSend: BeforeSend,
): Promise<TaskWriteOutcome | null> {
  if (!/^[\x21-\x7e]{1,255}$/.test(write.key) || !/^\d+$/.test(write.task.ownerId)) return null;
  const creatorId = await callerId(client);
  if (creatorId === null) return null;
  // Two simultaneous calls with one key may both run, so a lost answer is looked up here as well.
  const manner: CallManner = {
    lane: 'high',
    repeatable: false,
    headers: { 'idempotency-key': write.key },
    beforeSend,
  };
  try {
    const fields = restV3Creation(write.task, write.key, creatorId);
    const { result } = await client.call('api/tasks.task.add', { fields }, manner);
    const item = isObject(result) && isObject(result['item']) ? result['item'] : {};
    const taskId = idOf(item['id']);
    if (taskId === null) return { kind: 'unknown' };
    return { kind: 'ok', taskId, modifiedAt: instantOf(item['changedDate'] ?? item['changed']) };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    if (error.executed) return { kind: 'unknown' };
    return ['throttled', 'reauthorise', 'paymentRequired', 'unavailable'].includes(error.failure.kind)
      ? { kind: 'refused', failure: error.failure }
      : null;
  }
}

const CALLERS = new WeakMap<RestClient, number>();

/** REST 3.0 wants the creator named: it is the user whose token we use. */
async function callerId(client: RestClient): Promise<number | null> {
  const known = CALLERS.get(client);
  if (known !== undefined) return known;
  const envelope = await client.call('profile', {}).catch(() => null);
  const id = Number(isObject(envelope?.result) ? envelope.result['ID'] : Number.NaN);
  if (!Number.isSafeInteger(id) || id <= 0) return null;
  CALLERS.set(client, id);
  return id;
}

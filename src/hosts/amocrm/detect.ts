import type { AccountCapabilities } from '../../contract/client.js';
import { CallFault } from '../common/call-fault.js';
import type { ApiClient } from './client.js';
import { eventList } from './tombstones.js';

const HOUR_MS = 3_600_000;

/**
 * The log of events is this host's memory of moves and deletions; without it there is neither a history nor a queue.
 * The automation's action needs no plan here: who has no digital pipeline simply never calls.
 */
export async function detectCapabilities(client: ApiClient): Promise<AccountCapabilities> {
  const events = await mayReadEvents(client);
  return {
    offlineQueue: events,
    robots: true,
    idempotentTaskWrites: false,
    departments: true,
    stageHistory: events,
  };
}

async function mayReadEvents(client: ApiClient): Promise<boolean> {
  const { path, query } = eventList(['lead_added'], client.session.clock.now() - HOUR_MS);
  try {
    await client.get(path, { ...query, limit: 1 });
    return true;
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    if (error.failure.kind === 'forbidden' || error.failure.kind === 'gone') return false;
    throw error;
  }
}

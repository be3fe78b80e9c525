import type { ActionOutcome, DealAction, HostAction } from '../../contract/actions.js';
import type { BeforeSend } from '../../contract/client.js';
import { CallFault } from '../common/call-fault.js';
import { isObject, type JsonObject } from '../common/json.js';
import { idOf, textOf } from '../common/values.js';
import type { ApiClient } from './client.js';
import { ROWS_PER_PAGE } from './lists.js';
import { pagesOf } from './pages.js';
import { embeddedRows, numericId } from './schema.js';

interface Acceptance {
  readonly one: HostAction;
  readonly action: Extract<DealAction, { kind: 'accept' }>;
}

/**
 * Takes incoming deals out of "unsorted" into the first stage of their pipeline, in the name of who accepted them. They
 * are looked for there first, so a repeat does nothing, and a deal that is not there needs no acceptance.
 */
export async function accept(
  client: ApiClient,
  acceptances: readonly Acceptance[],
  beforeSend: BeforeSend,
): Promise<ReadonlyMap<HostAction, ActionOutcome>> {
  const outcomes = new Map<HostAction, ActionOutcome>();
  if (acceptances.length === 0) return outcomes;
  const waiting = await incoming(client, new Set(acceptances.map(({ action }) => action.dealId)));
  for (const { one, action } of acceptances) {
    if (waiting instanceof CallFault) {
      outcomes.set(one, { kind: 'refused', failure: waiting.failure });
      continue;
    }
    const uid = waiting.get(action.dealId);
    const user = numericId(action.userId);
    if (uid === undefined) outcomes.set(one, { kind: 'ok', hostId: null });
    else if (user === null)
      outcomes.set(one, { kind: 'refused', failure: { kind: 'malformed', where: 'user_id' } });
    else outcomes.set(one, await acceptOne(client, uid, user, beforeSend));
  }
  return outcomes;
}

async function acceptOne(
  client: ApiClient,
  uid: string,
  user: number,
  beforeSend: BeforeSend,
): Promise<ActionOutcome> {
  const path = `/api/v4/leads/unsorted/${encodeURIComponent(uid)}/accept`;
  try {
    const manner = { lane: 'high', repeatable: false, beforeSend } as const;
    await client.call({ method: 'POST', path, body: { user_id: user } }, manner);
    return { kind: 'ok', hostId: null };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    // Somebody took it out of there since the look.
    if (error.failure.kind === 'gone') return { kind: 'ok', hostId: null };
    return error.executed ? { kind: 'unknown' } : { kind: 'refused', failure: error.failure };
  }
}

/** The keys in "unsorted" of those deals that are there; the fault when it cannot be read. */
async function incoming(
  client: ApiClient,
  dealIds: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string> | CallFault> {
  const found = new Map<string, string>();
  const list = {
    path: '/api/v4/leads/unsorted',
    key: 'unsorted',
    query: { order: { created_at: 'desc' } },
    limit: ROWS_PER_PAGE,
    keep: keyOf,
  };
  try {
    for await (const { rows } of pagesOf(client, list, 1, 'high')) {
      for (const { dealId, uid } of rows) if (dealIds.has(dealId)) found.set(dealId, uid);
      if (found.size === dealIds.size) break;
    }
    return found;
  } catch (error) {
    if (error instanceof CallFault) return error;
    throw error;
  }
}

function keyOf(row: JsonObject): { readonly dealId: string; readonly uid: string } | null {
  const uid = textOf(row['uid']);
  const [lead] = embeddedRows(row, 'leads') ?? [];
  const dealId = isObject(lead) ? idOf(lead['id']) : null;
  return uid !== null && dealId !== null ? { dealId, uid } : null;
}

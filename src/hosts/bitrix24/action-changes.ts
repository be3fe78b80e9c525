import type { ActionOutcome, DealAction, HostAction } from '../../contract/actions.js';
import type { BeforeSend } from '../../contract/client.js';
import { isObject, type JsonObject } from '../common/json.js';
import { CallFault } from '../common/call-fault.js';
import type { QueryTree } from '../common/query.js';
import { idOf, listOf } from '../common/values.js';
import { GONE, malformed, outcomeOf, refusedWith, UNCHANGED } from './action-outcomes.js';
import type { Command } from './batch.js';
import type { CallManner, RestClient } from './client.js';
import {
  categoryOf,
  dealAddress,
  type DealAddress,
  DEALS,
  LEAD_PIPELINE,
  LEADS,
  stageIdOf,
} from './mapper.js';
import { settledBatch } from './tasks.js';

export interface Change {
  readonly one: HostAction;
  readonly action: Extract<DealAction, { kind: 'moveStage' | 'assign' | 'join' }>;
}

/** What a deal has now of what we change; later changes of one call see the earlier ones. */
interface Present {
  stageId: string;
  categoryId: string;
  ownerId: string | null;
  observers: readonly string[];
}

interface Planned {
  readonly change: Change;
  readonly address: DealAddress;
  readonly fields: QueryTree;
}

/** Moves, hand-overs and observers: each deal is read first, and what already is so is left alone. At most 50. */
export async function change(
  client: RestClient,
  changes: readonly Change[],
  beforeSend: BeforeSend,
  outcomes: Map<HostAction, ActionOutcome>,
): Promise<void> {
  const present = await presentDeals(client, [...new Set(changes.map(({ action }) => action.dealId))]);
  const planned: Planned[] = [];
  for (const each of changes) {
    const plan = planOf(each, present.get(each.action.dealId));
    if ('fields' in plan) planned.push(plan);
    else outcomes.set(each.one, plan);
  }
  if (planned.length === 0) return;
  const commands: Command[] = planned.map(({ address, fields }, index) => ({
    key: `u${index}`,
    method: 'crm.item.update',
    params: { entityTypeId: address.source.entityTypeId, id: address.hostId, fields },
  }));
  const manner: CallManner = { lane: 'high', repeatable: true, beforeSend };
  const sent = await settledBatch(client, commands, manner);
  for (const [index, plan] of planned.entries()) {
    outcomes.set(
      plan.change.one,
      'answer' in sent ? outcomeOf(sent.answer.of(`u${index}`), changed) : sent.outcome,
    );
  }
}

function changed(value: unknown): ActionOutcome | null {
  return isObject(value) ? UNCHANGED : null;
}

async function presentDeals(
  client: RestClient,
  dealIds: readonly string[],
): Promise<ReadonlyMap<string, Present | ActionOutcome>> {
  const present = new Map<string, Present | ActionOutcome>();
  const commands: Command[] = [];
  const asked: string[] = [];
  for (const dealId of dealIds) {
    const address = dealAddress(dealId);
    if (!address) {
      present.set(dealId, GONE);
      continue;
    }
    const params = { entityTypeId: address.source.entityTypeId, id: address.hostId };
    commands.push({ key: `g${asked.length}`, method: 'crm.item.get', params });
    asked.push(dealId);
  }
  if (commands.length === 0) return present;
  try {
    const answer = await client.batch(commands);
    for (const [index, dealId] of asked.entries()) {
      const part = answer.of(`g${index}`);
      const item = part.kind === 'ok' && isObject(part.value) ? part.value['item'] : null;
      if (isObject(item)) present.set(dealId, presentOf(item));
      // Nothing was sent yet, so a read without an answer is no uncertainty: the next round asks again.
      else present.set(dealId, refusedWith(part.kind === 'failed' ? part.fault.failure : UNREADABLE));
    }
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    for (const dealId of asked) present.set(dealId, refusedWith(error.failure));
  }
  return present;
}

const UNREADABLE = { kind: 'unavailable', detail: 'a deal without an answer' } as const;

function presentOf(item: JsonObject): Present {
  return {
    stageId: typeof item['stageId'] === 'string' ? item['stageId'] : '',
    categoryId: idOf(item['categoryId']) ?? '0',
    ownerId: idOf(item['assignedById']),
    observers: listOf(item['observers'])
      .map(idOf)
      .filter((id) => id !== null),
  };
}

function planOf(change: Change, present: Present | ActionOutcome | undefined): Planned | ActionOutcome {
  const { action } = change;
  const address = dealAddress(action.dealId);
  if (!address || !present) return GONE;
  if ('kind' in present) return present;
  if (action.kind === 'moveStage') return movePlan(change, address, present, action);
  const user = Number(action.userId);
  if (!Number.isSafeInteger(user) || user <= 0) return malformed('user id');
  if (action.kind === 'assign') {
    if (present.ownerId === action.userId) return UNCHANGED;
    present.ownerId = action.userId;
    return { change, address, fields: { assignedById: user } };
  }
  if (present.ownerId === action.userId || present.observers.includes(action.userId)) return UNCHANGED;
  present.observers = [...present.observers, action.userId];
  return { change, address, fields: { observers: present.observers.map(Number) } };
}

function movePlan(
  change: Change,
  address: DealAddress,
  present: Present,
  { pipelineId, stageId }: Extract<DealAction, { kind: 'moveStage' }>,
): Planned | ActionOutcome {
  const category = categoryOf(pipelineId);
  const fits = address.source === LEADS ? pipelineId === LEAD_PIPELINE : category !== null;
  if (!fits) return malformed('pipeline id');
  const same = stageIdOf(present.stageId, pipelineId) === stageId;
  if (same && (address.source === LEADS || present.categoryId === category)) return UNCHANGED;
  present.stageId = stageId;
  if (category !== null) present.categoryId = category;
  return {
    change,
    address,
    fields: { stageId, ...(address.source === DEALS && { categoryId: Number(category) }) },
  };
}

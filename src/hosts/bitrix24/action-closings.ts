import {
  type ActionOutcome,
  ASKED_BY_TASK,
  type DealAction,
  type HostAction,
} from '../../contract/actions.js';
import type { BeforeSend } from '../../contract/client.js';
import { CallFault } from '../common/call-fault.js';
import { isObject } from '../common/json.js';
import { flagOf } from '../common/values.js';
import { PLAIN_ACTIVITY } from './action-ids.js';
import { malformed, outcomeOf, refusedWith, UNCHANGED } from './action-outcomes.js';
import { closedLayout } from './ask-layout.js';
import type { BatchAnswer, Command } from './batch.js';
import type { CallManner, RestClient } from './client.js';
import { dealAddress } from './mapper.js';
import { settledBatch, writeTasks } from './tasks.js';

export interface Closing {
  readonly one: HostAction;
  readonly action: Extract<DealAction, { kind: 'closeAsk' }>;
}

type Outcomes = Map<HostAction, ActionOutcome>;

/** Takes questions away: what is closed or gone already is as wanted. At most 50. */
export async function close(
  client: RestClient,
  closings: readonly Closing[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const tasks = closings.filter(({ action }) => action.hostId.startsWith(ASKED_BY_TASK));
  const activities = closings.filter(({ action }) => activityIdOf(action.hostId) !== null);
  for (const { one, action } of closings) {
    const known = action.hostId.startsWith(ASKED_BY_TASK) || activityIdOf(action.hostId) !== null;
    if (!known) outcomes.set(one, malformed('the question’s id'));
  }
  if (activities.length > 0) await closeActivities(client, activities, beforeSend, outcomes);
  if (tasks.length > 0) await closeTasks(client, tasks, beforeSend, outcomes);
}

async function closeActivities(
  client: RestClient,
  closings: readonly Closing[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const present = await read(client, closings);
  if (present instanceof CallFault) {
    for (const { one } of closings) outcomes.set(one, refusedWith(present.failure));
    return;
  }
  const commands: Command[] = [];
  const sent: HostAction[] = [];
  for (const [index, closing] of closings.entries()) {
    const plan = planOf(closing, present.of(`g${index}`));
    if ('method' in plan) {
      commands.push({ ...plan, key: `c${sent.length}` });
      sent.push(closing.one);
    } else outcomes.set(closing.one, plan);
  }
  if (commands.length === 0) return;
  const manner: CallManner = { lane: 'high', repeatable: true, beforeSend };
  const settled = await settledBatch(client, commands, manner);
  for (const [index, one] of sent.entries()) {
    const outcome =
      'answer' in settled ? outcomeOf(settled.answer.of(`c${index}`), () => UNCHANGED) : settled.outcome;
    outcomes.set(one, goneIsClosed(outcome));
  }
}

async function read(client: RestClient, closings: readonly Closing[]): Promise<BatchAnswer | CallFault> {
  const commands = closings.map(({ action }, index) => ({
    key: `g${index}`,
    method: action.hostId.startsWith(PLAIN_ACTIVITY) ? 'crm.activity.get' : 'crm.activity.configurable.get',
    params: { id: activityIdOf(action.hostId) ?? '' },
  }));
  try {
    return await client.batch(commands);
  } catch (error) {
    if (error instanceof CallFault) return error;
    throw error;
  }
}

function planOf(
  { action }: Closing,
  part: ReturnType<BatchAnswer['of']>,
): Omit<Command, 'key'> | ActionOutcome {
  if (part.kind === 'failed') return goneIsClosed(refusedWith(part.fault.failure));
  if (part.kind === 'missing' || !isObject(part.value)) {
    return refusedWith({ kind: 'unavailable', detail: 'an activity without an answer' });
  }
  const id = activityIdOf(action.hostId) ?? '';
  if (action.hostId.startsWith(PLAIN_ACTIVITY)) {
    if (flagOf(part.value['COMPLETED'])) return UNCHANGED;
    const address = dealAddress(action.dealId);
    // The frozen method wants the owner and the kind along, and there is no other that completes a todo.
    const fields = {
      OWNER_TYPE_ID: address?.source.entityTypeId ?? 2,
      OWNER_ID: address?.hostId ?? '',
      TYPE_ID: 6,
      COMPLETED: 'Y',
    };
    return { method: 'crm.activity.update', params: { id, fields } };
  }
  const activity = isObject(part.value['activity']) ? part.value['activity'] : {};
  if (isObject(activity['fields']) && flagOf(activity['fields']['completed'])) return UNCHANGED;
  const layout = closedLayout(activity['layout'], action.text.trim());
  return { method: 'crm.activity.configurable.update', params: { id, fields: { completed: 'Y' }, layout } };
}

async function closeTasks(
  client: RestClient,
  closings: readonly Closing[],
  beforeSend: BeforeSend,
  outcomes: Outcomes,
): Promise<void> {
  const writes = closings.map(({ action: { hostId, text } }) => {
    const comment = text.trim() === '' ? {} : { comment: text };
    return { kind: 'complete', taskId: hostId.slice(ASKED_BY_TASK.length), ...comment } as const;
  });
  const written = await writeTasks(client, writes, false, beforeSend);
  for (const [index, { one }] of closings.entries()) {
    const outcome = written[index] ?? { kind: 'unknown' };
    outcomes.set(one, outcome.kind === 'ok' ? UNCHANGED : goneIsClosed(outcome));
  }
}

function goneIsClosed(outcome: ActionOutcome): ActionOutcome {
  return outcome.kind === 'refused' && outcome.failure.kind === 'gone' ? UNCHANGED : outcome;
}

function activityIdOf(hostId: string): string | null {
  return /^(?:activity|todo):(\d{1,15})$/.exec(hostId)?.[1] ?? null;
}

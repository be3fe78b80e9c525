import type { ActionOutcome, DealAction, HostAction } from '../../contract/actions.js';
import type { BeforeSend } from '../../contract/client.js';
import { chunksOf } from '../common/portions.js';
import { change, type Change } from './action-changes.js';
import { close, type Closing } from './action-closings.js';
import { isOutcome, outcomeOf } from './action-outcomes.js';
import { askByTask, askByTodo, makingOf, type Making } from './action-making.js';
import { BATCH_SIZE, type Command } from './batch.js';
import type { CallManner, RestClient } from './client.js';
import { wordsOf } from './portal-words.js';
import { settledBatch } from './tasks.js';

export const ACTION_KINDS: ReadonlySet<DealAction['kind']> = new Set<DealAction['kind']>([
  'comment',
  'moveStage',
  'assign',
  'join',
  'notify',
  'ask',
  'closeAsk',
]);

/**
 * What is made (comments, notifications, questions) goes 50 to a request and is never repeated blindly; what is changed
 * is compared first and may be repeated. One outcome per action, in order.
 */
export async function act(
  client: RestClient,
  actions: readonly HostAction[],
  restV3: boolean,
  beforeSend: BeforeSend,
): Promise<readonly ActionOutcome[]> {
  const outcomes = new Map<HostAction, ActionOutcome>();
  const makings: Making[] = [];
  const changes: Change[] = [];
  const closings: Closing[] = [];
  const words = actions.some(({ action }) => action.kind === 'ask') ? await wordsOf(client) : null;
  for (const one of actions) {
    const { action } = one;
    if (action.kind === 'closeAsk') closings.push({ one, action });
    else if (action.kind === 'moveStage' || action.kind === 'assign' || action.kind === 'join')
      changes.push({ one, action });
    else {
      const making = makingOf(one, client, words);
      if (isOutcome(making)) outcomes.set(one, making);
      else makings.push(making);
    }
  }
  for (const some of chunksOf(makings, BATCH_SIZE)) await make(client, some, restV3, beforeSend, outcomes);
  for (const some of chunksOf(changes, BATCH_SIZE)) await change(client, some, beforeSend, outcomes);
  for (const some of chunksOf(closings, BATCH_SIZE)) await close(client, some, beforeSend, outcomes);
  return actions.map((one) => outcomes.get(one) ?? { kind: 'unknown' });
}

/**
 * A portal that refuses activities of an application (a webhook's rights, an old version) still has todos, and one that
 * refuses those has tasks. Only a refusal that surely did nothing leads on to the next.
 */
async function make(
  client: RestClient,
  makings: readonly Making[],
  restV3: boolean,
  beforeSend: BeforeSend,
  outcomes: Map<HostAction, ActionOutcome>,
): Promise<void> {
  await send(client, makings, beforeSend, outcomes);
  const todos = makings.flatMap(({ one }) => (isRefusedAsk(one, outcomes) ? askByTodo(one) : []));
  if (todos.length > 0) await send(client, todos, beforeSend, outcomes);
  const tasks = todos.filter(({ one }) => isRefusedAsk(one, outcomes)).map(({ one }) => one);
  if (tasks.length > 0) await askByTask(client, tasks, restV3, beforeSend, outcomes);
}

function isRefusedAsk(one: HostAction, outcomes: ReadonlyMap<HostAction, ActionOutcome>): boolean {
  const outcome = outcomes.get(one);
  return one.action.kind === 'ask' && outcome?.kind === 'refused' && outcome.failure.kind === 'forbidden';
}

async function send(
  client: RestClient,
  makings: readonly Making[],
  beforeSend: BeforeSend,
  outcomes: Map<HostAction, ActionOutcome>,
): Promise<void> {
  if (makings.length === 0) return;
  const commands: Command[] = makings.map(({ method, params }, index) => ({
    key: `a${index}`,
    method,
    params,
  }));
  const manner: CallManner = { lane: 'high', repeatable: false, beforeSend };
  const sent = await settledBatch(client, commands, manner);
  for (const [index, { one, hostIdOf }] of makings.entries()) {
    outcomes.set(one, 'answer' in sent ? outcomeOf(sent.answer.of(`a${index}`), hostIdOf) : sent.outcome);
  }
}

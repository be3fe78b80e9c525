import type { BeforeSend, TaskWrite, TaskWriteOutcome } from '../../contract/client.js';
import type { HostTask } from '../../domain/crm/records.js';
import { BATCH_SIZE, type BatchAnswer, type Command, type CommandAnswer } from './batch.js';
import { chunksOf, inParallel } from '../common/portions.js';
import { CallFault } from '../common/call-fault.js';
import type { CallManner, RestClient } from './client.js';
import { isObject } from '../common/json.js';
import { idOf } from '../common/values.js';
import { instantOf } from './schema.js';
import { classicCreation, classicFields, escapeBbCode } from './task-fields.js';
import { readTasks } from './task-reads.js';
import { createOneByRestV3 } from './tasks-v3.js';

type Creation = Extract<TaskWrite, { kind: 'create' }>;
type Change = Exclude<TaskWrite, { kind: 'create' }>;

/** Requests under way at once. Real portals take seconds for 50 creations; the bucket still sets the pace. */
const PARALLEL_BATCHES = 4;

/**
 * Creations go 50 to a request and are never repeated blindly; changes can be repeated and are. One outcome per write,
 * in order.
 */
export async function writeTasks(
  client: RestClient,
  writes: readonly TaskWrite[],
  restV3: boolean,
  beforeSend: BeforeSend,
): Promise<readonly TaskWriteOutcome[]> {
  const outcomes = new Map<TaskWrite, TaskWriteOutcome>();
  const creations = writes.filter((write): write is Creation => write.kind === 'create');
  const changes = writes.filter((write): write is Change => write.kind !== 'create');

  await inParallel(chunksOf(creations, BATCH_SIZE), PARALLEL_BATCHES, async (chunk) => {
    const made = await create(client, chunk, restV3, beforeSend);
    for (const [index, write] of chunk.entries()) outcomes.set(write, made[index] ?? { kind: 'unknown' });
  });
  // One after the other: two changes of one task must arrive in their order.
  for (const chunk of chunksOf(changes, BATCH_SIZE)) {
    const made = await change(client, chunk, beforeSend);
    for (const [index, write] of chunk.entries()) outcomes.set(write, made[index] ?? { kind: 'unknown' });
  }
  return writes.map((write) => outcomes.get(write) ?? { kind: 'unknown' });
}

async function create(
  client: RestClient,
  creations: readonly Creation[],
  restV3: boolean,
  beforeSend: BeforeSend,
): Promise<readonly TaskWriteOutcome[]> {
  const [only] = creations;
  if (restV3 && only && creations.length === 1) {
    const outcome = await createOneByRestV3(client, only, beforeSend);
    if (outcome) return [outcome];
  }
  const commands = creations.map(({ key, task }, index) => ({
    key: `c${index}`,
    method: 'tasks.task.add',
    params: { fields: classicCreation(task, key) },
  }));
  const manner: CallManner = { lane: 'high', repeatable: false, beforeSend };
  const answer = await settledBatch(client, commands, manner);
  return commands.map(({ key }) => ('answer' in answer ? outcomeOf(answer.answer.of(key)) : answer.outcome));
}

async function change(
  client: RestClient,
  changes: readonly Change[],
  beforeSend: BeforeSend,
): Promise<readonly TaskWriteOutcome[]> {
  const commands = changes.map((write, index) => changeCommand(write, `c${index}`));
  const manner: CallManner = { lane: 'high', repeatable: true, beforeSend };
  const answer = await settledBatch(client, commands, manner);
  if (!('answer' in answer)) return changes.map(() => answer.outcome);
  const outcomes = changes.map((write, index) => {
    const outcome = outcomeOf(answer.answer.of(`c${index}`));
    return outcome.kind === 'ok' ? { ...outcome, taskId: write.taskId } : outcome;
  });
  const settled = await settleRefusals(client, changes, outcomes);
  await leaveComments(client, changes, settled);
  return settled;
}

export type SettledBatch =
  { readonly answer: BatchAnswer } | { readonly outcome: Exclude<TaskWriteOutcome, { kind: 'ok' }> };

/** A whole request that failed is an outcome of each of its writes, not an exception that hides the other requests'. */
export async function settledBatch(
  client: RestClient,
  commands: readonly Command[],
  manner: CallManner,
): Promise<SettledBatch> {
  try {
    return { answer: await client.batch(commands, manner) };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    if (error.executed && !manner.repeatable) return { outcome: { kind: 'unknown' } };
    return { outcome: { kind: 'refused', failure: error.failure } };
  }
}

/**
 * There is no "cancelled" in the host. Completing is what closes the task for everybody: it leaves the deal's open
 * activities and the seller's list, keeps the seller's notes and can be taken back. Deferring would leave the deal's
 * counter burning, deleting would destroy what the seller wrote. The comment says that it was not done.
 */
function changeCommand(write: Change, key: string): Command {
  const { taskId } = write;
  if (write.kind === 'update') {
    return { key, method: 'tasks.task.update', params: { taskId, fields: classicFields(write.changes) } };
  }
  const method = write.kind === 'reopen' ? 'tasks.task.renew' : 'tasks.task.complete';
  return { key, method, params: { taskId } };
}

function outcomeOf(part: CommandAnswer): TaskWriteOutcome {
  if (part.kind === 'missing') return { kind: 'unknown' };
  if (part.kind === 'failed') {
    if (part.fault.executed) return { kind: 'unknown' };
    return { kind: 'refused', failure: part.fault.failure };
  }
  const task = isObject(part.value) ? (part.value['task'] ?? part.value['item']) : null;
  if (!isObject(task)) return { kind: 'unknown' };
  const taskId = idOf(task['id']);
  if (taskId === null) return { kind: 'unknown' };
  return { kind: 'ok', taskId, modifiedAt: instantOf(task['changedDate']) };
}

/**
 * The host refuses to complete what is complete and to change what is gone with the same vague codes. The task's
 * present state tells them apart, and makes a repeated change an ordinary success.
 */
async function settleRefusals(
  client: RestClient,
  changes: readonly Change[],
  outcomes: readonly TaskWriteOutcome[],
): Promise<readonly TaskWriteOutcome[]> {
  const doubtful = changes.filter((_, index) => isDoubtful(outcomes[index]));
  if (doubtful.length === 0) return outcomes;
  const ids = doubtful.map(({ taskId }) => taskId);
  const present = await readTasks(client, ids, 'high').catch(() => null);
  if (!present) return outcomes;
  const byId = new Map(present.map((task) => [task.id, task]));
  return changes.map((write, index) => {
    const outcome = outcomes[index] ?? { kind: 'unknown' };
    if (!isDoubtful(outcome)) return outcome;
    const task = byId.get(write.taskId);
    if (!task) return { kind: 'refused', failure: { kind: 'gone' } };
    if (isSo(write, task)) return { kind: 'ok', taskId: task.id, modifiedAt: task.modifiedAt };
    return outcome;
  });
}

function isDoubtful(outcome: TaskWriteOutcome | undefined): boolean {
  if (outcome?.kind === 'unknown') return true;
  return outcome?.kind === 'refused' && ['malformed', 'gone', 'forbidden'].includes(outcome.failure.kind);
}

function isSo(write: Change, task: HostTask): boolean {
  if (write.kind === 'update') return false;
  const closed = task.state === 'completed' || task.state === 'awaitingControl';
  return write.kind === 'reopen' ? !closed : closed;
}

/**
 * After the tasks are closed and in a request of its own, sent once: a comment that is repeated annoys more than one
 * that is lost.
 */
async function leaveComments(
  client: RestClient,
  changes: readonly Change[],
  outcomes: readonly TaskWriteOutcome[],
): Promise<void> {
  const commands = changes.flatMap((write, index) => {
    const text = write.kind === 'complete' || write.kind === 'cancel' ? write.comment : undefined;
    if (!text || outcomes[index]?.kind !== 'ok') return [];
    // Positional method: the order of the parameters counts, their names do not.
    const params = { TASKID: write.taskId, FIELDS: { POST_MESSAGE: escapeBbCode(text) } };
    return [{ key: `m${index}`, method: 'task.commentitem.add', params }];
  });
  if (commands.length === 0) return;
  const sent = await settledBatch(client, commands, { lane: 'high', repeatable: false });
  if (!('answer' in sent))
    client.session.log.warn('comments on tasks were not accepted', { count: commands.length });
}

import type { BeforeSend, TaskWrite, TaskWriteOutcome } from '../../contract/client.js';
import { CallFault } from '../common/call-fault.js';
import type { JsonObject } from '../common/json.js';
import { chunksOf } from '../common/portions.js';
import { idOf, rowsOf, textOf } from '../common/values.js';
import { ValidationFault } from './answers.js';
import type { ApiClient } from './client.js';
import { ROWS_PER_PAGE } from './lists.js';
import { embeddedRows, instantOf } from './schema.js';
import { changedFields, isDone, newTask } from './task-fields.js';
import { readTaskRows } from './task-reads.js';

type Creation = Extract<TaskWrite, { kind: 'create' }>;
type Change = Exclude<TaskWrite, { kind: 'create' }>;

/** The host's maximum. After a lost answer as many tasks are looked up, which costs it less than five times the requests. */
export const TASKS_PER_REQUEST = ROWS_PER_PAGE;
const PATH = '/api/v4/tasks';

/**
 * Creations are never repeated blindly: the host knows no idempotency, and a request's `request_id` only tells its rows
 * apart. Changes look at the task first, so that a repetition changes nothing and nobody's result is written over. One
 * outcome per write, in order.
 */
export async function writeTasks(
  client: ApiClient,
  writes: readonly TaskWrite[],
  beforeSend: BeforeSend,
): Promise<readonly TaskWriteOutcome[]> {
  const outcomes = new Map<TaskWrite, TaskWriteOutcome>();
  const creations = writes.filter((write): write is Creation => write.kind === 'create');
  const changes = writes.filter((write): write is Change => write.kind !== 'create');
  for (const chunk of chunksOf(creations, TASKS_PER_REQUEST))
    await create(client, chunk, beforeSend, outcomes);
  for (const chunk of roundsOf(changes)) await change(client, chunk, beforeSend, outcomes);
  return writes.map((write) => outcomes.get(write) ?? { kind: 'unknown' });
}

async function create(
  client: ApiClient,
  creations: readonly Creation[],
  beforeSend: BeforeSend,
  outcomes: Map<TaskWrite, TaskWriteOutcome>,
): Promise<void> {
  const bodies = new Map<Creation, JsonObject>();
  for (const write of creations) {
    const body = newTask(write.task, write.key);
    if (typeof body === 'string') outcomes.set(write, malformed(body));
    else bodies.set(write, body);
  }
  await send(client, 'POST', bodies, beforeSend, outcomes);
}

async function change(
  client: ApiClient,
  changes: readonly Change[],
  beforeSend: BeforeSend,
  outcomes: Map<TaskWrite, TaskWriteOutcome>,
): Promise<void> {
  const present = await presentTasks(client, changes);
  if (present instanceof CallFault) {
    for (const write of changes) outcomes.set(write, { kind: 'refused', failure: present.failure });
    return;
  }
  const bodies = new Map<Change, JsonObject>();
  for (const write of changes) {
    const row = present.get(write.taskId);
    if (!row) {
      outcomes.set(write, { kind: 'refused', failure: { kind: 'gone' } });
    } else if (isDone(write, row)) {
      outcomes.set(write, { kind: 'ok', taskId: write.taskId, modifiedAt: instantOf(row['updated_at']) });
    } else {
      const fields = changedFields(write, row);
      if (typeof fields === 'string') outcomes.set(write, malformed(fields));
      else bodies.set(write, { id: Number(write.taskId), ...fields });
    }
  }
  await send(client, 'PATCH', bodies, beforeSend, outcomes);
}

async function presentTasks(
  client: ApiClient,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, JsonObject> | CallFault> {
  try {
    const ids = changes.map(({ taskId }) => taskId);
    const rows = await readTaskRows(client, ids, 'high');
    return new Map(rows.map((row) => [String(row['id']), row]));
  } catch (error) {
    if (error instanceof CallFault) return error;
    throw error;
  }
}

/**
 * Sends what is left until the host takes it: one bad element fails the whole request with nothing written, so the
 * ones that it names are put aside and the rest goes again.
 */
async function send<Write extends TaskWrite>(
  client: ApiClient,
  method: 'POST' | 'PATCH',
  bodies: Map<Write, JsonObject>,
  beforeSend: BeforeSend,
  outcomes: Map<TaskWrite, TaskWriteOutcome>,
): Promise<void> {
  for (let left = [...bodies]; left.length > 0;) {
    const sent = await sendOnce(client, method, left, beforeSend);
    for (const [write, outcome] of sent.settled) outcomes.set(write, outcome);
    left = left.filter(([write]) => !sent.settled.has(write));
    if (sent.settled.size === 0) {
      // The host does not say which one is bad: each goes alone.
      for (const one of left) {
        const alone = await sendOnce(client, method, [one], beforeSend);
        outcomes.set(one[0], alone.settled.get(one[0]) ?? alone.otherwise);
      }
      return;
    }
  }
}

interface Sent<Write> {
  readonly settled: ReadonlyMap<Write, TaskWriteOutcome>;
  /** For a write that goes alone and still is not named. */
  readonly otherwise: TaskWriteOutcome;
}

async function sendOnce<Write extends TaskWrite>(
  client: ApiClient,
  method: 'POST' | 'PATCH',
  left: readonly (readonly [Write, JsonObject])[],
  beforeSend: BeforeSend,
): Promise<Sent<Write>> {
  const body = left.map(([, fields], index) => ({ ...fields, request_id: String(index) }));
  try {
    const manner = { lane: 'high', repeatable: method === 'PATCH', beforeSend } as const;
    const answer = await client.call({ method, path: PATH, body }, manner);
    return { settled: outcomesOf(answer, left), otherwise: { kind: 'unknown' } };
  } catch (error) {
    if (!(error instanceof CallFault)) throw error;
    if (error instanceof ValidationFault) {
      return { settled: offendersOf(error, left), otherwise: malformed(refusalOf(error)) };
    }
    const outcome: TaskWriteOutcome =
      error.executed && method === 'POST' ? { kind: 'unknown' } : { kind: 'refused', failure: error.failure };
    return { settled: new Map(left.map(([write]) => [write, outcome])), otherwise: outcome };
  }
}

function outcomesOf<Write extends TaskWrite>(
  answer: unknown,
  left: readonly (readonly [Write, JsonObject])[],
): ReadonlyMap<Write, TaskWriteOutcome> {
  const rows = embeddedRows(answer, 'tasks') ?? rowsOf(answer);
  const byRequest = new Map(rows.map((row) => [textOf(row['request_id']), row]));
  const outcome = (write: Write, index: number): TaskWriteOutcome => {
    const row = byRequest.get(String(index)) ?? rowOfTask(write, rows);
    const taskId = row && idOf(row['id']);
    // A row that is missing from a good answer: nobody knows what became of it.
    return row && taskId
      ? { kind: 'ok', taskId, modifiedAt: instantOf(row['updated_at']) }
      : { kind: 'unknown' };
  };
  return new Map(left.map(([write], index) => [write, outcome(write, index)]));
}

function rowOfTask(write: TaskWrite, rows: readonly JsonObject[]): JsonObject | undefined {
  return write.kind === 'create' ? undefined : rows.find((row) => idOf(row['id']) === write.taskId);
}

function offendersOf<Write extends TaskWrite>(
  fault: ValidationFault,
  left: readonly (readonly [Write, JsonObject])[],
): ReadonlyMap<Write, TaskWriteOutcome> {
  const named = left.flatMap(([write], index) => {
    const where = fault.offenders.get(String(index));
    return where === undefined ? [] : [[write, malformed(where)] as const];
  });
  return new Map(named);
}

function refusalOf(fault: CallFault): string {
  return fault.failure.kind === 'malformed' ? fault.failure.where : 'refused';
}

function malformed(where: string): TaskWriteOutcome {
  return { kind: 'refused', failure: { kind: 'malformed', where } };
}

/** Two changes of one task go in requests of their own, in their order. */
function roundsOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const rounds: Change[][] = [];
  let current: Change[] = [];
  let seen = new Set<string>();
  for (const write of changes) {
    if (seen.has(write.taskId) || current.length === TASKS_PER_REQUEST) {
      rounds.push(current);
      current = [];
      seen = new Set();
    }
    current.push(write);
    seen.add(write.taskId);
  }
  return current.length === 0 ? rounds : [...rounds, current];
}

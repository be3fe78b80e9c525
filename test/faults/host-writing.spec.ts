import { afterEach, describe, expect, it } from '@jest/globals';
import type { TaskWrite, TaskWriteOutcome } from '../../src/contract/client.js';
import type { FaultDraft } from '../../src/sandbox/bitrix24/server/faults.js';
import { type Bitrix24World, IMPATIENT, startBitrix24World } from '../support/bitrix24-world.js';

const TASKS = 500;

/** Only where a fault is to be sat out: on a busy machine an honest answer may take longer. */
const SHORT_MS = 700;

function isSlow({ kind }: FaultDraft): boolean {
  return kind === 'hang' || kind === 'slow';
}

let world: Bitrix24World | null = null;

afterEach(async () => {
  await world?.close();
  world = null;
});

async function start(requestTimeoutMs = 20_000): Promise<Bitrix24World> {
  world = await startBitrix24World({ patience: { ...IMPATIENT, requestTimeoutMs } });
  return world;
}

type Creation = Extract<TaskWrite, { kind: 'create' }>;

function creations({ people }: Bitrix24World, count = TASKS): readonly Creation[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: 'create',
    key: `key-${index}`,
    task: {
      dealId: `D_${(index % 3) + 1}`,
      title: `Шаг ${index}`,
      description: '',
      ownerId: people[index % 2] ?? people[0],
      dueAt: null,
      durationMinutes: null,
    },
  }));
}

/** What the outbox does, in short: writes, looks up what is uncertain, writes what is surely missing. */
async function writeAll(
  { client }: Bitrix24World,
  writes: readonly Creation[],
): Promise<readonly TaskWriteOutcome[]> {
  let open = writes;
  let first: readonly TaskWriteOutcome[] | null = null;
  for (let round = 0; round < 10 && open.length > 0; round += 1) {
    const outcomes = await client.writeTasks(open);
    first ??= outcomes;
    const unsure = open.filter((_, index) => outcomes[index]?.kind !== 'ok');
    const lookups = unsure.map(({ key, task }) => ({ key, dealId: task.dealId, since: 0 }));
    const found = await client.findTasks(lookups);
    open = unsure.filter(({ key }) => !found.has(key));
  }
  return first ?? [];
}

function keysIn({ portal }: Bitrix24World): readonly (string | null)[] {
  return [...portal.store.tasks].map(({ xmlId }) => xmlId).toSorted();
}

describe('test/faults/host-writing', () => {
  it.each<[string, FaultDraft]>([
    ['row 5, an answer that is lost after the work was done', { kind: 'answer-lost' }],
    ['row 12, an HTML page with 502', { kind: 'http502-html' }],
    ['row 13, five 500s in a row', { kind: 'http500', times: 5 }],
    ['row 14, twenty refusals by the bucket', { kind: 'query-limit', times: 20 }],
    ['row 16, an HTML page with 200', { kind: 'html-200' }],
    ['row 17, garbage', { kind: 'garbage' }],
    ['row 18, a body that breaks off', { kind: 'truncated' }],
    ['row 19, a null result', { kind: 'result-null' }],
    ['row 21, no answer at all', { kind: 'hang' }],
    ['row 22, one byte a second', { kind: 'slow' }],
    ['row 29, an expired token', { kind: 'expired-token' }],
    ['row 46, three commands of a batch that fail', { kind: 'inner-error', times: 3 }],
  ])('makes each of 500 tasks exactly once in spite of %s', async (_row, fault) => {
    const running = await start(isSlow(fault) ? SHORT_MS : undefined);
    const writes = creations(running);
    const inner = fault.kind === 'inner-error';
    const method = inner ? 'tasks.task.add' : 'batch';
    const injected = running.portal.faults.add({ ...fault, method, after: inner ? 77 : 2 });
    await writeAll(running, writes);
    expect(injected.fired).toBe(fault.times ?? 1);
    expect(keysIn(running)).toEqual(writes.map(({ key }) => key).toSorted());
  });

  it('repeats exactly the three commands that the host refused (row 46)', async () => {
    const running = await start();
    const refusal = { kind: 'inner-error', code: 'ERROR_CORE', times: 3, after: 10 } as const;
    running.portal.faults.add({ ...refusal, method: 'tasks.task.add' });
    const outcomes = await running.client.writeTasks(creations(running, 50));
    const refused = outcomes.flatMap(({ kind }, index) => (kind === 'refused' ? [index] : []));
    expect(refused).toEqual([10, 11, 12]);
    expect(outcomes.filter(({ kind }) => kind === 'ok')).toHaveLength(47);
    expect(running.portal.log.calls.get('tasks.task.add')).toBe(50);
  });

  it('makes one task exactly once when REST 3.0 loses the answer', async () => {
    const running = await start();
    const [write] = creations(running, 1);
    running.portal.faults.add({ kind: 'answer-lost', method: 'tasks.task.add' });
    const [outcome] = await running.client.writeTasks(write ? [write] : []);
    expect(outcome?.kind).toBe('unknown');
    // Even without the look-up: the key makes the repetition an answer from memory.
    const [again] = await running.client.writeTasks(write ? [write] : []);
    expect(again?.kind).toBe('ok');
    expect(keysIn(running)).toEqual(['key-0']);
  });

  it('refuses every write of a chunk, and does none, when the portal is closed to us', async () => {
    const running = await start();
    running.portal.faults.add({ kind: 'access-denied', times: 100 });
    const outcomes = await running.client.writeTasks(creations(running, 60));
    expect(new Set(outcomes.map((each) => each.kind === 'refused' && each.failure.kind))).toEqual(
      new Set(['forbidden']),
    );
    expect(keysIn(running)).toEqual([]);
  });
});

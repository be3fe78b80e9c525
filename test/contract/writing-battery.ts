import { expect, it } from '@jest/globals';
import type { TaskDraft, TaskWrite, TaskWriteOutcome } from '../../src/contract/client.js';
import type { BatteryWorld } from './battery-world.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const dueAt = Math.floor(Date.now() / 1000) * 1000 + DAY_MS;

export function writingBattery(world: () => BatteryWorld): void {
  async function draft(changes: Partial<TaskDraft> = {}): Promise<TaskDraft> {
    const [dealId = ''] = await world().addDeals(1);
    const [ownerId] = world().people;
    const text = 'Позвонить [url=https://example.com]сюда[/url] & спросить <b>"когда"</b>';
    return {
      dealId,
      title: text,
      description: `${text}\nвторая строка`,
      ownerId,
      dueAt,
      durationMinutes: 30,
      ...changes,
    };
  }

  function creation(key: string, task: TaskDraft): TaskWrite {
    return { kind: 'create', key, task };
  }

  async function createOne(key: string, changes: Partial<TaskDraft> = {}): Promise<string> {
    const [outcome] = await world().client.writeTasks([creation(key, await draft(changes))]);
    return idOf(outcome);
  }

  async function stateOf(taskId: string): Promise<string | undefined> {
    const [task] = await world().client.readTasks([taskId], 'high');
    return task?.state;
  }

  it('creates tasks with owner, deadline and deal, one outcome each in the same order', async () => {
    const task = await draft();
    const keys = Array.from({ length: 120 }, (_, index) => `key-${index}`);
    const outcomes = await world().client.writeTasks(keys.map((key) => creation(key, task)));
    const tasks = await world().client.readTasks(outcomes.map(idOf), 'high');
    const byId = new Map(tasks.map((each) => [each.id, each]));
    expect(outcomes.map((outcome) => byId.get(idOf(outcome))?.ourKey)).toEqual(keys);
    const { dealId, ownerId, title } = task;
    expect(byId.get(idOf(outcomes[0]))).toMatchObject({ dealId, ownerId, title, dueAt, state: 'open' });
  });

  it('creates a single task as well', async () => {
    const taskId = await createOne('single');
    expect(await stateOf(taskId)).toBe('open');
    expect(await world().tasksWithKey('single')).toBe(1);
  });

  it('creates a task without a deadline', async () => {
    const taskId = await createOne('free', { dueAt: null, durationMinutes: null });
    const [task] = await world().client.readTasks([taskId], 'high');
    expect(task?.dueAt).toBeNull();
  });

  it('changes title, owner and deadline, and leaves the rest alone', async () => {
    const taskId = await createOne('change');
    const [, ownerId] = world().people;
    const changes = { title: 'Другое', ownerId, dueAt: dueAt + DAY_MS };
    const [outcome] = await world().client.writeTasks([{ kind: 'update', taskId, changes }]);
    expect(outcome?.kind).toBe('ok');
    const [task] = await world().client.readTasks([taskId], 'high');
    expect(task).toMatchObject({ ...changes, ourKey: 'change', state: 'open' });
  });

  it('completes, reopens and cancels, and a repetition changes nothing', async () => {
    const taskId = await createOne('life');
    for (const [write, state] of [
      [{ kind: 'complete', taskId, comment: 'сделано' }, 'completed'],
      [{ kind: 'reopen', taskId }, 'open'],
      [{ kind: 'cancel', taskId, comment: 'снято планом' }, 'completed'],
    ] as const) {
      for (let repetition = 0; repetition < 2; repetition += 1) {
        const [outcome] = await world().client.writeTasks([write]);
        expect(outcome?.kind).toBe('ok');
        expect(await stateOf(taskId)).toBe(state);
      }
    }
  });

  it('says that a task is gone which somebody deleted', async () => {
    const taskId = await createOne('gone');
    await world().deleteTask(taskId);
    const [outcome] = await world().client.writeTasks([{ kind: 'complete', taskId }]);
    expect(outcome).toEqual({ kind: 'refused', failure: { kind: 'gone' } });
    expect(await world().client.readTasks([taskId], 'high')).toEqual([]);
  });

  it('knows nothing after a lost answer, and finds each of its tasks exactly once', async () => {
    const task = await draft();
    const keys = ['lost-1', 'lost-2', 'lost-3'];
    world().fail('answerLost');
    const outcomes = await world().client.writeTasks(keys.map((key) => creation(key, task)));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
    const lookups = [...keys, 'never'].map((key) => ({ key, dealId: task.dealId, since: Date.now() }));
    const found = await world().client.findTasks(lookups);
    expect([...found.keys()].toSorted()).toEqual(keys);
    for (const key of keys) expect(await world().tasksWithKey(key)).toBe(1);
  });

  it('finds a task although an odd empty answer comes first', async () => {
    const task = await draft();
    await world().client.writeTasks([creation('seek', task)]);
    world().fail('emptyPage');
    const found = await world().client.findTasks([{ key: 'seek', dealId: task.dealId, since: Date.now() }]);
    expect([...found.keys()]).toEqual(['seek']);
  });

  it('announces a request before it sends it, and sends nothing when that is refused', async () => {
    const write = creation('fenced', await draft());
    const refusal = world().client.writeTasks([write], () => Promise.reject(new Error('not ours any more')));
    await expect(refusal).rejects.toThrow('not ours any more');
    expect(await world().tasksWithKey('fenced')).toBe(0);
    let announced = 0;
    await world().client.writeTasks([write], () => {
      announced += 1;
      return Promise.resolve();
    });
    expect(announced).toBeGreaterThan(0);
  });
}

function idOf(outcome: TaskWriteOutcome | undefined): string {
  if (outcome?.kind !== 'ok') throw new Error(`not written: ${JSON.stringify(outcome)}`);
  return outcome.taskId;
}

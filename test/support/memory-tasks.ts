import type { TaskLookup, TaskWrite, TaskWriteOutcome } from '../../src/contract/client.js';
import type { HostTask } from '../../src/domain/crm/records.js';

interface StoredTask extends HostTask {
  readonly description: string;
  readonly durationMinutes: number | null;
  readonly createdAt: number;
  readonly comments: readonly string[];
}

/** Tasks of the toy host: creates without any idempotency, as real hosts do. */
export class MemoryTasks {
  readonly executed: TaskWrite[] = [];
  private readonly stored = new Map<string, StoredTask>();
  private lastId = 0;

  constructor(private readonly now: () => number) {}

  list(): readonly StoredTask[] {
    return [...this.stored.values()];
  }

  get(id: string): StoredTask {
    const task = this.stored.get(id);
    if (!task) throw new Error(`the toy host has no task ${id}`);
    return task;
  }

  withKey(key: string): readonly StoredTask[] {
    return this.list().filter((task) => task.ourKey === key);
  }

  /** A person changes a task by hand. */
  edit(id: string, changes: Partial<StoredTask>): void {
    this.stored.set(id, { ...this.get(id), ...changes, modifiedAt: this.now() });
  }

  completeByHand(id: string, by: string): void {
    this.edit(id, { state: 'completed', completedAt: this.now(), completedBy: by });
  }

  delete(id: string): void {
    this.stored.delete(id);
  }

  find(lookups: readonly TaskLookup[]): ReadonlyMap<string, HostTask> {
    const found = new Map<string, HostTask>();
    for (const { key, dealId, since } of lookups) {
      const task = this.withKey(key).find((one) => one.dealId === dealId && one.createdAt >= since);
      if (task) found.set(key, task);
    }
    return found;
  }

  carryOut(write: TaskWrite): TaskWriteOutcome {
    this.executed.push(write);
    if (write.kind === 'create') return this.create(write);
    const task = this.stored.get(write.taskId);
    if (!task) return { kind: 'refused', failure: { kind: 'gone' } };
    switch (write.kind) {
      case 'update':
        this.edit(task.id, write.changes);
        break;
      case 'reopen':
        this.edit(task.id, { state: 'open', completedAt: null, completedBy: null });
        break;
      case 'complete':
      case 'cancel':
        if (task.state === 'completed')
          return { kind: 'refused', failure: { kind: 'malformed', where: 'state' } };
        this.edit(task.id, {
          state: 'completed',
          completedAt: this.now(),
          completedBy: 'app',
          comments: write.comment ? [...task.comments, write.comment] : task.comments,
        });
    }
    return { kind: 'ok', taskId: task.id, modifiedAt: this.now() };
  }

  private create(write: Extract<TaskWrite, { kind: 'create' }>): TaskWriteOutcome {
    const id = String(++this.lastId);
    this.stored.set(id, {
      ...write.task,
      id,
      state: 'open',
      completedAt: null,
      completedBy: null,
      modifiedAt: this.now(),
      createdAt: this.now(),
      ourKey: write.key,
      comments: [],
    });
    return { kind: 'ok', taskId: id, modifiedAt: this.now() };
  }
}

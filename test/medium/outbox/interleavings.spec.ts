import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { HostTask } from '../../../src/domain/crm/records.js';
import type { Database } from '../../../src/infra/db/database.js';
import type { AppliedTask, DesiredTask, OutboxState } from '../../../src/outbox/task.types.js';
import { describeOnEveryDatabase } from '../../support/database.js';
import { MemoryHost, type WriteAccident } from '../../support/memory-host.js';
import { ACCOUNT, keyOf, OutboxWorld, wish } from '../../support/outbox-world.js';

const STEPS = ['a', 'b', 'c'] as const;
const DAY_MS = 86_400_000;
const MONDAY = Date.UTC(2026, 10, 23, 9);

type Step = (typeof STEPS)[number];
type Action =
  | { readonly kind: 'want'; readonly step: Step; readonly desired: Partial<DesiredTask> }
  | { readonly kind: 'round'; readonly accident: WriteAccident | null }
  | { readonly kind: 'mirrorReads' }
  | { readonly kind: 'mirrorReadsLate'; readonly ago: number }
  | {
      readonly kind: 'byHand';
      readonly step: Step;
      readonly edit: 'complete' | 'reopen' | 'due' | 'owner' | 'delete';
    };

const step = fc.constantFrom(...STEPS);
const accident = fc.option(
  fc.constantFrom<WriteAccident>(
    { kind: 'answerLost' },
    { kind: 'requestLost' },
    { kind: 'killed', carriedOut: true },
    { kind: 'killed', carriedOut: false },
    { kind: 'killedBefore' },
    { kind: 'refused', each: 2, failure: { kind: 'unavailable', detail: '502' } },
    { kind: 'thrown', failure: { kind: 'unavailable', detail: 'reset' }, sent: true },
    { kind: 'thrown', failure: { kind: 'throttled', retryAt: 0 }, sent: false },
  ),
  { nil: null },
);
const desired = fc.record({
  state: fc.constantFrom('open', 'open', 'open', 'completed', 'cancelled'),
  dueAt: fc.integer({ min: 0, max: 3 }).map((days) => MONDAY + days * DAY_MS),
  ownerId: fc.constantFrom('7', '8'),
}) as fc.Arbitrary<Partial<DesiredTask>>;
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('want'), step, desired }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('round'), accident }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mirrorReads') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mirrorReadsLate'), ago: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('byHand'),
      step,
      edit: fc.constantFrom('complete', 'reopen', 'due', 'owner', 'delete'),
    }),
  },
);

interface Row {
  readonly key: string;
  readonly state: OutboxState;
  readonly desired: DesiredTask;
  readonly applied: AppliedTask | null;
}

/** One run of the world: a logical second passes with every action, as hosts keep whole seconds. */
class Run {
  readonly world: OutboxWorld;
  private readonly snapshots: ReturnType<MemoryHost['tasks']['list']>[] = [];
  private readonly deleted = new Set<string>();
  private second = 0;

  constructor(database: Database) {
    const base = Date.now() - DAY_MS;
    this.world = new OutboxWorld(database, new MemoryHost(() => base + this.second * 1000));
  }

  async act(one: Action): Promise<void> {
    this.second++;
    this.snapshots.push(this.world.host.tasks.list());
    switch (one.kind) {
      case 'want':
        return this.world.want(wish(one.step, one.desired));
      case 'round':
        return this.round(one.accident);
      case 'mirrorReads':
        return this.mirrorReads();
      case 'mirrorReadsLate':
        await this.world.observe(this.snapshots.at(-1 - one.ago) ?? []);
        return;
      case 'byHand':
        return this.byHand(one.step, one.edit);
    }
  }

  /** Everything that is broken is repaired, and all of it has time to come through. */
  async settle(): Promise<void> {
    this.world.host.calm();
    for (let turn = 0; turn < 6; turn++) {
      this.second++;
      await this.mirrorReads();
      await this.world.leasesEnd();
      await this.world.wait();
      await this.world.deliver();
    }
  }

  rows(): Promise<Row[]> {
    return this.world.database.query<Row>('SELECT key, state, desired, applied FROM outbox_task');
  }

  private async round(met: WriteAccident | null): Promise<void> {
    const { host } = this.world;
    host.calm();
    if (met) host.meets(met);
    await this.world.leasesEnd();
    await this.world.wait();
    const before = host.deaths;
    let returned = false;
    const round = this.world.courier({ leaseMs: 600_000 }).round(ACCOUNT);
    void round.finally(() => (returned = true));
    // A killed process never comes back: what it left in the database is all there is.
    while (!returned && host.deaths === before) await new Promise((done) => setTimeout(done, 1));
    if (returned) await round;
  }

  private async known(taskId: string): Promise<boolean> {
    const rows = await this.world.database.query('SELECT 1 FROM outbox_task WHERE host_task_id = $1', [
      taskId,
    ]);
    return rows.length > 0;
  }

  private async mirrorReads(): Promise<void> {
    await this.world.observe(this.world.host.tasks.list(), [...this.deleted]);
  }

  private async byHand(name: Step, edit: Extract<Action, { kind: 'byHand' }>['edit']): Promise<void> {
    const { tasks } = this.world.host;
    const [task] = tasks.withKey(keyOf(name));
    if (!task) return;
    if (edit === 'complete') tasks.completeByHand(task.id, '7');
    if (edit === 'reopen') tasks.edit(task.id, { state: 'open', completedAt: null, completedBy: null });
    if (edit === 'due') tasks.edit(task.id, { dueAt: (task.dueAt ?? MONDAY) + 7 * DAY_MS });
    if (edit === 'owner') tasks.edit(task.id, { ownerId: '99' });
    // A task that was deleted before anybody learnt of its creation cannot be told from one that never was.
    if (edit !== 'delete' || !(await this.known(task.id))) return;
    tasks.delete(task.id);
    this.deleted.add(task.id);
  }
}

describeOnEveryDatabase('test/medium/outbox/interleavings.spec.ts', (open: () => Promise<Database>) => {
  it('ends with exactly one task per wish, as wanted or as a person made it, whatever happens on the way', async () => {
    const database = await open();
    try {
      await new OutboxWorld(database).account();
      await fc.assert(
        fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
          await database.query('DELETE FROM outbox_task');
          const run = new Run(database);
          for (const one of actions) await run.act(one);
          await run.settle();
          await expectInOrder(run);
        }),
        { numRuns: Number(process.env['FC_RUNS'] ?? 60) },
      );
    } finally {
      await database.close();
    }
  }, 120_000);
});

async function expectInOrder(run: Run): Promise<void> {
  const { host } = run.world;
  const created = host.tasks.executed.filter((write) => write.kind === 'create').map((write) => write.key);
  expect(new Set(created).size).toBe(created.length);
  for (const row of await run.rows()) {
    expect(['created', 'withdrawn', 'gone']).toContain(row.state);
    const [task, ...others] = host.tasks.withKey(row.key);
    expect(others).toHaveLength(0);
    if (row.state === 'withdrawn') expect(row.desired.state).not.toBe('open');
    if (row.state !== 'created') {
      expect(task).toBeUndefined();
      continue;
    }
    expectAsWanted(row, task);
  }
  expect(await run.world.observe()).toStrictEqual([]);
}

function expectAsWanted(row: Row, task: HostTask | undefined): void {
  const { ownerId, dueAt } = row.desired;
  const byHand = row.applied?.byHand ?? [];
  const open = task?.state === 'open';
  expect(row.applied?.content).toMatchObject({ ownerId: task?.ownerId, dueAt: task?.dueAt });
  if (!byHand.includes('state')) expect(open).toBe(row.desired.state === 'open');
  if (open && !byHand.includes('dueAt')) expect(task?.dueAt).toBe(dueAt);
  if (open && !byHand.includes('ownerId')) expect(task?.ownerId).toBe(ownerId);
}

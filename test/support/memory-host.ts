import type { ActionLookup, ActionOutcome, DealAction, HostAction } from '../../src/contract/actions.js';
import { HostError, type HostFailure } from '../../src/contract/failure.js';
import type {
  AccountCapabilities,
  EmbedReport,
  EntityChange,
  HostClient,
  TaskLookup,
  TaskWrite,
  TaskWriteOutcome,
} from '../../src/contract/client.js';
import type {
  Cursor,
  StreamName,
  StreamPage,
  StreamRecords,
  StreamRequest,
} from '../../src/contract/streams.js';
import type { Deal, DealField, HostTask } from '../../src/domain/crm/records.js';
import { MemoryActions } from './memory-actions.js';
import { MemoryTasks } from './memory-tasks.js';

/** What happens to one call of `writeTasks` or `act`, in the order of scripting; nothing scripted: it goes well. */
export type WriteAccident =
  /** Carried out, and no answer comes. */
  | { readonly kind: 'answerLost' }
  /** Never arrived, and no answer comes. */
  | { readonly kind: 'requestLost' }
  /** The process ends right after the request went out, carried out or not: the call never returns. */
  | { readonly kind: 'killed'; readonly carriedOut: boolean }
  /** The process ends before the request goes out. */
  | { readonly kind: 'killedBefore' }
  /** The host refuses every `each`-th write. */
  | { readonly kind: 'refused'; readonly each: number; readonly failure: HostFailure }
  | { readonly kind: 'thrown'; readonly failure: HostFailure; readonly sent: boolean };

type Method =
  'read' | 'readDeals' | 'readTasks' | 'readDealIds' | 'findTasks' | 'writeTasks' | 'findActions' | 'act';

type Failed = { readonly kind: 'refused'; readonly failure: HostFailure } | { readonly kind: 'unknown' };

/** The port's toy: a host of arrays, with failures to order. Speaks no HTTP. */
export class MemoryHost implements HostClient {
  readonly streams: ReadonlySet<StreamName> = new Set([
    'pipelines',
    'users',
    'departments',
    'products',
    'deals',
    'stageHistory',
    'tasks',
  ]);
  readonly capabilities: AccountCapabilities = {
    offlineQueue: false,
    robots: true,
    idempotentTaskWrites: false,
    departments: true,
    stageHistory: true,
  };
  readonly records: { [Name in Exclude<StreamName, 'tasks' | 'deals'>]: StreamRecords[Name][] } & {
    deals: Deal[];
  } = {
    pipelines: [],
    users: [],
    departments: [],
    products: [],
    deals: [],
    stageHistory: [],
    activities: [],
  };
  readonly tasks: MemoryTasks;
  readonly actions: MemoryActions;
  actionKinds: ReadonlySet<DealAction['kind']> = new Set<DealAction['kind']>([
    'comment',
    'moveStage',
    'assign',
    'join',
    'notify',
    'ask',
    'closeAsk',
  ]);
  readonly calls = new Map<Method, number>();
  readonly queue: EntityChange[] = [];
  /** How many calls ended with the death of their process. */
  deaths = 0;
  taskWritesPerRequest = 50;
  pageSize = 50;
  private readonly failures = new Map<Method, HostFailure[]>();
  private readonly accidents: WriteAccident[] = [];

  constructor(private readonly now: () => number = Date.now) {
    this.tasks = new MemoryTasks(now);
    this.actions = new MemoryActions(now, this.records.deals);
  }

  /** The next calls of `method` throw these, one each, before anything happens. */
  fails(method: Method, ...failures: readonly HostFailure[]): void {
    this.failures.set(method, [...(this.failures.get(method) ?? []), ...failures]);
  }

  /** The next calls of `writeTasks` or `act` meet these, one each. */
  meets(...accidents: readonly WriteAccident[]): void {
    this.accidents.push(...accidents);
  }

  /** Drops what was scripted and did not happen. */
  calm(): void {
    this.accidents.length = 0;
    this.failures.clear();
  }

  async *read<Name extends StreamName>(
    stream: Name,
    request: StreamRequest,
  ): AsyncIterable<StreamPage<Name>> {
    let after = request.cursor;
    for (;;) {
      this.called('read');
      const all = this.rowsOf(stream)
        .filter((row) => after === null || compareIds(idOf(row), after) > 0)
        .filter((row) => modifiedOf(row) >= (request.modifiedSince ?? 0))
        .sort((one, other) => compareIds(idOf(one), idOf(other)));
      const rows = all.slice(0, this.pageSize);
      const last = rows.at(-1);
      after = last ? idOf(last) : (after ?? '');
      const done = all.length <= this.pageSize;
      yield { rows, cursor: after, done };
      if (done) return;
    }
  }

  async readDeals(ids: readonly string[]): Promise<readonly Deal[]> {
    this.called('readDeals');
    return this.records.deals.filter((deal) => ids.includes(deal.id));
  }

  async dealFields(): Promise<readonly DealField[]> {
    return [];
  }

  async readTasks(ids: readonly string[]): Promise<readonly HostTask[]> {
    this.called('readTasks');
    return this.tasks.list().filter((task) => ids.includes(task.id));
  }

  async *readDealIds(
    cursor: Cursor | null,
  ): AsyncIterable<{ ids: readonly string[]; cursor: Cursor; done: boolean }> {
    let after = cursor;
    for (;;) {
      this.called('readDealIds');
      const all = this.records.deals
        .map((deal) => deal.id)
        .filter((id) => after === null || compareIds(id, after) > 0)
        .sort(compareIds);
      const ids = all.slice(0, this.pageSize);
      after = ids.at(-1) ?? after ?? '';
      const done = all.length <= this.pageSize;
      yield { ids, cursor: after, done };
      if (done) return;
    }
  }

  async writeTasks(
    writes: readonly TaskWrite[],
    beforeSend: () => Promise<void> = async () => undefined,
  ): Promise<readonly TaskWriteOutcome[]> {
    this.called('writeTasks');
    const accident = this.accidents.shift();
    if (accident?.kind === 'killedBefore') return this.dead();
    if (accident?.kind === 'thrown' && !accident.sent) throw new HostError(accident.failure, 'writeTasks');
    await beforeSend();
    const carryOut = (write: TaskWrite): TaskWriteOutcome => this.tasks.carryOut(write);
    return accident ? this.happen(accident, writes, carryOut) : writes.map(carryOut);
  }

  async findTasks(lookups: readonly TaskLookup[]): Promise<ReadonlyMap<string, HostTask>> {
    this.called('findTasks');
    return this.tasks.find(lookups);
  }

  async act(
    actions: readonly HostAction[],
    beforeSend: () => Promise<void> = async () => undefined,
  ): Promise<readonly ActionOutcome[]> {
    this.called('act');
    const accident = this.accidents.shift();
    if (accident?.kind === 'killedBefore') return this.dead();
    if (accident?.kind === 'thrown' && !accident.sent) throw new HostError(accident.failure, 'act');
    await beforeSend();
    const carryOut = (one: HostAction): ActionOutcome => this.actions.carryOut(one);
    return accident ? this.happen(accident, actions, carryOut) : actions.map(carryOut);
  }

  async findActions(lookups: readonly ActionLookup[]): Promise<ReadonlyMap<string, string>> {
    this.called('findActions');
    return this.actions.find(lookups);
  }

  async embed(): Promise<EmbedReport> {
    return { added: [], kept: [], unavailable: [] };
  }

  async unembed(): Promise<void> {
    return undefined;
  }

  async *drainQueue(): AsyncIterable<{
    readonly changes: readonly EntityChange[];
    confirm(): Promise<void>;
  }> {
    while (this.queue.length > 0) {
      const changes = this.queue.slice(0, this.pageSize);
      yield { changes, confirm: async () => void this.queue.splice(0, changes.length) };
    }
  }

  async serverTime(): Promise<number> {
    return this.now();
  }

  private happen<Wish, Outcome>(
    accident: WriteAccident,
    wishes: readonly Wish[],
    carryOut: (wish: Wish) => Outcome,
  ): readonly (Outcome | Failed)[] | Promise<never> {
    const arrived = accident.kind !== 'requestLost' && !(accident.kind === 'killed' && !accident.carriedOut);
    if (accident.kind === 'refused') {
      const { each, failure } = accident;
      return wishes.map((wish, index) =>
        index % each === 0 ? { kind: 'refused', failure } : carryOut(wish),
      );
    }
    if (arrived) for (const wish of wishes) carryOut(wish);
    if (accident.kind === 'killed') return this.dead();
    if (accident.kind === 'thrown') throw new HostError(accident.failure, 'sent');
    return wishes.map(() => ({ kind: 'unknown' }));
  }

  /** The caller's process is over: it never learns anything more. */
  private dead(): Promise<never> {
    this.deaths++;
    return new Promise(() => undefined);
  }

  private rowsOf<Name extends StreamName>(stream: Name): readonly StreamRecords[Name][] {
    const all: { readonly [Each in StreamName]: readonly StreamRecords[Each][] } = {
      ...this.records,
      tasks: this.tasks.list(),
    };
    return all[stream];
  }

  private called(method: Method): void {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    const failure = this.failures.get(method)?.shift();
    if (failure) throw new HostError(failure, method);
  }
}

function idOf(row: StreamRecords[StreamName]): string {
  if ('pipeline' in row) return row.pipeline.id;
  if ('id' in row) return row.id;
  return ('hostId' in row ? row.hostId : null) ?? `${row.dealId}-${row.at}`;
}

function modifiedOf(row: StreamRecords[StreamName]): number {
  return 'modifiedAt' in row ? row.modifiedAt : Number.POSITIVE_INFINITY;
}

/** Numbers by value, others by text: hosts that number their records sort them so. */
function compareIds(one: string, other: string): number {
  const digits = /\d+$/;
  const numbers = [one, other].map((id) => Number(digits.exec(id)?.[0] ?? Number.NaN));
  const [first = Number.NaN, second = Number.NaN] = numbers;
  if (first !== second && !Number.isNaN(first) && !Number.isNaN(second)) return first - second;
  return one < other ? -1 : one > other ? 1 : 0;
}

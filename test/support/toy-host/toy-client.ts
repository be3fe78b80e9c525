import axios from 'axios';
import pRetry from 'p-retry';
import type {
  AccountCapabilities,
  EmbedAddresses,
  EmbedReport,
  HostClient,
  TaskDraft,
  TaskLookup,
  TaskWrite,
  TaskWriteOutcome,
} from '../../../src/contract/client.js';
import type { ActionLookup, ActionOutcome, DealAction, HostAction } from '../../../src/contract/actions.js';
import { HostError } from '../../../src/contract/failure.js';
import type { HostSession } from '../../../src/contract/host.js';
import type { StreamName, StreamPage, StreamRequest } from '../../../src/contract/streams.js';
import type { Deal, DealField, HostTask } from '../../../src/domain/crm/records.js';
import type { ToyDeal, ToyDone, ToyField, ToyTask } from './toy-crm.js';
import { keyset, TOY_STREAMS, toDeal, toTask } from './toy-streams.js';

/** Calls of the toy CRM: a lost answer to a write is said, not repeated; everything else is tried again. */
export class ToyCalls {
  readonly watched: readonly string[];

  constructor(private readonly session: HostSession) {
    this.watched = session.watchedFields ?? [];
  }

  async call<Result>(operation: string, params: object = {}, repeatable = true): Promise<Result> {
    return pRetry(() => this.#once<Result>(operation, params, repeatable), {
      retries: 4,
      minTimeout: 1,
      shouldRetry: ({ error }) => error instanceof HostError && error.failure.kind === 'unavailable',
    });
  }

  async #once<Result>(operation: string, params: object, repeatable: boolean): Promise<Result> {
    const token = await this.session.accessToken();
    const first = await this.#send(operation, { ...params, token }, repeatable);
    const answer =
      first.status === 401
        ? await this.#send(operation, { ...params, token: await this.session.renewToken(token) }, repeatable)
        : first;
    if (answer.status === 401) throw new HostError({ kind: 'reauthorise', detail: 'toy' });
    if (answer.status !== 200) throw new HostError({ kind: 'unavailable', detail: `HTTP ${answer.status}` });
    return answer.data as Result;
  }

  async #send(
    operation: string,
    body: object,
    repeatable: boolean,
  ): Promise<{ status: number; data: unknown }> {
    try {
      return await axios.post<unknown>(`${this.session.endpoint()}/${operation}`, body, {
        validateStatus: () => true,
        proxy: false,
      });
    } catch {
      throw new HostError({ kind: repeatable ? 'unavailable' : 'unknownOutcome', detail: 'no answer' });
    }
  }
}

interface ToyMade {
  readonly ok?: string;
  readonly refused?: string;
}

export class ToyClient implements HostClient {
  readonly actionKinds: ReadonlySet<DealAction['kind']> = new Set<DealAction['kind']>([
    'comment',
    'moveStage',
    'assign',
    'join',
    'notify',
    'ask',
    'closeAsk',
  ]);
  readonly streams: ReadonlySet<StreamName> = new Set([
    'pipelines',
    'users',
    'deals',
    'stageHistory',
    'tasks',
  ]);
  readonly watchedFields: readonly string[];
  readonly #calls: ToyCalls;

  constructor(
    session: HostSession,
    readonly capabilities: AccountCapabilities,
  ) {
    this.#calls = new ToyCalls(session);
    this.watchedFields = this.#calls.watched;
  }

  read<Name extends StreamName>(stream: Name, request: StreamRequest): AsyncIterable<StreamPage<Name>> {
    const read = TOY_STREAMS[stream];
    if (!read) throw new HostError({ kind: 'forbidden', scope: stream });
    return read(this.#calls, request);
  }

  async readDeals(ids: readonly string[]): Promise<readonly Deal[]> {
    const found = await this.#calls.call<readonly ToyDeal[]>('dealsById', { ids });
    return found.map((deal) => toDeal(deal, this.watchedFields));
  }

  async dealsOfActivities(ids: readonly string[]): Promise<readonly string[]> {
    return this.#calls.call<readonly string[]>('dealsOfWorks', { ids });
  }

  async dealFields(): Promise<readonly DealField[]> {
    const fields = await this.#calls.call<readonly ToyField[]>('fields');
    return fields.map(({ id, name, kind, several, choices }) => ({
      key: id,
      name,
      kind,
      multiple: several,
      choices: choices.map((choice) => ({ id: choice, name: choice })),
    }));
  }

  async readTasks(ids: readonly string[]): Promise<readonly HostTask[]> {
    return (await this.#calls.call<readonly ToyTask[]>('tasksById', { ids })).map(toTask);
  }

  async *readDealIds(cursor: string | null) {
    for await (const page of keyset<ToyDeal>(this.#calls, 'deals', { cursor, lane: 'low' })) {
      yield { ids: page.rows.map(({ id }) => id), cursor: page.cursor, done: page.done };
    }
  }

  async writeTasks(
    writes: readonly TaskWrite[],
    beforeSend?: () => Promise<void>,
  ): Promise<readonly TaskWriteOutcome[]> {
    await beforeSend?.();
    try {
      const body = { writes: writes.map(toWrite) };
      const made = await this.#calls.call<readonly { ok?: string; modified?: number }[]>(
        'write',
        body,
        false,
      );
      return made.map(({ ok, modified }): TaskWriteOutcome =>
        ok === undefined
          ? { kind: 'refused', failure: { kind: 'gone' } }
          : { kind: 'ok', taskId: ok, modifiedAt: modified ?? null },
      );
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const { failure } = error;
      const lost = failure.kind === 'unknownOutcome';
      return writes.map(() => (lost ? { kind: 'unknown' } : { kind: 'refused', failure }));
    }
  }

  async findTasks(lookups: readonly TaskLookup[]): Promise<ReadonlyMap<string, HostTask>> {
    const keys = lookups.map(({ key }) => key);
    const found = await this.#calls.call<readonly ToyTask[]>('tasksByKey', { keys });
    // A second look before a task counts as missing: an odd empty answer would make another one.
    const again =
      found.length < keys.length ? await this.#calls.call<readonly ToyTask[]>('tasksByKey', { keys }) : [];
    return new Map([...found, ...again].map((task) => [task.key, toTask(task)]));
  }

  async act(
    actions: readonly HostAction[],
    beforeSend?: () => Promise<void>,
  ): Promise<readonly ActionOutcome[]> {
    await beforeSend?.();
    try {
      const made = await this.#calls.call<readonly ToyMade[]>('act', { actions }, false);
      return made.map(({ ok, refused }): ActionOutcome => {
        if (refused === 'gone') return { kind: 'refused', failure: { kind: 'gone' } };
        if (refused) return { kind: 'refused', failure: { kind: 'forbidden', scope: refused } };
        return { kind: 'ok', hostId: ok ?? null };
      });
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      const { failure } = error;
      const lost = failure.kind === 'unknownOutcome';
      return actions.map(() => (lost ? { kind: 'unknown' } : { kind: 'refused', failure }));
    }
  }

  async findActions(lookups: readonly ActionLookup[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (let round = 0; round < 2; round += 1) {
      const keys = lookups.map(({ key }) => key).filter((key) => !found.has(key));
      const rows = await this.#calls.call<readonly ToyDone[]>('actionsByKey', { keys });
      for (const { key, id } of rows) found.set(key, id);
    }
    return found;
  }

  async embed({ hook }: EmbedAddresses): Promise<EmbedReport> {
    const present = await this.#calls.call<readonly string[]>('hooks');
    if (present.includes(hook)) return { added: [], kept: ['hook'], unavailable: [] };
    await this.#calls.call('hook', { address: hook, on: true });
    return { added: ['hook'], kept: [], unavailable: [] };
  }

  async unembed({ hook }: EmbedAddresses): Promise<void> {
    await this.#calls.call('hook', { address: hook, on: false });
  }

  async *drainQueue() {
    yield* [];
  }

  async serverTime(): Promise<number> {
    return (await this.#calls.call<{ now: number }>('time')).now;
  }
}

function toWrite(write: TaskWrite): object {
  if (write.kind === 'create') return { kind: 'create', key: write.key, task: fieldsOf(write.task) };
  const id = write.taskId;
  if (write.kind === 'update') return { id, set: fieldsOf(write.changes) };
  return { id, set: { done: write.kind !== 'reopen', ...('comment' in write && { note: write.comment }) } };
}

function fieldsOf({ dealId, title, ownerId, dueAt }: Partial<TaskDraft>): object {
  return {
    ...(dealId !== undefined && { deal: dealId }),
    ...(title !== undefined && { title }),
    ...(ownerId !== undefined && { owner: ownerId }),
    ...(dueAt !== undefined && { due: dueAt }),
  };
}

import type { ActionLookup, ActionOutcome, HostAction } from '../../contract/actions.js';
import type {
  BeforeSend,
  AccountCapabilities,
  EmbedAddresses,
  EmbedReport,
  EntityChange,
  HostClient,
  NamedKind,
  TaskLookup,
  TaskWrite,
  TaskWriteOutcome,
} from '../../contract/client.js';
import { HostError } from '../../contract/failure.js';
import type {
  Cursor,
  HostDeal,
  Lane,
  StreamName,
  StreamPage,
  StreamRequest,
} from '../../contract/streams.js';
import type { DealField, HostTask } from '../../domain/crm/records.js';
import type { Instant } from '../../domain/crm/time.js';
import { AccountMemory } from './account-facts.js';
import { readActivities } from './activity-stream.js';
import { findActions } from './action-finds.js';
import { act, ACTION_KINDS } from './actions.js';
import type { ApiClient } from './client.js';
import { readDealFields } from './deal-fields.js';
import { readDeals } from './deal-reads.js';
import { readDealIds, readDealStream } from './deal-streams.js';
import { embed, unembed } from './embed.js';
import { readHistory } from './history-stream.js';
import { readNames } from './names.js';
import { readProducts } from './products.js';
import { serverTime } from './server-time.js';
import { readDepartments, readPipelines, readUsers } from './structure-streams.js';
import { findTasks, readTasks, readTaskStream } from './task-reads.js';
import { TASKS_PER_REQUEST, writeTasks } from './tasks.js';
import { Tombstones } from './tombstones.js';

type Readers = {
  readonly [Name in StreamName]?: (request: StreamRequest) => AsyncIterable<StreamPage<Name>>;
};

/** One account's connection: what the port asks for, each part done in its own file. */
export class AmocrmConnection implements HostClient {
  readonly streams: ReadonlySet<StreamName>;
  /** The log of events does not tell where a deal began. */
  readonly streamsAfterDeals: ReadonlySet<StreamName> = new Set(['stageHistory']);
  readonly taskWritesPerRequest = TASKS_PER_REQUEST;
  readonly actionKinds = ACTION_KINDS;
  readonly watchedFields: readonly string[];
  readonly #memory: AccountMemory;
  readonly #tombstones: Tombstones;
  readonly #readers: Readers;

  constructor(
    private readonly client: ApiClient,
    readonly capabilities: AccountCapabilities,
  ) {
    this.watchedFields = client.session.watchedFields ?? [];
    this.#memory = new AccountMemory(client);
    this.#tombstones = new Tombstones(client);
    this.#readers = {
      pipelines: (request) => readPipelines(client, request),
      users: (request) => readUsers(client, request),
      departments: (request) => readDepartments(client, this.#memory, request),
      products: (request) => readProducts(client, this.#memory, request),
      deals: (request) => readDealStream(client, this.#memory, request),
      tasks: (request) => readTaskStream(client, request),
      activities: (request) => readActivities(client, request),
      ...(capabilities.stageHistory && { stageHistory: (request) => readHistory(client, request) }),
    };
    this.streams = new Set(Object.keys(this.#readers) as StreamName[]);
  }

  read<Name extends StreamName>(stream: Name, request: StreamRequest): AsyncIterable<StreamPage<Name>> {
    const reader: Readers[Name] = this.#readers[stream];
    if (!reader) throw new HostError({ kind: 'forbidden', scope: stream });
    return reader(request);
  }

  async readDeals(ids: readonly string[], lane: Lane): Promise<readonly HostDeal[]> {
    return readDeals(this.client, this.#memory, ids, lane);
  }

  async readNames(kind: NamedKind, ids: readonly string[], lane: Lane): Promise<ReadonlyMap<string, string>> {
    return readNames(this.client, kind, ids, lane);
  }

  async dealFields(): Promise<readonly DealField[]> {
    return readDealFields(this.client, 'high');
  }

  async readTasks(ids: readonly string[], lane: Lane): Promise<readonly HostTask[]> {
    return readTasks(this.client, ids, lane);
  }

  readDealIds(
    cursor: Cursor | null,
    lane: Lane,
  ): AsyncIterable<{ ids: readonly string[]; cursor: Cursor; done: boolean }> {
    return readDealIds(this.client, cursor, lane);
  }

  async writeTasks(
    writes: readonly TaskWrite[],
    beforeSend?: BeforeSend,
  ): Promise<readonly TaskWriteOutcome[]> {
    return writeTasks(this.client, writes, beforeSend);
  }

  async findTasks(lookups: readonly TaskLookup[]): Promise<ReadonlyMap<string, HostTask>> {
    return findTasks(this.client, lookups);
  }

  async act(actions: readonly HostAction[], beforeSend?: BeforeSend): Promise<readonly ActionOutcome[]> {
    return act(this.client, this.#memory, actions, beforeSend);
  }

  async findActions(lookups: readonly ActionLookup[]): Promise<ReadonlyMap<string, string>> {
    return findActions(this.client, lookups);
  }

  async embed(addresses: EmbedAddresses): Promise<EmbedReport> {
    return embed(this.client, addresses);
  }

  async unembed(addresses: EmbedAddresses): Promise<void> {
    await unembed(this.client, addresses);
  }

  async *drainQueue(): AsyncGenerator<{
    readonly changes: readonly EntityChange[];
    confirm(): Promise<void>;
  }> {
    if (this.capabilities.offlineQueue) yield* this.#tombstones.drain();
  }

  async serverTime(): Promise<Instant> {
    return serverTime(this.client);
  }
}

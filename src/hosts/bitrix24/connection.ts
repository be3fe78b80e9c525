import type { ActionLookup, ActionOutcome, HostAction } from '../../contract/actions.js';
import type {
  BeforeSend,
  AccountCapabilities,
  EmbedAddresses,
  EmbedReport,
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
import { dealsOfActivities } from './activities.js';
import { findActions } from './action-finds.js';
import { act, ACTION_KINDS } from './actions.js';
import { BATCH_SIZE } from './batch.js';
import type { RestClient } from './client.js';
import { FieldBook } from './deal-fields.js';
import { readDealProducts } from './deal-products.js';
import { readDeals } from './deal-reads.js';
import { embed, unembed } from './embed.js';
import { readSources } from './keyset-stream.js';
import { dealIdSources } from './lists.js';
import { readNames } from './names.js';
import { drainQueue, type QueuedChanges } from './offline-queue.js';
import { instantOf } from './schema.js';
import { STREAM_READERS } from './streams.js';
import { findTasks, readTasks } from './task-reads.js';
import { writeTasks } from './tasks.js';

/** One account's connection: what the port asks for, each part done in its own file. */
export class Bitrix24Connection implements HostClient {
  readonly streams: ReadonlySet<StreamName>;
  readonly taskWritesPerRequest = BATCH_SIZE;
  readonly actionKinds = ACTION_KINDS;
  readonly watchedFields: readonly string[];
  readonly #fields: FieldBook;

  constructor(
    private readonly client: RestClient,
    readonly capabilities: AccountCapabilities,
  ) {
    this.watchedFields = client.session.watchedFields ?? [];
    this.#fields = new FieldBook(client);
    const names = Object.keys(STREAM_READERS) as StreamName[];
    const lacking = new Set<StreamName>();
    if (!capabilities.departments) lacking.add('departments');
    if (!capabilities.stageHistory) lacking.add('stageHistory');
    this.streams = new Set(names.filter((name) => !lacking.has(name)));
  }

  read<Name extends StreamName>(stream: Name, request: StreamRequest): AsyncIterable<StreamPage<Name>> {
    const reader: (typeof STREAM_READERS)[Name] = STREAM_READERS[stream];
    if (!reader) throw new HostError({ kind: 'forbidden', scope: stream });
    return reader(this.client, request, this.#fields);
  }

  async readDeals(ids: readonly string[], lane: Lane): Promise<readonly HostDeal[]> {
    return readDeals(this.client, this.#fields, ids, lane);
  }

  async readDealProducts(
    dealIds: readonly string[],
    lane: Lane,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    return readDealProducts(this.client, dealIds, lane);
  }

  async dealsOfActivities(activityIds: readonly string[], lane: Lane): Promise<readonly string[]> {
    return dealsOfActivities(this.client, activityIds, lane);
  }

  async readNames(kind: NamedKind, ids: readonly string[], lane: Lane): Promise<ReadonlyMap<string, string>> {
    return readNames(this.client, kind, ids, lane);
  }

  async dealFields(): Promise<readonly DealField[]> {
    return this.#fields.offered();
  }

  async readTasks(ids: readonly string[], lane: Lane): Promise<readonly HostTask[]> {
    return readTasks(this.client, ids, lane);
  }

  async *readDealIds(
    cursor: Cursor | null,
    lane: Lane,
  ): AsyncGenerator<{ ids: readonly string[]; cursor: Cursor; done: boolean }, void, void> {
    for await (const page of readSources(this.client, dealIdSources(), cursor, lane)) {
      yield { ids: page.rows, cursor: page.cursor, done: page.done };
    }
  }

  async writeTasks(
    writes: readonly TaskWrite[],
    beforeSend?: BeforeSend,
  ): Promise<readonly TaskWriteOutcome[]> {
    return writeTasks(this.client, writes, this.capabilities.idempotentTaskWrites, beforeSend);
  }

  async findTasks(lookups: readonly TaskLookup[]): Promise<ReadonlyMap<string, HostTask>> {
    return findTasks(this.client, lookups);
  }

  async act(actions: readonly HostAction[], beforeSend?: BeforeSend): Promise<readonly ActionOutcome[]> {
    return act(this.client, actions, this.capabilities.idempotentTaskWrites, beforeSend);
  }

  async findActions(lookups: readonly ActionLookup[]): Promise<ReadonlyMap<string, string>> {
    return findActions(this.client, lookups);
  }

  async embed(addresses: EmbedAddresses): Promise<EmbedReport> {
    return embed(this.client, addresses, this.capabilities);
  }

  async unembed(addresses: EmbedAddresses): Promise<void> {
    await unembed(this.client, addresses, this.capabilities);
  }

  async *drainQueue(): AsyncGenerator<QueuedChanges, void, void> {
    if (this.capabilities.offlineQueue) yield* drainQueue(this.client);
  }

  async serverTime(): Promise<Instant> {
    const { result } = await this.client.call('server.time', {});
    const instant = instantOf(result);
    if (instant === null) throw new HostError({ kind: 'malformed', where: 'server.time' });
    return instant;
  }
}

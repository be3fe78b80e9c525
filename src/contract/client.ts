import type { HostFailure } from './failure.js';
import type { DealField, HostTask } from '../domain/crm/records.js';
import type { ActionLookup, ActionOutcome, DealAction, HostAction } from './actions.js';
import type { Instant } from '../domain/crm/time.js';
import type { Cursor, HostDeal, Lane, StreamName, StreamPage, StreamRequest } from './streams.js';

/**
 * One account's connection to its CRM. Every method may throw `HostError` and nothing else on purpose.
 * Implementations keep no state that a second process would need: tokens and limits come from the session.
 */
export interface HostClient {
  readonly capabilities: AccountCapabilities;
  readonly streams: ReadonlySet<StreamName>;
  /** Those whose first copy builds on the mirrored deals and follows theirs. Absent: none, all go side by side. */
  readonly streamsAfterDeals?: ReadonlySet<StreamName>;

  /** Pages in a stable order that survives insertions and deletions meanwhile (keyset, never offset). */
  read<Name extends StreamName>(stream: Name, request: StreamRequest): AsyncIterable<StreamPage<Name>>;

  /** Reads deals again; an id that is absent from the answer is gone. Any number of ids: the host batches. */
  readDeals(ids: readonly string[], lane: Lane): Promise<readonly HostDeal[]>;

  /**
   * Products of these deals, for hosts that tell them apart from deals: there `HostDeal.productIds` is null. Costs many
   * requests (one part of a batch a deal); a deal that is gone may be left out or have none. Absent: they come along.
   */
  readDealProducts?(dealIds: readonly string[], lane: Lane): Promise<ReadonlyMap<string, readonly string[]>>;

  /**
   * Deals that these activities are about, by the ids of `activity` hints; unknown, gone and foreign ones are left out.
   * Absent: the stream `activities` tells what was done, and a hint only says that there is something new.
   */
  dealsOfActivities?(activityIds: readonly string[], lane: Lane): Promise<readonly string[]>;

  /**
   * Names by which people know these companies, contacts or sources of deals; unknown and hidden ones, and kinds that the
   * host cannot tell, are left out. Absent: the host has no such names.
   */
  readNames?(kind: NamedKind, ids: readonly string[], lane: Lane): Promise<ReadonlyMap<string, string>>;

  /** Tasks, as `readDeals` reads deals. */
  readTasks(ids: readonly string[], lane: Lane): Promise<readonly HostTask[]>;

  /** All live deal ids after `cursor`, ascending in the host's order, for the slow sweep that finds deletions. */
  readDealIds(
    cursor: Cursor | null,
    lane: Lane,
  ): AsyncIterable<{ ids: readonly string[]; cursor: Cursor; done: boolean }>;

  /** How many creations fit into one request. Absent: 50. Who sends more at once knows less after a lost answer. */
  readonly taskWritesPerRequest?: number;

  /**
   * Does many task writes in as few requests as the host allows; one outcome per write, in the same order. A write whose
   * request may have been carried out without an answer is `unknown`, never repeated here.
   *
   * `beforeSend` is awaited right before each request goes out, after any wait for limits or tokens: it records that the
   * writes are under way and checks that they are still ours. When it rejects, nothing is sent and its error is thrown on.
   * What it gives back is asked once more when the first byte can go, on a connection that stands.
   */
  writeTasks(writes: readonly TaskWrite[], beforeSend?: BeforeSend): Promise<readonly TaskWriteOutcome[]>;

  /** Which of these outbox keys already exist as tasks in the host: asked before an uncertain write is repeated. */
  findTasks(lookups: readonly TaskLookup[]): Promise<ReadonlyMap<string, HostTask>>;

  /** `DealField.key`s that this connection brings in `Deal.fields`, as its session asked for them. Absent: none. */
  readonly watchedFields?: readonly string[];

  /** Fields of deals that the host offers besides those that every host has; names in the account's language. */
  dealFields(): Promise<readonly DealField[]>;

  /** Kinds of actions that this account's host can carry out; the others are refused as `forbidden`. */
  readonly actionKinds: ReadonlySet<DealAction['kind']>;

  /**
   * Does what is not a task of a plan; one outcome per action, in the same order. `beforeSend` is as in `writeTasks`.
   * `moveStage`, `assign`, `accept`, `join` and `closeAsk` compare first and are harmless when repeated; so is `notify`
   * where a second one takes the place of the first. The others are looked up before a repeat.
   */
  act(actions: readonly HostAction[], beforeSend?: BeforeSend): Promise<readonly ActionOutcome[]>;

  /** Which of these keys of uncertain actions the host shows already, with the host's id of what was made, or ``. */
  findActions(lookups: readonly ActionLookup[]): Promise<ReadonlyMap<string, string>>;

  /** Subscribes hooks, embeds widgets, registers automation; lists first and adds only what is missing. */
  embed(addresses: EmbedAddresses): Promise<EmbedReport>;

  /** Takes back what `embed` made; what the host removes by itself is not an error. */
  unembed(addresses: EmbedAddresses): Promise<void>;

  /** Takes what the host queued for us while we were away (offline events); empty where it has no such queue. */
  drainQueue(): AsyncIterable<{ readonly changes: readonly EntityChange[]; confirm(): Promise<void> }>;

  /** The host's clock now: order and expiry are judged by it, never by ours. */
  serverTime(): Promise<Instant>;
}

/** False: too late, another process may have taken the work over. Asked when the first byte of a request can go out. */
export type StillInTime = () => boolean;

export type BeforeSend = (() => Promise<StillInTime | void>) | undefined;

/** What this account's plan and our scopes allow; detected on connect, stored with the account. */
export interface AccountCapabilities {
  readonly offlineQueue: boolean;
  readonly robots: boolean;
  readonly idempotentTaskWrites: boolean;
  readonly departments: boolean;
  readonly stageHistory: boolean;
}

/** What a deal names by an id of the host's. */
export type NamedKind = 'company' | 'contact' | 'source';

export type EntityKind = 'deal' | 'task' | 'activity' | 'user' | 'structure';

/** A hint that something changed. Never trusted for content: the entity is read again. */
export interface EntityChange {
  readonly entity: EntityKind;
  readonly id: string;
  readonly change: 'saved' | 'deleted';
}

export type TaskWrite =
  | { readonly kind: 'create'; readonly key: string; readonly task: TaskDraft }
  | { readonly kind: 'update'; readonly taskId: string; readonly changes: Partial<TaskDraft> }
  | { readonly kind: 'complete'; readonly taskId: string; readonly comment?: string }
  | { readonly kind: 'reopen'; readonly taskId: string }
  /** Closes without success; a host without "cancelled" completes it with the comment or deletes it, as it documents. */
  | { readonly kind: 'cancel'; readonly taskId: string; readonly comment: string };

export interface TaskDraft {
  readonly dealId: string;
  readonly title: string;
  /** Plain text with line breaks; the host escapes. */
  readonly description: string;
  readonly ownerId: string;
  readonly dueAt: Instant | null;
  readonly durationMinutes: number | null;
}

export type TaskWriteOutcome =
  | { readonly kind: 'ok'; readonly taskId: string; readonly modifiedAt: Instant | null }
  /** The host answered that this write did not happen. */
  | { readonly kind: 'refused'; readonly failure: HostFailure }
  /** Nobody knows: look up before repeating. */
  | { readonly kind: 'unknown' };

export interface TaskLookup {
  readonly key: string;
  readonly dealId: string;
  /** Not created before this instant: the first attempt's time. */
  readonly since: Instant;
  /** True: "not there" will not be believed yet and is asked again, so a cheap look is enough. */
  readonly hasty?: boolean;
}

export interface EmbedAddresses {
  /** Absolute addresses of ours that the host calls or frames. */
  readonly hook: string;
  readonly frame: string;
  readonly robot: string;
  readonly language: 'ru' | 'en';
}

export interface EmbedReport {
  readonly added: readonly string[];
  readonly kept: readonly string[];
  /** What the plan or scope did not allow, in words for the administrator's page. */
  readonly unavailable: readonly string[];
}

import type {
  Deal,
  Department,
  HostTask,
  HostUser,
  Pipeline,
  Product,
  Stage,
  StageTransition,
} from '../domain/crm/records.js';
import type { Instant } from '../domain/crm/time.js';
import type { KnownDeals } from './known-deals.js';

/** What each stream yields. A host may lack a stream: it then is not in `HostClient.streams`. */
export interface StreamRecords {
  readonly pipelines: { readonly pipeline: Pipeline; readonly stages: readonly Stage[] };
  readonly users: HostUser;
  readonly departments: Department;
  readonly products: Product;
  readonly deals: HostDeal;
  readonly stageHistory: StageTransition;
  readonly tasks: HostTask;
  /** Only of hosts whose deals do not say themselves when somebody last worked on them. */
  readonly activities: DealActivity;
}

/** Somebody called, wrote or noted something: on a deal, or on a contact whose open deals it then is about. */
export interface DealActivity {
  /** Of the contact when `dealId` is null. */
  readonly contactId: string | null;
  readonly dealId: string | null;
  readonly at: Instant;
}

/** A deal as a read brings it. */
export interface HostDeal extends Omit<Deal, 'productIds'> {
  /** Null: the host tells products apart from deals, and `HostClient.readDealProducts` asks for them. */
  readonly productIds: readonly string[] | null;
  /** Null: this read does not say; the mirror keeps what it knows. */
  readonly lastActivityAt: Instant | null;
}

export type StreamName = keyof StreamRecords;

/** Opaque to everyone but the host that made it; plain JSON, so that it survives in a checkpoint row. */
export type Cursor = string;

export interface StreamPage<Name extends StreamName> {
  readonly rows: readonly StreamRecords[Name][];
  /** Where the next read goes on after these rows are stored. Equal rows and cursor may be read twice, never skipped. */
  readonly cursor: Cursor;
  /** True on the last page; a host says it only after a confirming answer, never on an odd empty one. */
  readonly done: boolean;
  /** Rows that the host believes there are in all, where asking costs nothing. */
  readonly total?: number;
}

export interface StreamRequest {
  readonly cursor: Cursor | null;
  /** Only rows modified at or after this instant of the host's clock; absent: everything. */
  readonly modifiedSince?: Instant;
  /** Backfill goes in the low lane: interactive calls and webhooks overtake it. */
  readonly lane: Lane;
  /** What is mirrored of deals, for the whole copy of a stream that `HostClient.streamsAfterDeals` names. */
  readonly deals?: KnownDeals;
}

export type Lane = 'high' | 'low';

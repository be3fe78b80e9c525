import type { Instant } from '../domain/crm/time.js';

/** What the mirror holds of a deal, for streams of a host that build on it instead of asking the host again. */
export interface KnownDeal {
  readonly id: string;
  readonly createdAt: Instant;
  /** Where it stands. */
  readonly pipelineId: string;
  readonly stageId: string;
  /** `StageTransition.hostId` of the oldest row of the host's history that is stored; null: none is. */
  readonly firstRow: string | null;
}

/** The mirrored deals, deleted ones left out. Pages that were handed out but are not stored yet do not show. */
export interface KnownDeals {
  /** When the oldest of them was created; null: there is none. */
  oldest(): Promise<Instant | null>;
  /** Of these ids those that are there, in no order. */
  named(ids: readonly string[]): Promise<readonly KnownDeal[]>;
  /** All, in pages, in an order of the ids that stays the same; after `after`, or from the start. */
  all(after: string | null): AsyncIterable<readonly KnownDeal[]>;
}

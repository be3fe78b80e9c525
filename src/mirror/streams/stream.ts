import type { EntityKind } from '../../contract/client.js';
import type { StreamName, StreamRecords } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import type { Transaction } from '../../infra/db/sql.js';
import type { Written } from '../mirror-writer.js';

export interface PageWrite<Name extends StreamName> {
  readonly tx: Transaction;
  readonly accountId: string;
  readonly rows: readonly StreamRecords[Name][];
  /** The database's clock just before the walk began: nothing on its pages is older. */
  readonly readAt: Instant;
  /**
   * Rows of the first copy, of which as a rule nothing is there yet: they may be inserted plainly, and nobody asks what
   * was touched. When the database refuses them the transaction is undone and the rows come again, not fresh.
   */
  readonly fresh: boolean;
}

/** A kind of record that the mirror copies and follows: a value given to the one engine. */
export interface MirrorStream<Name extends StreamName = StreamName> {
  readonly name: Name;
  /** What a hint calls one of its records: a record that could not be stored is read again under this name. */
  readonly entity: EntityKind | 'stageHistory';
  /**
   * `modified`: a sweep asks for what was modified since the last one. `whole`: small, read anew each time; what a
   * complete pass did not bring is gone.
   */
  readonly follow: 'modified' | 'whole';
  /** Minutes between two sweeps; null: as configured. */
  readonly everyMinutes: number | null;
  readonly write: (page: PageWrite<Name>) => Promise<Written>;
  /** No account is without: an empty answer is a fault of the host. */
  readonly neverEmpty?: boolean;
  /** Of whole streams. */
  readonly keyOf?: (row: StreamRecords[Name]) => string;
}

/** Keeps the relation between name and rows while the list of streams is typed by the union of names. */
export function stream<Name extends StreamName>(value: MirrorStream<Name>): MirrorStream {
  return value as unknown as MirrorStream;
}

import { randomBytes } from 'node:crypto';

export interface OfflineRow {
  readonly id: number;
  readonly applicationId: string;
  readonly connector: string;
  readonly event: string;
  /** What the event is about: one row per event and object. */
  readonly objectKey: string;
  /** Epoch seconds of the last repetition. */
  at: number;
  data: Readonly<Record<string, unknown>>;
  messageId: string;
  processId: string;
  error: boolean;
}

/** The portal's queue of changes. It says what changed, not how often: repeats collapse until they are taken. */
export class OfflineQueue {
  private readonly rows = new Map<number, OfflineRow>();
  private readonly waiting = new Map<string, OfflineRow>();
  private lastId = 0;

  put(
    applicationId: string,
    connector: string,
    event: string,
    objectKey: string,
    data: Readonly<Record<string, unknown>>,
    at: number,
  ): void {
    const key = `${applicationId}\n${connector}\n${event}\n${objectKey}`;
    const known = this.waiting.get(key);
    if (known !== undefined) {
      known.at = at;
      known.data = data;
      return;
    }
    this.lastId += 1;
    const row: OfflineRow = {
      id: this.lastId,
      applicationId,
      connector,
      event,
      objectKey,
      at,
      data,
      messageId: randomBytes(16).toString('hex'),
      processId: '',
      error: false,
    };
    this.rows.set(row.id, row);
    this.waiting.set(key, row);
  }

  list(applicationId: string, connector: string): readonly OfflineRow[] {
    return [...this.rows.values()].filter(
      (row) => row.applicationId === applicationId && row.connector === connector,
    );
  }

  /** Rows nobody holds, or the rows of one process. */
  free(applicationId: string, connector: string, processId: string, errors: boolean): readonly OfflineRow[] {
    return this.list(applicationId, connector).filter(
      (row) => row.processId === processId && (row.error === errors || processId !== ''),
    );
  }

  /** Hides the rows from other readers; later repeats make new rows. */
  reserve(rows: readonly OfflineRow[]): string {
    const processId = randomBytes(16).toString('hex');
    for (const row of rows) {
      row.processId = processId;
      this.waiting.delete(keyOf(row));
    }
    return processId;
  }

  remove(rows: readonly OfflineRow[]): void {
    for (const row of rows) {
      this.rows.delete(row.id);
      if (this.waiting.get(keyOf(row)) === row) {
        this.waiting.delete(keyOf(row));
      }
    }
  }

  markFailed(rows: readonly OfflineRow[]): void {
    for (const row of rows) {
      row.error = true;
      row.processId = '';
    }
  }

  dropApplication(applicationId: string): void {
    this.remove([...this.rows.values()].filter((row) => row.applicationId === applicationId));
  }
}

function keyOf(row: OfflineRow): string {
  return `${row.applicationId}\n${row.connector}\n${row.event}\n${row.objectKey}`;
}

export interface LoggedRequest {
  /** Epoch milliseconds of the portal's clock. */
  readonly at: number;
  readonly method: string;
  /** Methods of a batch's commands. */
  readonly commands: readonly string[];
  readonly userId: number;
  readonly applicationId: string | null;
  readonly address: string;
  readonly status: number;
  readonly error: string;
  readonly milliseconds: number;
}

const KEPT = 5000;

/** The last requests, and counts of all. */
export class RequestLog {
  readonly byMethod = new Map<string, number>();
  /** Commands of batches and single calls, by method. */
  readonly calls = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  total = 0;
  private readonly recent: LoggedRequest[] = [];

  constructor(private readonly print: boolean) {}

  add(entry: LoggedRequest): void {
    this.total += 1;
    count(this.byMethod, entry.method);
    for (const command of entry.commands.length > 0 ? entry.commands : [entry.method]) {
      count(this.calls, command);
    }
    if (entry.error !== '' || entry.status >= 400) {
      count(this.refusals, entry.error === '' ? String(entry.status) : entry.error);
    }
    if (this.print) {
      process.stdout.write(`${JSON.stringify(entry)}\n`);
    }
    this.recent.push(entry);
    if (this.recent.length > KEPT * 2) {
      this.recent.splice(0, KEPT);
    }
  }

  last(limit: number): readonly LoggedRequest[] {
    return this.recent.slice(-Math.min(limit, KEPT));
  }

  clear(): void {
    this.byMethod.clear();
    this.calls.clear();
    this.refusals.clear();
    this.recent.length = 0;
    this.total = 0;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

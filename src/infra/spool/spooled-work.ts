import type { Log } from '../log.js';
import { withinMs } from '../within-ms.js';
import { Spool } from './spool.js';

/** Hosts wait two seconds for the answer and some never come again. */
const PATIENCE_MS = 1_200;
const REPLAY_EVERY_MS = 2_000;

/**
 * Work that must not be lost when the database is away or slow: done at once, else kept on this machine's disk until it
 * can be done. At least once, so the work has to be idempotent; what took too long may be done twice.
 */
export class SpooledWork<Record extends object> {
  private readonly spool: Spool<Record>;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    folder: string,
    /** `spool`: it comes later than it was asked for. */
    private readonly work: (records: readonly Record[], from: 'caller' | 'spool') => Promise<void>,
    private readonly log: Log,
  ) {
    this.spool = new Spool(folder);
  }

  start(): void {
    this.timer = setInterval(() => void this.replay(), REPLAY_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.spool.close();
  }

  /** Resolves when it is done or safe on the disk; throws `SpoolFull` when neither the database nor the disk takes it. */
  async take(record: Record): Promise<void> {
    try {
      await withinMs(PATIENCE_MS, this.work([record], 'caller'));
    } catch (error) {
      this.log.error('the database takes no work now: it goes to the spool', { detail: String(error) });
      await this.spool.append([record]);
    }
  }

  private async replay(): Promise<void> {
    if (this.spool.isEmpty()) return;
    try {
      const count = await this.spool.replay((records) => this.work(records, 'spool'));
      if (count > 0) this.log.info('work came back from the spool', { count });
    } catch (error) {
      this.log.warn('the work in the spool waits for the database', { detail: String(error) });
    }
  }
}

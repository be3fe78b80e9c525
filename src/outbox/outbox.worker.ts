import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { AccountPauses } from './account-pauses.js';
import { Couriers, type Line } from './couriers.js';
import { DeliveryRepository } from './delivery.repository.js';
import { OUTBOX_SETTINGS, type OutboxSettings } from './outbox-settings.js';
import { OUTBOX_CHANNEL, RESUMED } from './wish.repository.js';

/** Accounts that a line works for now. */
interface Busy {
  readonly running: Map<string, Promise<void>>;
  readonly calledAgain: Set<string>;
}

/**
 * Keeps couriers going: a wish wakes it through the database, from any process, and a poll finds what came due or what
 * a lost notification left. Accounts do not wait for each other.
 */
@Injectable()
export class OutboxWorker {
  private readonly busy = new Map<Line, Busy>();
  private readonly log: Log;
  private unlisten: (() => Promise<void>) | null = null;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly couriers: Couriers,
    private readonly repository: DeliveryRepository,
    private readonly pauses: AccountPauses,
    private readonly database: Database,
    @Inject(OUTBOX_SETTINGS) private readonly settings: OutboxSettings,
    log: Log,
  ) {
    this.log = log.child('outbox');
  }

  async start(): Promise<void> {
    this.unlisten = await this.database.listen(
      OUTBOX_CHANNEL,
      (payload) => this.called(payload),
      () => void this.look(),
    );
    void this.look().finally(() => this.schedule());
  }

  /** Waits for the requests under way; what is left stays in its rows. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.unlisten?.();
    await Promise.allSettled([...this.busy.values()].flatMap(({ running }) => [...running.values()]));
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      void this.look().finally(() => this.schedule());
    }, this.settings.pollMs);
  }

  private async look(): Promise<void> {
    try {
      await this.repository.freeOrphans();
      for (const accountId of await this.repository.dueAccounts()) this.wake(accountId);
    } catch (error) {
      this.log.warn('due tasks could not be looked for', { detail: detailOf(error) });
    }
  }

  private called(payload: string): void {
    const [accountId = '', word] = payload.split(' ');
    if (word === RESUMED) this.pauses.clear(accountId);
    this.wake(accountId);
  }

  private wake(accountId: string): void {
    if (this.stopped) return;
    for (const line of this.couriers.lines) this.wakeLine(line, accountId);
  }

  private wakeLine(line: Line, accountId: string): void {
    if (this.stopped) return;
    const { running, calledAgain } = this.busyOf(line);
    if (running.has(accountId)) {
      calledAgain.add(accountId);
      return;
    }
    calledAgain.delete(accountId);
    const run = this.run(line, accountId).finally(() => {
      running.delete(accountId);
      if (calledAgain.delete(accountId)) this.wakeLine(line, accountId);
    });
    running.set(accountId, run);
  }

  private async run(line: Line, accountId: string): Promise<void> {
    const first = await this.turn(line, accountId);
    if (!first) return;
    // More than one request's worth: the other lanes help.
    await Promise.all(Array.from({ length: this.settings.lanes }, () => this.lane(line, accountId)));
  }

  private async lane(line: Line, accountId: string): Promise<void> {
    while (!this.stopped && (await this.turn(line, accountId)));
  }

  /** True when it is worth going on. */
  private async turn(line: Line, accountId: string): Promise<boolean> {
    try {
      return (await line.round(accountId)).more;
    } catch (error) {
      // Our own fault or the database's: rows keep what they say, the next poll goes on.
      this.log.error('a round of the outbox failed', { accountId, detail: detailOf(error) });
      return false;
    }
  }

  private busyOf(line: Line): Busy {
    const known = this.busy.get(line);
    if (known) return known;
    const created: Busy = { running: new Map(), calledAgain: new Set() };
    this.busy.set(line, created);
    return created;
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

import path from 'node:path';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { EntityChange, HostClient } from '../contract/client.js';
import type { Instant } from '../domain/crm/time.js';
import { Config } from '../infra/config/config.js';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { Metrics } from '../infra/metrics.js';
import { Spool, SpoolFull } from '../infra/spool/spool.js';
import { withinMs } from '../infra/within-ms.js';
import { isDataFault } from './careful-write.js';
import { chunksOf } from './columns.js';
import { storeHints, type Hint } from './inbox.repository.js';

/** `stored`: in the database. `spooled`: safe on this machine's disk until the database is back. */
export type Accepted = 'stored' | 'spooled';

/** Neither the database nor the disk took it, or too much waits already: answer 503, nothing was kept. */
export class IntakeClosed extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = 'IntakeClosed';
  }
}

interface Waiting {
  readonly hints: readonly Hint[];
  readonly done: (accepted: Accepted) => void;
  readonly fail: (error: unknown) => void;
}

/** More rows per INSERT gain nothing; fewer cost a commit each (measured: 8k/s against 17–21k/s). */
const HINTS_PER_COMMIT = 500;
/** What may wait in memory before we say no. */
const MOST_WAITING = 50_000;
/** Hosts give up after 2 s; after this the disk takes over. What the database still does then is only a repeat. */
const STORE_TIMEOUT_MS = 1_200;
/** After a failure the database is left alone this long. */
const AWAY_MS = 1_000;
const REPLAY_EVERY_MS = 1_000;
const LONGEST_ID = 128;
/** The year 2200: what lies beyond is no time of sending. */
const LATEST = 7_258_118_400_000;

/** Takes hints from hooks: they are durable before the promise resolves, and the workers hear of them at once. */
@Injectable()
export class Intake implements OnModuleInit, OnApplicationShutdown {
  private readonly log: Log;
  private readonly spool: Spool<Hint>;
  private waiting: Waiting[] = [];
  private waitingHints = 0;
  private flushing: Promise<void> = Promise.resolve();
  private busy = false;
  private replayTimer: NodeJS.Timeout | null = null;
  private awayUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
    config: Config,
    log: Log,
  ) {
    this.log = log.child('intake');
    this.spool = new Spool(path.join(config.dataDir, 'spool'));
  }

  onModuleInit(): void {
    void this.replay();
    this.replayTimer = setInterval(() => void this.replay(), REPLAY_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.replayTimer) clearInterval(this.replayTimer);
    await this.flushing;
    await this.spool.close();
  }

  /**
   * Verified hints of one account. Resolves after the commit (many calls share one), or after the fsync of the spool
   * while the database is away. Throws `IntakeClosed`. Repeats do no harm.
   */
  accept(accountId: string, changes: readonly EntityChange[], sentAt: Instant | null): Promise<Accepted> {
    const at = sentAt !== null && sentAt > 0 && sentAt < LATEST ? sentAt : null;
    return this.keep(
      changes
        .filter((one) => one.id !== '' && one.id.length <= LONGEST_ID)
        .map(({ entity, id, change }) => ({ accountId, entity, id, change, sentAt: at })),
    );
  }

  /** The host says that its own queue has something for us: a worker fetches it. */
  ring(accountId: string): Promise<Accepted> {
    return this.keep([{ accountId, entity: 'queue', id: '', change: 'saved', sentAt: null }]);
  }

  /** Fetches the host's queue: every portion is durable here before the host forgets it. */
  async drainQueue(accountId: string, client: HostClient): Promise<void> {
    for await (const portion of client.drainQueue()) {
      for (const some of chunksOf(portion.changes, HINTS_PER_COMMIT))
        await this.accept(accountId, some, null);
      await portion.confirm();
    }
  }

  private keep(hints: readonly Hint[]): Promise<Accepted> {
    if (hints.length === 0) return Promise.resolve('stored');
    if (this.waitingHints + hints.length > MOST_WAITING) {
      return Promise.reject(new IntakeClosed('too many hints wait already'));
    }
    return new Promise((done, fail) => {
      this.waiting.push({ hints, done, fail });
      this.waitingHints += hints.length;
      if (!this.busy) this.flushing = this.flush();
    });
  }

  private async flush(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const group = this.nextGroup();
      const accepted = await this.store(group).catch((error: unknown) => ({ error }));
      for (const one of group) {
        if (typeof accepted === 'string') one.done(accepted);
        else one.fail(accepted.error);
      }
    }
    // In the same turn as the last look at the queue: a hint between the two would wait for ever.
    this.busy = false;
  }

  private nextGroup(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    for (const one of this.waiting) {
      if (count > 0 && rows + one.hints.length > HINTS_PER_COMMIT) break;
      rows += one.hints.length;
      count++;
    }
    this.waitingHints -= rows;
    return this.waiting.splice(0, count);
  }

  private async store(group: readonly Waiting[]): Promise<Accepted> {
    const hints = group.flatMap((one) => one.hints);
    if (performance.now() >= this.awayUntil) {
      try {
        await withinMs(STORE_TIMEOUT_MS, storeHints(this.database, hints));
        this.metrics.inboxRows.inc({ path: 'database' }, hints.length);
        return 'stored';
      } catch (error) {
        if (isDataFault(error)) throw error;
        this.awayUntil = performance.now() + AWAY_MS;
        this.log.error('the database does not take hints: they go to the spool', { detail: String(error) });
      }
    }
    return this.spoolAll(hints);
  }

  private async spoolAll(hints: readonly Hint[]): Promise<Accepted> {
    try {
      await this.spool.append(hints);
    } catch (error) {
      this.log.error('neither the database nor the spool takes hints', { detail: String(error) });
      throw new IntakeClosed(error instanceof SpoolFull ? error.message : 'the spool failed');
    }
    this.metrics.inboxRows.inc({ path: 'spool' }, hints.length);
    this.metrics.spoolBytes.set(this.spool.bytes());
    return 'spooled';
  }

  private async replay(): Promise<void> {
    if (this.spool.isEmpty() || performance.now() < this.awayUntil) return;
    try {
      const count = await this.spool.replay((hints) => this.takeBack(hints));
      if (count > 0) this.log.info('hints came back from the spool', { count });
    } catch (error) {
      this.awayUntil = performance.now() + AWAY_MS;
      this.log.warn('the spool waits for the database', { detail: String(error) });
    }
    this.metrics.spoolBytes.set(this.spool.bytes());
  }

  /** A record that the database refuses for what it says must not keep the others on the disk. */
  private async takeBack(hints: readonly Hint[]): Promise<void> {
    for (const some of chunksOf(hints, HINTS_PER_COMMIT)) {
      try {
        await storeHints(this.database, some);
      } catch (error) {
        if (!isDataFault(error)) throw error;
        if (some.length > 1) for (const one of some) await this.takeBack([one]);
        else this.log.error('a spooled hint cannot be stored', { detail: String(error) });
      }
    }
  }
}

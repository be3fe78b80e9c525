import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../infra/config/config.js';
import { Database } from '../infra/db/database.js';
import { Log } from '../infra/log.js';
import { AccountQueue } from './account-queue.js';
import { Copier } from './copier.js';
import { Drain } from './drain.js';
import { dueAccounts } from './due.repository.js';
import { INBOX_CHANNEL, inboxAccounts, type InboxPart } from './inbox.repository.js';
import { MIRROR_CHANNEL } from './mirror.js';
import { Sweeper } from './sweeper.js';

/** NOTIFY wakes at once; these looks find what was announced while nobody listened, and what is due by time. */
const LOOK_AT_INBOX_MS = 1_000;
const LOOK_AT_STEPS_MS = 2_000;
/** The embedded database has one connection: more workers would only queue for it. */
const WIDTH = { embedded: 4, postgres: 8 } as const;
const STOP_WITHIN_MS = 7_000;

/**
 * Finds work and runs it in this process: inboxes, first copies, sweeps. Leases in the database keep several processes
 * from doing the same; long walks are no jobs of the queue, for the lease on the checkpoint is what fences their
 * writes.
 */
@Injectable()
export class MirrorWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private readonly drains: AccountQueue;
  private readonly patientDrains: AccountQueue;
  private readonly copies: AccountQueue;
  private readonly sweeps: AccountQueue;
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly unlisten: (() => Promise<void>)[] = [];

  constructor(
    private readonly database: Database,
    private readonly config: Config,
    private readonly sweeper: Sweeper,
    drain: Drain,
    copier: Copier,
    log: Log,
  ) {
    this.log = log.child('mirror');
    const width = WIDTH[database.kind];
    const { signal } = this.stopping;
    const onFault = (accountId: string, error: unknown): void =>
      this.log.error('mirror work failed', { accountId, detail: String(error) });
    const part = (name: InboxPart): AccountQueue =>
      new AccountQueue(width, (accountId) => drain.drain(accountId, signal, name), onFault);
    this.drains = part('prompt');
    this.patientDrains = part('patient');
    this.copies = new AccountQueue(width, (accountId) => copier.copy(accountId, signal), onFault);
    this.sweeps = new AccountQueue(width, (accountId) => sweeper.sweep(accountId, signal), onFault);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.role === 'web') return;
    const onGap = (): void => void this.look();
    this.unlisten.push(
      await this.database.listen(INBOX_CHANNEL, (accountId) => this.drain(accountId), onGap),
      await this.database.listen(MIRROR_CHANNEL, (accountId) => this.wake(accountId), onGap),
    );
    this.timers.push(
      setInterval(() => void this.lookAtInbox(), LOOK_AT_INBOX_MS),
      setInterval(() => void this.lookAtSteps(), LOOK_AT_STEPS_MS),
    );
    void this.look();
  }

  /** Stops looking, lets the current pages end, gives everything else back. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.stopping.abort(new Error('the process stops'));
    const queues = [this.drains, this.patientDrains, this.copies, this.sweeps];
    const idle = Promise.all(queues.map((queue) => queue.stop()));
    const late = new Promise((done) => setTimeout(done, STOP_WITHIN_MS).unref());
    await Promise.race([idle, late]);
    for (const one of this.unlisten) await one().catch(() => undefined);
  }

  private wake(accountId: string): void {
    this.copies.ask(accountId);
    this.sweeps.ask(accountId);
    this.drain(accountId);
  }

  private drain(accountId: string): void {
    this.drains.ask(accountId);
    this.patientDrains.ask(accountId);
  }

  private async look(): Promise<void> {
    await Promise.all([this.lookAtInbox(), this.lookAtSteps()]);
  }

  private async lookAtInbox(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const accounts = await inboxAccounts(this.database).catch(() => []);
    for (const accountId of accounts) this.drain(accountId);
  }

  private async lookAtSteps(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const due = await dueAccounts(this.database, this.sweeper.rhythms).catch(() => []);
    for (const one of due) {
      if (one.copy) this.copies.ask(one.accountId);
      if (one.sweep) this.sweeps.ask(one.accountId);
    }
  }
}

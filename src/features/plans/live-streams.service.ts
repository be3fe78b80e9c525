import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { ACCOUNTS, type Accounts } from '../../contract/accounts.js';
import { SYNC_STATUS, type SyncStatus } from '../../contract/sync-status.js';
import { Changes } from '../../infra/changes.js';
import type { SessionClaims } from '../../infra/crypto/sessions.js';
import { Metrics } from '../../infra/metrics.js';
import type { SyncView } from './plan.view.js';

const HEARTBEAT_MS = 15_000;
const SYNC_EVERY_MS = 2_000;
/** A stream lives no longer than the session that opened it; the reader comes back with a fresh one. */
const LIFETIME_MS = 10 * 60_000;
const RETRY_MS = 2_000;
/** A reader that takes nothing for so long is gone, whatever its connection says. */
const MAX_BUFFERED_BYTES = 256 * 1024;

interface Wire {
  readonly socket: Socket;
  readonly raw: ServerResponse;
}

/** Open streams of this process. */
@Injectable()
export class LiveStreams implements BeforeApplicationShutdown {
  private readonly running = new Set<() => void>();

  constructor(
    private readonly changes: Changes,
    @Inject(SYNC_STATUS) private readonly syncs: SyncStatus,
    @Inject(ACCOUNTS) private readonly accounts: Accounts,
    private readonly metrics: Metrics,
  ) {}

  /** Ends with the connection, the session or the account, whichever is first. */
  open(person: SessionClaims, dealId: string, wire: Wire): void {
    const { raw, socket } = wire;
    // Gone while its rights were looked at: it will not tell of its end again, and nothing would end its timers.
    if (raw.destroyed || socket.destroyed) return;
    socket.setNoDelay(true);
    raw.writeHead(200, HEADERS);
    raw.write(`retry: ${RETRY_MS}\n\n`);
    const stream = new Stream(raw);
    const unsubscribe = this.changes.subscribe(person.accountId, dealId, (change) => {
      if (change.dealId === dealId) stream.send('plan', { revision: change.revision });
    });
    const timers = [
      setInterval(() => void this.beat(person, stream), HEARTBEAT_MS),
      setInterval(() => void this.sendSync(person, stream), SYNC_EVERY_MS),
      setTimeout(() => stream.end(), LIFETIME_MS),
    ];
    const close = (): void => {
      for (const timer of timers) clearTimeout(timer);
      unsubscribe();
      if (this.running.delete(end)) this.metrics.liveStreams.dec();
    };
    const end = (): void => stream.end();
    this.running.add(end);
    this.metrics.liveStreams.inc();
    raw.on('close', close);
    void this.sendSync(person, stream);
  }

  beforeApplicationShutdown(): void {
    for (const end of this.running) end();
  }

  private async beat({ accountId }: SessionClaims, stream: Stream): Promise<void> {
    stream.comment('beat');
    const account = await this.accounts.find(accountId).catch(() => undefined);
    if (account === null || account?.state === 'frozen' || account?.state === 'purging') stream.end();
  }

  private async sendSync({ accountId, language }: SessionClaims, stream: Stream): Promise<void> {
    const view = await this.syncs.of(accountId, language).catch(() => null);
    if (view && stream.isNews(view)) stream.send('sync', view);
  }
}

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
} as const;

class Stream {
  private lastSync = '';

  constructor(private readonly raw: ServerResponse) {}

  send(event: string, data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  comment(text: string): void {
    this.write(`: ${text}\n\n`);
  }

  /** `updatedAt` alone is no news: it moves with every sweep. */
  isNews(view: SyncView): boolean {
    const text = JSON.stringify(view.state === 'running' ? view : { ...view, updatedAt: null });
    if (text === this.lastSync) return false;
    this.lastSync = text;
    return true;
  }

  end(): void {
    this.raw.end();
  }

  private write(text: string): void {
    if (this.raw.writableEnded || this.raw.destroyed) return;
    if (this.raw.writableLength > MAX_BUFFERED_BYTES) this.raw.destroy();
    else this.raw.write(text);
  }
}

import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Database } from './db/database.js';
import type { Sql } from './db/sql.js';

const CHANNEL = 'dozhim_changes';

export interface Change {
  readonly accountId: string;
  /** The deal, or `*` for what concerns the whole account (the first copy's progress). */
  readonly dealId: string;
  readonly revision: number;
}

type Listener = (change: Change) => void;

/** Tells open widgets, over all processes, that a deal's plan changed. A hint: the listener reads again. */
@Injectable()
export class Changes implements OnModuleInit, OnModuleDestroy {
  private readonly listeners = new Map<string, Set<Listener>>();
  private unlisten: (() => Promise<void>) | null = null;

  constructor(private readonly database: Database) {}

  async onModuleInit(): Promise<void> {
    this.unlisten = await this.database.listen(
      CHANNEL,
      (payload) => this.deliver(JSON.parse(payload) as Change),
      () => this.missedSome(),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.unlisten?.();
  }

  /** Delivered when `tx` commits, and only then. */
  async publish(tx: Sql, changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const payloads = changes.map((change) => JSON.stringify(change));
    await tx.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload', [CHANNEL, payloads]);
  }

  /** Hears changes of the deal and of the account as a whole; returns the end of it. */
  subscribe(accountId: string, dealId: string, listener: Listener): () => void {
    const keys = [keyOf(accountId, dealId), keyOf(accountId, '*')];
    for (const key of keys) this.listenersOf(key).add(listener);
    return () => {
      for (const key of keys) {
        const listeners = this.listeners.get(key);
        listeners?.delete(listener);
        if (listeners?.size === 0) this.listeners.delete(key);
      }
    };
  }

  private listenersOf(key: string): Set<Listener> {
    const known = this.listeners.get(key);
    if (known) return known;
    const created = new Set<Listener>();
    this.listeners.set(key, created);
    return created;
  }

  private deliver(change: Change): void {
    for (const listener of this.listeners.get(keyOf(change.accountId, change.dealId)) ?? []) listener(change);
  }

  /** After a lost connection nobody knows what was missed, so everybody reads again. */
  private missedSome(): void {
    for (const [key, listeners] of this.listeners) {
      const [accountId = '', dealId = ''] = key.split('|');
      for (const listener of listeners) listener({ accountId, dealId, revision: 0 });
    }
  }
}

function keyOf(accountId: string, dealId: string): string {
  return `${accountId}|${dealId}`;
}

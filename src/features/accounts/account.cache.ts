import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '../../domain/crm/time.js';
import { CLOCK } from '../../infra/clock.js';
import { Vault } from '../../infra/crypto/vault.js';
import { Database } from '../../infra/db/database.js';
import { ACCOUNT_CHANNEL, AccountRepository, type AccountRecord } from './account.repository.js';

/** An account with its secret opened, as hooks and clients need it many times a second. */
export interface KnownAccount {
  readonly record: AccountRecord;
  readonly secret: string | null;
}

interface Entry {
  readonly known: KnownAccount | null;
  readonly readAt: number;
}

/** Changes are announced at once; reading again now and then only covers an announcement that was lost. */
const FRESH_MS = 5_000;
/** Younger than this an entry serves while it is read again; an older one only when the database does not answer. */
const SERVING_MS = 60_000;
/** Hosts wait two seconds for a hook's answer; a database that is away must not eat them. */
const PATIENCE_MS = 1_000;
/** Forged calls with made-up accounts must not grow the memory without bound. */
const MAX_ENTRIES = 20_000;

/**
 * Accounts in memory for seconds, so that a flood of hooks costs no query each. Every change of an account is announced
 * to all processes and forgotten at once. While the database is away the last known state still proves hooks.
 */
@Injectable()
export class AccountCache implements OnModuleInit, OnModuleDestroy {
  private readonly entries = new Map<string, Entry>();
  private readonly loading = new Map<string, Promise<KnownAccount | null>>();
  private readonly droppers: ((accountId: string) => void)[] = [];
  private unlisten: (() => Promise<void>) | null = null;

  constructor(
    private readonly accounts: AccountRepository,
    private readonly vault: Vault,
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async onModuleInit(): Promise<void> {
    this.unlisten = await this.database.listen(
      ACCOUNT_CHANNEL,
      (accountId) => this.drop(accountId),
      () => this.dropAll(),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.unlisten?.();
  }

  /** Null: unknown. Throws only when the database is away and the account was never seen. */
  async find(accountId: string): Promise<KnownAccount | null> {
    const entry = this.entries.get(accountId);
    if (!entry) return this.load(accountId);
    const age = this.clock.now() - entry.readAt;
    if (age < FRESH_MS) return entry.known;
    const loading = this.load(accountId);
    const kept = loading.catch(() => entry.known);
    return age < SERVING_MS ? entry.known : Promise.race([kept, laterThan(PATIENCE_MS, entry.known)]);
  }

  /** Called in this process right after an own change, before the announcement comes round. */
  drop(accountId: string): void {
    this.entries.delete(accountId);
    // What is being read right now may be from before the change: whoever asks from now on reads anew.
    this.loading.delete(accountId);
    for (const dropper of this.droppers) dropper(accountId);
  }

  /** Drops it in every process, this one at once. */
  async forget(accountId: string): Promise<void> {
    await this.accounts.announce(this.database, accountId);
    this.drop(accountId);
  }

  onDrop(dropper: (accountId: string) => void): void {
    this.droppers.push(dropper);
  }

  private load(accountId: string): Promise<KnownAccount | null> {
    const running = this.loading.get(accountId);
    if (running) return running;
    const reading: Promise<KnownAccount | null> = this.read(accountId)
      .then((known) => {
        if (this.loading.get(accountId) === reading) this.keep(accountId, known);
        return known;
      })
      .finally(() => {
        if (this.loading.get(accountId) === reading) this.loading.delete(accountId);
      });
    this.loading.set(accountId, reading);
    return reading;
  }

  private async read(accountId: string): Promise<KnownAccount | null> {
    const record = await this.accounts.find(accountId);
    return record === null ? null : { record, secret: this.secretOf(record) };
  }

  private keep(accountId: string, known: KnownAccount | null): void {
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    this.entries.set(accountId, { known, readAt: this.clock.now() });
  }

  /** After a lost connection nobody knows which announcements were missed. */
  private dropAll(): void {
    for (const accountId of new Set([...this.entries.keys(), ...this.loading.keys()])) this.drop(accountId);
  }

  private secretOf(record: AccountRecord): string | null {
    if (record.sealedSecret === null) return null;
    return this.vault.open(record.sealedSecret, { accountId: record.accountId, field: 'hookSecret' });
  }
}

async function laterThan<T>(ms: number, value: T): Promise<T> {
  await sleep(ms, undefined, { ref: false });
  return value;
}

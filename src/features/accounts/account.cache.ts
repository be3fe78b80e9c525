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
  readonly until: number;
}

const FRESH_MS = 5_000;
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
      () => this.entries.clear(),
    );
  }

  async onModuleDestroy(): Promise<void> {
    await this.unlisten?.();
  }

  /** Null: unknown. Throws only when the database is away and the account was never seen. */
  async find(accountId: string): Promise<KnownAccount | null> {
    const entry = this.entries.get(accountId);
    if (entry && entry.until > this.clock.now()) return entry.known;
    try {
      return await this.load(accountId);
    } catch (error) {
      if (entry) return entry.known;
      throw error;
    }
  }

  /** Called in this process right after an own change, before the announcement comes round. */
  drop(accountId: string): void {
    this.entries.delete(accountId);
    for (const dropper of this.droppers) dropper(accountId);
  }

  onDrop(dropper: (accountId: string) => void): void {
    this.droppers.push(dropper);
  }

  private load(accountId: string): Promise<KnownAccount | null> {
    const running = this.loading.get(accountId);
    if (running) return running;
    const started = this.read(accountId).finally(() => this.loading.delete(accountId));
    this.loading.set(accountId, started);
    return started;
  }

  private async read(accountId: string): Promise<KnownAccount | null> {
    const record = await this.accounts.find(accountId);
    const known = record === null ? null : { record, secret: this.secretOf(record) };
    if (this.entries.size >= MAX_ENTRIES) this.entries.clear();
    this.entries.set(accountId, { known, until: this.clock.now() + FRESH_MS });
    return known;
  }

  private secretOf(record: AccountRecord): string | null {
    if (record.sealedSecret === null) return null;
    return this.vault.open(record.sealedSecret, { accountId: record.accountId, field: 'hookSecret' });
  }
}

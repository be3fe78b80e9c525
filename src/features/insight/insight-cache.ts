import { Injectable } from '@nestjs/common';

interface Entry {
  readonly value: Promise<unknown>;
  readonly until: number;
}

/** Insight looks at months: a minute changes nothing that a person decides by. */
const FRESH_MS = 60_000;
const MAX_ENTRIES = 400;

/** Answers of the last minute by question; several who ask at once wait for one computation. */
@Injectable()
export class InsightCache {
  private readonly entries = new Map<string, Entry>();

  /** `key` holds the account and everything that the answer depends on, the reader's reach and language included. */
  async of<T>(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known && known.until > performance.now()) return known.value as Promise<T>;
    const value = compute();
    this.entries.delete(key);
    this.entries.set(key, { value, until: performance.now() + FRESH_MS });
    value.catch(() => this.entries.delete(key));
    this.makeRoom();
    return value;
  }

  /** Whether the question would be answered at once, or is being worked out. */
  has(key: string): boolean {
    const known = this.entries.get(key);
    return known !== undefined && known.until > performance.now();
  }

  /** This answer holds for at most so long from now. */
  shorten(key: string, ms: number): void {
    const known = this.entries.get(key);
    if (!known) return;
    this.entries.set(key, { ...known, until: Math.min(known.until, performance.now() + ms) });
  }

  /** This answer is not true any more. */
  drop(key: string): void {
    this.entries.delete(key);
  }

  /** What was just learned anew: the next question is answered from it. */
  forget(accountId: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(accountId)) this.entries.delete(key);
  }

  private makeRoom(): void {
    for (const key of this.entries.keys()) {
      if (this.entries.size <= MAX_ENTRIES) return;
      this.entries.delete(key);
    }
  }
}

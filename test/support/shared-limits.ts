import { setTimeout as sleep } from 'node:timers/promises';
import type { BucketRule, SharedLimits } from '../../src/contract/host.js';
import type { Clock, Instant } from '../../src/domain/crm/time.js';

/** The shared limits' promise kept in memory: for one process, with everything that was asked of it on record. */
export class MemoryLimits implements SharedLimits {
  readonly taken: { readonly bucket: string; readonly lane: 'high' | 'low' }[] = [];
  readonly drains: Instant[] = [];
  readonly pauses = new Map<string, Instant>();
  readonly #levels = new Map<string, { level: number; at: Instant }>();

  constructor(
    private readonly clock: Clock,
    /** Off: nothing waits, everything is recorded. */
    private readonly limiting = false,
  ) {}

  async take(bucket: string, rule: BucketRule, cost: number, lane: 'high' | 'low'): Promise<void> {
    const room = rule.capacity - (lane === 'low' ? rule.reserve : 0);
    while (this.limiting) {
      const level = this.#levelOf(bucket, rule);
      if (level + cost <= room) break;
      await sleep(Math.max(1, ((level + cost - room) / rule.drainPerSecond) * 1000));
    }
    this.#levels.set(bucket, { level: this.#levelOf(bucket, rule) + cost, at: this.clock.now() });
    this.taken.push({ bucket, lane });
  }

  drain(bucket: string, until: Instant): Promise<void> {
    this.drains.push(until);
    this.#levels.set(bucket, { level: Number.MAX_SAFE_INTEGER, at: until });
    return Promise.resolve();
  }

  pause(method: string, until: Instant): Promise<void> {
    this.pauses.set(method, Math.max(until, this.pauses.get(method) ?? 0));
    return Promise.resolve();
  }

  resume(method: string): Promise<void> {
    this.pauses.delete(method);
    return Promise.resolve();
  }

  pausedUntil(method: string): Promise<Instant | null> {
    const until = this.pauses.get(method);
    return Promise.resolve(until !== undefined && until > this.clock.now() ? until : null);
  }

  #levelOf(bucket: string, rule: BucketRule): number {
    const { level, at } = this.#levels.get(bucket) ?? { level: 0, at: this.clock.now() };
    const drained = ((this.clock.now() - at) / 1000) * rule.drainPerSecond;
    return Math.max(0, Math.min(level, rule.capacity + 1) - drained);
  }
}

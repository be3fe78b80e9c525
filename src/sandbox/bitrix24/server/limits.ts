import type { VirtualClock } from '../../common/virtual-clock.js';
import { RestError } from '../wire/rest-error.js';

export interface LimitSettings {
  on: boolean;
  /** Hits a portal and source address may have in the bucket. */
  burst: number;
  /** Hits that leave the bucket in a second. */
  rate: number;
  /** Seconds of execution a method may use in ten minutes. */
  operatingLimit: number;
  /** `documented`: inner calls of a batch are billed to their methods; `measured`: all of it to `batch`. */
  batchAccounting: 'documented' | 'measured';
  /** Seconds of execution a call is said to take, by method; `*` for reads, `*write` for the rest. */
  costs: Record<string, number>;
}

const BASKETS = 10;
const WRITE =
  /\.(add|update|delete|complete|renew|start|pause|defer|approve|disapprove|delegate|set|execute)$/;

/** The portal's two limits: a leaky bucket by source address, and operating time by application and method. */
export class Limits {
  readonly settings: LimitSettings;
  private readonly buckets = new Map<string, { level: number; at: number }>();
  private readonly baskets = new Map<string, Map<number, number>>();

  constructor(
    on: boolean,
    private readonly clock: VirtualClock,
  ) {
    this.settings = {
      on,
      burst: 50,
      rate: 2,
      operatingLimit: 480,
      batchAccounting: 'documented',
      costs: { '*': 0.02, '*write': 0.03 },
    };
  }

  /** Counts one request, or refuses it. */
  hit(address: string): void {
    if (!this.settings.on) {
      return;
    }
    const now = this.clock.now() / 1000;
    const bucket = this.buckets.get(address) ?? { level: 0, at: now };
    bucket.level = Math.max(0, bucket.level - (now - bucket.at) * this.settings.rate);
    bucket.at = now;
    this.buckets.set(address, bucket);
    if (bucket.level + 1 > this.settings.burst) {
      throw new RestError(503, 'QUERY_LIMIT_EXCEEDED', 'Too many requests');
    }
    bucket.level += 1;
  }

  /** Refuses a method whose operating time is used up; the check comes before the call. */
  checkOperating(owner: string, method: string): void {
    if (this.settings.on && this.operating(owner, method) > this.settings.operatingLimit) {
      throw new RestError(429, 'OPERATION_TIME_LIMIT', 'Method is blocked due to operation time limit.');
    }
  }

  cost(method: string): number {
    const { costs } = this.settings;
    return costs[method] ?? (WRITE.test(method) ? costs['*write'] : costs['*']) ?? 0;
  }

  charge(owner: string, method: string, seconds: number): void {
    const key = `${owner}\n${method}`;
    const minute = Math.floor(this.clock.now() / 60_000);
    const baskets = this.baskets.get(key) ?? new Map<number, number>();
    this.baskets.set(key, baskets);
    baskets.set(minute, (baskets.get(minute) ?? 0) + seconds);
    for (const old of baskets.keys()) {
      if (old <= minute - BASKETS) {
        baskets.delete(old);
      }
    }
  }

  /** Seconds used in the last ten baskets. */
  operating(owner: string, method: string): number {
    let sum = 0;
    const minute = Math.floor(this.clock.now() / 60_000);
    for (const [basket, seconds] of this.baskets.get(`${owner}\n${method}`) ?? []) {
      sum += basket > minute - BASKETS ? seconds : 0;
    }
    return sum;
  }

  /** Unix second at which the oldest basket falls out. */
  resetAt(owner: string, method: string): number {
    const minute = Math.floor(this.clock.now() / 60_000);
    let oldest = minute;
    for (const basket of this.baskets.get(`${owner}\n${method}`)?.keys() ?? []) {
      oldest = basket > minute - BASKETS ? Math.min(oldest, basket) : oldest;
    }
    return (oldest + BASKETS) * 60;
  }

  reset(): void {
    this.buckets.clear();
    this.baskets.clear();
  }
}

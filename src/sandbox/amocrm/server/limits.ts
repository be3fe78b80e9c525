import type { VirtualClock } from '../../common/virtual-clock.js';

export interface LimitSettings {
  on: boolean;
  /** Requests a second of one integration in the account; also what may come at once. */
  rate: number;
  /** The same for everything in the account together. */
  accountRate: number;
  /** So many refusals within `banWindowSeconds` end in a ban. */
  banAfter: number;
  banWindowSeconds: number;
  /** How a refusal looks: a plain line (.ru) or problem JSON (Kommo). */
  style: 'text' | 'json';
}

interface Bucket {
  level: number;
  /** Epoch seconds with a fraction. */
  at: number;
}

/** Seven requests a second, fifty for the account; who goes on after refusals is banned until somebody lifts it. */
export class Limits {
  readonly settings: LimitSettings;
  banned = false;
  private readonly buckets = new Map<string, Bucket>();
  private refusals: number[] = [];

  constructor(
    on: boolean,
    private readonly clock: VirtualClock,
  ) {
    this.settings = { on, rate: 7, accountRate: 50, banAfter: 30, banWindowSeconds: 60, style: 'text' };
  }

  /** Counts one request; what to do with it. */
  hit(integrationId: string): 'pass' | 'refuse' | 'ban' {
    if (this.banned) return 'ban';
    if (!this.settings.on) return 'pass';
    const own = this.bucket(`integration ${integrationId}`, this.settings.rate);
    const all = this.bucket('account', this.settings.accountRate);
    if (own.level >= 1 && all.level >= 1) {
      own.level -= 1;
      all.level -= 1;
      return 'pass';
    }
    return this.refuse();
  }

  lift(): void {
    this.banned = false;
    this.refusals = [];
  }

  reset(): void {
    this.buckets.clear();
    this.lift();
  }

  private refuse(): 'refuse' | 'ban' {
    const now = this.clock.seconds();
    this.refusals = this.refusals.filter((at) => at > now - this.settings.banWindowSeconds);
    this.refusals.push(now);
    this.banned = this.refusals.length >= this.settings.banAfter;
    return this.banned ? 'ban' : 'refuse';
  }

  private bucket(key: string, rate: number): Bucket {
    const now = this.clock.now() / 1000;
    const bucket = this.buckets.get(key) ?? { level: rate, at: now };
    bucket.level = Math.min(rate, bucket.level + (now - bucket.at) * rate);
    bucket.at = now;
    this.buckets.set(key, bucket);
    return bucket;
  }
}

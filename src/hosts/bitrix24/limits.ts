import type { BucketRule, HostSession } from '../../contract/host.js';
import type { Lane } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import type { TimeFacts } from './answers.js';
import { CallFault } from '../common/call-fault.js';
import type { Patience } from '../common/patience.js';
import { sleepUntil } from '../common/patience.js';

const BUCKET = 'rest';
/**
 * What a portal grants, by its plan. The cloud blocks above 50 and drains 2 a second; one less than its 50 is half a
 * second of slack for requests that overtake each other on the way, and every further one would cost half a second of
 * each long walk. The low lane leaves one, so that a frame that opens during a backfill is served at once. A self-hosted
 * portal counts nothing by default.
 */
export const BUCKET_RULES = {
  cloud: { capacity: 49, drainPerSecond: 2, reserve: 1 },
  enterprise: { capacity: 249, drainPerSecond: 5, reserve: 5 },
  none: null,
} as const satisfies Readonly<Record<string, BucketRule | null>>;

export type PortalLimits = keyof typeof BUCKET_RULES;

/** Of 480 s in ten minutes; above the first we slow down, above the second we would be blocked soon. */
const OPERATING_BRAKE_S = 300;
const OPERATING_STOP_S = 384;
/** Spending at this rate keeps the sum at `OPERATING_STOP_S` for ever. */
const OPERATING_SUSTAINED = OPERATING_STOP_S / 600;
const PAUSES_KNOWN_FOR_MS = 1000;

/**
 * Decides when a request may leave. The numbers live in the session, shared by all processes; here are only the rules.
 */
export class Governor {
  readonly #pauses = new Map<string, { readonly until: Instant | null; readonly askedAt: Instant }>();
  readonly #operating = new Map<string, number>();

  constructor(
    private readonly session: HostSession,
    private readonly patience: Patience,
    private readonly rule: BucketRule | null,
  ) {}

  /** Waits for the bucket and for short pauses of these methods; throws `throttled` when a pause is long. */
  async admit(methods: ReadonlySet<string>, lane: Lane): Promise<void> {
    for (const method of methods) await this.#sitOut(method);
    await this.#sitOut('*');
    if (this.rule) await this.session.limits.take(BUCKET, this.rule, 1, lane);
  }

  /** Takes in what the host said about a method's operating time: slows the method down before the host does. */
  async observe(method: string, time: TimeFacts): Promise<void> {
    if (time.operating === null) return;
    const before = this.#operating.get(method) ?? time.operating;
    this.#operating.set(method, time.operating);
    if (time.operating < OPERATING_BRAKE_S) return;
    const now = this.session.clock.now();
    await this.pause(method, now + brakeMs(time, time.operating - before, now));
  }

  async pause(method: string, until: Instant): Promise<void> {
    this.#pauses.set(method, { until, askedAt: this.session.clock.now() });
    await this.session.limits.pause(method, until);
  }

  /** The host refused for its bucket: ours was too optimistic. */
  async drained(until: Instant): Promise<void> {
    await this.session.limits.drain(BUCKET, until);
  }

  async #sitOut(method: string): Promise<void> {
    const { clock } = this.session;
    const until = await this.#pausedUntil(method);
    if (until === null || until <= clock.now()) return;
    if (until - clock.now() > this.patience.waitInPlaceMs) {
      const named = method === '*' ? {} : { method };
      throw new CallFault({ kind: 'throttled', retryAt: until, ...named }, 'never', false, '', method);
    }
    await sleepUntil(clock, until);
  }

  async #pausedUntil(method: string): Promise<Instant | null> {
    const now = this.session.clock.now();
    const known = this.#pauses.get(method);
    if (known && now - known.askedAt < PAUSES_KNOWN_FOR_MS && now >= known.askedAt) return known.until;
    const until = await this.session.limits.pausedUntil(method);
    this.#pauses.set(method, { until, askedAt: now });
    return until;
  }
}

/** Grows from nothing at the brake to the sustainable pace at the stop; beyond it, until the oldest minute falls out. */
function brakeMs(time: TimeFacts, spent: number, now: Instant): number {
  const operating = time.operating ?? 0;
  const resetMs = Math.max(0, (time.operatingResetAt ?? now) - (time.finishedAt ?? now));
  if (operating >= OPERATING_STOP_S) return Math.min(Math.max(resetMs, 1000), 60_000);
  const share = (operating - OPERATING_BRAKE_S) / (OPERATING_STOP_S - OPERATING_BRAKE_S);
  return (Math.max(spent, 0) / OPERATING_SUSTAINED) * share * 1000;
}

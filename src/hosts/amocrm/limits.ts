import { setTimeout as sleep } from 'node:timers/promises';
import type { BucketRule, HostSession } from '../../contract/host.js';
import type { Lane } from '../../contract/streams.js';
import type { Instant } from '../../domain/crm/time.js';
import { CallFault } from '../common/call-fault.js';
import { type Patience, sleepUntil } from '../common/patience.js';
import { BLOCKED, THROTTLED } from './answers.js';

const BUCKET = 'api';
const PROBE_BUCKET = 'probe';
/** Key of the pause that says: blocked, and nobody has seen it work again since. */
const BAN = 'ban';
/**
 * 7 requests a second for an integration in an account. A small capacity keeps them evenly spaced: how the host counts
 * is not documented, and repeated refusals end in a ban. The low lane leaves one, so that a person is served at once.
 */
const RULE: BucketRule = { capacity: 3, drainPerSecond: 7, reserve: 1 };
/** One careful request at a time over all processes, until one goes well. */
const PROBE_RULE: BucketRule = { capacity: 1, drainPerSecond: 1 / 20, reserve: 0 };

const FIRST_PAUSE_MS = 1000;
/** What the host itself names in its English documentation. */
const LONGEST_PAUSE_MS = 300_000;
const BAN_PAUSE_MS = 15 * 60_000;
/** Longer than any ban that was reported; a probe that goes well ends it at once. */
const BAN_MEMORY_MS = 7 * 24 * 3_600_000;
/** Another process's pause is seen this late. */
const PAUSES_KNOWN_FOR_MS = 250;
/** A place in the bucket that nobody needed any more is good for this long. */
const SPARE_FOR_MS = 1000;

/** Thrown where a request is given up while it waits for its turn. */
export class NotWanted extends Error {}

/** Spaces the requests of all accounts of this process: for a platform that counts them by the address they come from. */
export class Pace {
  #next = 0;

  constructor(private readonly perSecond: number) {}

  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#next);
    this.#next = at + 1000 / this.perSecond;
    if (at > now) await sleep(at - now);
  }
}

/** Decides when a request may leave. The numbers live in the session, shared by all processes. */
export class Governor {
  #known: { readonly until: Instant | null; readonly ban: boolean; readonly askedAt: Instant } | null = null;
  #refusals = 0;
  /** This process's probe while it is under way. */
  #probe: PromiseWithResolvers<void> | null = null;
  #pausedUntil: Instant = 0;
  /** In the low lane one after another, so that what was asked for first goes first. */
  #turn: Promise<void> = Promise.resolve();
  #spareUntil: Instant = 0;

  constructor(
    private readonly session: HostSession,
    private readonly patience: Patience,
  ) {}

  /**
   * Waits for the bucket and short pauses; throws `throttled` when the pause is long, `NotWanted` once `signal` is
   * aborted. True: this request is the probe.
   */
  async admit(lane: Lane, signal?: AbortSignal): Promise<boolean> {
    if (lane === 'high') return this.#enter(lane, signal);
    const before = this.#turn;
    const mine = Promise.withResolvers<void>();
    this.#turn = mine.promise;
    try {
      await before;
      return await this.#enter(lane, signal);
    } finally {
      mine.resolve();
    }
  }

  async #enter(lane: Lane, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) throw new NotWanted();
    for (;;) {
      await this.#sitOut();
      if (!(await this.#state()).ban) break;
      if (!this.#probe) return this.#becomeProbe(lane);
      await this.#probe.promise;
      this.#known = null;
    }
    const { clock, limits } = this.session;
    if (this.#spareUntil > clock.now()) this.#spareUntil = 0;
    else await limits.take(BUCKET, RULE, 1, lane);
    if (!signal?.aborted) return false;
    this.#spareUntil = clock.now() + SPARE_FOR_MS;
    throw new NotWanted();
  }

  /** The request came to an end, whatever it was. */
  settled(probe: boolean): void {
    if (!probe) return;
    this.#probe?.resolve();
    this.#probe = null;
  }

  /** An answer that was no refusal for limits. */
  async passed(probe: boolean): Promise<void> {
    this.#refusals = 0;
    if (!probe) return;
    await this.session.limits.resume(BAN);
    this.#known = null;
    this.session.log.info('the account answers us again after a block');
  }

  /** Tells all processes what a refusal means; returns it as it is thrown on. */
  async refused(fault: CallFault): Promise<CallFault> {
    if (fault.code === BLOCKED) return this.#blocked(fault);
    if (fault.code !== THROTTLED || fault.failure.kind !== 'throttled') return fault;
    const now = this.session.clock.now();
    // Requests that were on their way together are one refusal.
    if (now >= this.#pausedUntil) this.#refusals += 1;
    const grown = Math.min(FIRST_PAUSE_MS * 2 ** (this.#refusals - 1), LONGEST_PAUSE_MS);
    const until = Math.max(fault.failure.retryAt, now + grown, this.#pausedUntil);
    await this.#pause(until);
    return new CallFault({ kind: 'throttled', retryAt: until }, 'throttle', false, THROTTLED, fault.method);
  }

  async #blocked(fault: CallFault): Promise<CallFault> {
    const now = this.session.clock.now();
    await this.session.limits.pause(BAN, now + BAN_MEMORY_MS);
    await this.#pause(now + BAN_PAUSE_MS);
    this.session.log.warn('the account blocks our requests: all its traffic stops', {
      minutes: BAN_PAUSE_MS / 60_000,
    });
    return fault;
  }

  async #pause(until: Instant): Promise<void> {
    this.#pausedUntil = until;
    this.#known = null;
    await this.session.limits.pause('*', until);
  }

  async #becomeProbe(lane: Lane): Promise<boolean> {
    this.#probe = Promise.withResolvers<void>();
    try {
      await this.session.limits.take(PROBE_BUCKET, PROBE_RULE, 1, 'high');
      this.#known = null;
      await this.#sitOut();
      if ((await this.#state()).ban) return true;
    } catch (error) {
      this.settled(true);
      throw error;
    }
    // Another process's probe went well while we waited.
    this.settled(true);
    await this.session.limits.take(BUCKET, RULE, 1, lane);
    return false;
  }

  async #sitOut(): Promise<void> {
    const { clock } = this.session;
    for (;;) {
      const { until } = await this.#state();
      if (until === null || until <= clock.now()) return;
      if (until - clock.now() > this.patience.waitInPlaceMs) {
        throw new CallFault({ kind: 'throttled', retryAt: until }, 'never', false, '');
      }
      await sleepUntil(clock, until);
    }
  }

  async #state(): Promise<{ readonly until: Instant | null; readonly ban: boolean }> {
    const now = this.session.clock.now();
    if (this.#known && now - this.#known.askedAt < PAUSES_KNOWN_FOR_MS && now >= this.#known.askedAt)
      return this.#known;
    const until = await this.session.limits.pausedUntil('*');
    // A pause of everything may be told for every key; the ban's memory ends later than any of them.
    const ban = ((await this.session.limits.pausedUntil(BAN)) ?? 0) > (until ?? 0);
    this.#known = { until, ban, askedAt: now };
    return this.#known;
  }
}

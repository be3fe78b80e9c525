import { encodeBracketForm } from '../../common/bracket-form.js';
import type { EventSender } from '../../common/event-sender.js';
import type { VirtualClock } from '../../common/virtual-clock.js';
import type { Webhook, Webhooks } from '../store/webhooks.js';

const MINUTE = 60_000;
/** Wait before the attempt after the first, second, third and fourth one. */
const WAITS: readonly number[] = [5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 60 * MINUTE];
/** Attempts that any bad answer gets; the rest are for a silent or broken server only. */
const COMMON_RETRIES = 2;
const LOOK_MS = 1000;

interface Waiting {
  /** Epoch milliseconds of the account's clock. */
  readonly due: number;
  readonly send: () => void;
}

/** Delivers hooks: two seconds for an answer, up to five attempts by the host's table, off after too many bad ones. */
export class HookCourier {
  retries = 0;
  private readonly waiting = new Set<Waiting>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sender: EventSender,
    private readonly webhooks: Webhooks,
    private readonly clock: VirtualClock,
  ) {}

  deliver(hook: Webhook, fields: Readonly<Record<string, unknown>>): void {
    // The state of the change, not of the attempt: a late attempt carries old values.
    const body = encodeBracketForm(fields);
    this.attempt(hook, body, 0);
  }

  get pending(): number {
    return this.waiting.size;
  }

  /** Sends what has become due; called by the beat and whenever the clock is turned. */
  look(): void {
    const now = this.clock.now();
    for (const one of this.waiting) {
      if (one.due > now) continue;
      this.waiting.delete(one);
      this.retries += 1;
      one.send();
    }
    if (this.waiting.size === 0) this.rest();
  }

  close(): void {
    this.waiting.clear();
    this.rest();
  }

  private attempt(hook: Webhook, body: string, tried: number): void {
    if (hook.disabled || !this.webhooks.all.includes(hook)) return;
    this.sender.deliver({
      url: hook.destination,
      body: () => body,
      settled: (status) => {
        this.webhooks.heard(hook, status, this.clock.seconds());
        if (status >= 100 && status < 300) return;
        const broken = status === 0 || status === 499 || status >= 500;
        const wait = tried < COMMON_RETRIES || broken ? WAITS[tried] : undefined;
        if (wait === undefined) return;
        this.waiting.add({
          due: this.clock.now() + wait,
          send: () => this.attempt(hook, body, tried + 1),
        });
        this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
      },
    });
  }

  private rest(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}

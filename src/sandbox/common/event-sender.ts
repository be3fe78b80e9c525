import { encodeBracketForm } from './bracket-form.js';

/** How deliveries misbehave on demand. */
export interface DeliverySettings {
  /** The next so many deliveries are lost. */
  lose: number;
  /** Share of deliveries that are lost, 0 to 1. */
  loseShare: number;
  /** Each delivery is sent so many times more. */
  repeat: number;
  /** Deliveries leave in groups of this size, last first; 0 or 1 keeps the order. */
  reorder: number;
  delayMs: number;
}

export interface DeliveryCounts {
  queued: number;
  sent: number;
  lost: number;
  repeated: number;
  /** The handler answered with something else than 2xx, or not at all: gone, never sent again. */
  refused: number;
}

export interface SenderOptions {
  /** 0 to 1, seeded so that lost deliveries repeat from run to run. */
  readonly random: () => number;
  readonly userAgent: string;
  /** How long the host waits for an answer. */
  readonly timeoutMs: number;
}

/** A call to an application. */
export interface Delivery {
  readonly url: string;
  /** Written when the call leaves. */
  readonly body: () => string;
  /** `application/x-www-form-urlencoded` when absent. */
  readonly contentType?: string;
  /** Hears the status of the answer, 0 when nobody answered; a host that sends again does it from here. */
  readonly settled?: (status: number) => void;
}

const IN_FLIGHT = 12;
const FORM = 'application/x-www-form-urlencoded';
const REORDER_WAIT_MS = 200;

/** Posts calls to applications: once, in order unless told otherwise. */
export class EventSender {
  readonly settings: DeliverySettings = { lose: 0, loseShare: 0, repeat: 0, reorder: 0, delayMs: 0 };
  readonly counts: DeliveryCounts = { queued: 0, sent: 0, lost: 0, repeated: 0, refused: 0 };
  private readonly queue: Delivery[] = [];
  private readonly held: Delivery[] = [];
  private readonly timers = new Set<NodeJS.Timeout>();
  private readonly idle = new Set<() => void>();
  private running = 0;
  private closed = false;

  constructor(private readonly options: SenderOptions) {}

  /** A form, written when the call leaves: `ts` is the time of sending. */
  send(url: string, fields: () => Readonly<Record<string, unknown>>): void {
    this.deliver({ url, body: () => encodeBracketForm(fields()) });
  }

  deliver(delivery: Delivery): void {
    if (this.closed) {
      return;
    }
    this.counts.queued += 1;
    if (this.settings.lose > 0) {
      this.settings.lose -= 1;
      this.counts.lost += 1;
      return;
    }
    if (this.settings.loseShare > 0 && this.options.random() < this.settings.loseShare) {
      this.counts.lost += 1;
      return;
    }
    for (let copy = 0; copy <= this.settings.repeat; copy++) {
      this.counts.repeated += copy > 0 ? 1 : 0;
      this.arrange(delivery);
    }
  }

  /** One call whose answer matters to the caller; the status, or 0 when nobody answered. */
  async post(url: string, fields: Readonly<Record<string, unknown>>): Promise<number> {
    return this.request({ url, body: () => encodeBracketForm(fields) });
  }

  /** Waits until nothing is queued or on its way. */
  async drained(): Promise<void> {
    this.releaseHeld();
    if (this.running === 0 && this.queue.length === 0 && this.timers.size === 0) {
      return;
    }
    await new Promise<void>((resolve) => this.idle.add(resolve));
  }

  close(): void {
    this.closed = true;
    this.queue.length = 0;
    this.held.length = 0;
    for (const timer of this.timers) {
      clearTimeout(timer);
    }
    this.timers.clear();
    this.settle();
  }

  private arrange(delivery: Delivery): void {
    if (this.settings.reorder > 1) {
      this.held.push(delivery);
      if (this.held.length >= this.settings.reorder) {
        this.releaseHeld();
      } else {
        this.later(REORDER_WAIT_MS, () => this.releaseHeld());
      }
      return;
    }
    this.enqueue(delivery);
  }

  private releaseHeld(): void {
    for (const delivery of this.held.splice(0).reverse()) {
      this.enqueue(delivery);
    }
  }

  private enqueue(delivery: Delivery): void {
    if (this.settings.delayMs > 0) {
      this.later(this.settings.delayMs, () => this.push(delivery));
    } else {
      this.push(delivery);
    }
  }

  private later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      work();
      this.settle();
    }, milliseconds);
    this.timers.add(timer);
  }

  private push(delivery: Delivery): void {
    this.queue.push(delivery);
    this.pump();
  }

  private pump(): void {
    // What is sent in a chosen order has to arrive in it.
    const width = this.settings.reorder > 1 ? 1 : IN_FLIGHT;
    while (this.running < width && this.queue.length > 0) {
      const delivery = this.queue.shift();
      if (delivery === undefined) {
        return;
      }
      this.running += 1;
      void this.request(delivery).then((status) => {
        this.running -= 1;
        this.counts.sent += 1;
        this.counts.refused += status >= 200 && status < 300 ? 0 : 1;
        if (!this.closed) delivery.settled?.(status);
        this.pump();
        this.settle();
      });
    }
  }

  private settle(): void {
    if (this.running > 0 || this.queue.length > 0 || this.timers.size > 0) {
      return;
    }
    for (const resolve of this.idle) {
      resolve();
    }
    this.idle.clear();
  }

  private async request(delivery: Delivery): Promise<number> {
    try {
      const answer = await fetch(delivery.url, {
        method: 'POST',
        body: delivery.body(),
        redirect: 'manual',
        headers: {
          'content-type': delivery.contentType ?? FORM,
          'user-agent': this.options.userAgent,
        },
        signal: AbortSignal.timeout(this.options.timeoutMs),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  }
}

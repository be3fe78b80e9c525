import { ApiFailure } from './failure.js';
import { EventText, type ServerEvent } from './event-text.js';

/** `polled` is the state of screens that ask now and then instead of following. */
export type LiveState = 'connecting' | 'live' | 'polled' | 'waiting' | 'paused' | 'ended';

export interface LiveOptions {
  readonly open: (signal: AbortSignal, lastEventId: string | null) => Promise<Response>;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onState: (state: LiveState) => void;
  /** Runs at every sign of life, heartbeats included. */
  readonly onSign: () => void;
}

/** The server beats every 15 s: three missed beats and the line is dead, whatever the socket says. */
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** A browser's `EventSource` cannot carry our bearer token; refusals that no patience mends end the stream. */
const FINAL_STATUSES: readonly number[] = [401, 403, 404];

/**
 * Follows the server's events for as long as the page is seen, reconnecting with jittered pauses. A hidden tab holds no
 * connection: six cards in six tabs would use up the browser's allowance.
 */
export function followLive(options: LiveOptions): { readonly stop: () => void } {
  const follower = new Follower(options);
  const onVisibility = (): void => follower.seen(!document.hidden);
  const onOnline = (): void => follower.hurry();
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', onOnline);
  follower.seen(!document.hidden);
  return {
    stop: () => {
      document.removeEventListener('visibilitychange', onVisibility);
      window.removeEventListener('online', onOnline);
      follower.stop();
    },
  };
}

class Follower {
  #line: AbortController | null = null;
  #wake: (() => void) | null = null;
  #over = false;
  #failures = 0;
  #lastEventId: string | null = null;
  #basePauseMs = FIRST_PAUSE_MS;

  constructor(private readonly options: LiveOptions) {}

  seen(visible: boolean): void {
    if (this.#over) return;
    if (visible && !this.#line) void this.#run();
    if (!visible && this.#line) this.#cut('paused');
  }

  hurry(): void {
    this.#failures = 0;
    this.#wake?.();
  }

  stop(): void {
    this.#over = true;
    this.#cut('ended');
  }

  #cut(state: LiveState): void {
    this.#line?.abort();
    this.#line = null;
    this.#wake?.();
    this.options.onState(state);
  }

  async #run(): Promise<void> {
    const line = new AbortController();
    this.#line = line;
    while (!line.signal.aborted) {
      this.options.onState('connecting');
      const ended = await this.#listen(line.signal);
      if (line.signal.aborted) return;
      if (ended === 'refused') return this.stop();
      this.options.onState('waiting');
      await this.#pause();
    }
  }

  async #listen(cut: AbortSignal): Promise<'broken' | 'refused'> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const response = await this.options.open(AbortSignal.any([cut, silence.signal]), this.#lastEventId);
      this.options.onState('live');
      this.#failures = 0;
      const text = new EventText();
      const decoder = new TextDecoder();
      if (!response.body) return 'broken';
      const reader = response.body.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        this.options.onSign();
        const events = text.take(decoder.decode(piece.value, { stream: true }));
        this.#lastEventId = text.lastEventId ?? this.#lastEventId;
        this.#basePauseMs = text.retryMs ?? this.#basePauseMs;
        events.forEach((event) => this.options.onEvent(event));
      }
      return 'broken';
    } catch (error) {
      return error instanceof ApiFailure && FINAL_STATUSES.includes(error.status) ? 'refused' : 'broken';
    } finally {
      clearTimeout(timer);
    }
  }

  /** Full jitter: a restarted server must not meet all its widgets in the same second. */
  async #pause(): Promise<void> {
    const limit = Math.min(this.#basePauseMs * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#failures += 1;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      setTimeout(resolve, limit / 2 + (Math.random() * limit) / 2);
    });
    this.#wake = null;
  }
}

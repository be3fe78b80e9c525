import { computed, onScopeDispose, ref, shallowRef, type ComputedRef } from 'vue';
import type { PlanView, SyncView } from '../../../src/features/plans/plan.view.js';
import type { ApiClient } from '../api/client.js';
import type { ServerEvent } from '../api/event-text.js';
import { asFailure, type ApiFailure } from '../api/failure.js';
import type { LiveState } from '../api/live.js';
import { changedSteps, newer, overlay, type PendingStep } from './overlay.js';

/** How long a change by somebody else stays marked. */
const MARK_MS = 6_000;
const LOAD_PAUSE_MS = 5_000;

/**
 * One deal's plan: the server's last answer (`#base`) and the unanswered commands (`pending`) are kept apart, and the person
 * sees the second laid over the first. An answer or a live event replaces the base; a refusal drops its command.
 */
export class PlanStore {
  readonly #base = shallowRef<PlanView | null>(null);
  /** Commands that the server has not answered yet. */
  readonly pending = shallowRef<readonly PendingStep[]>([]);
  /** Null until the first answer. */
  readonly view: ComputedRef<PlanView | null> = computed(() =>
    this.#base.value ? overlay(this.#base.value, this.pending.value) : null,
  );
  /** Why the last reading failed; what was read before stays shown. */
  readonly failure = shallowRef<ApiFailure | null>(null);
  readonly live = ref<LiveState>('connecting');
  /** When the server was last heard of, by this browser's clock, ms. */
  readonly heardAt = ref(Date.now());
  /** Server's clock minus this browser's, ms. */
  readonly skewMs = ref(0);
  /** Steps that somebody else has just changed. */
  readonly changed = shallowRef<readonly string[]>([]);
  readonly api: ApiClient;
  /** Address of this deal's plan in the API. */
  readonly path: string;
  #reading: Promise<void> | null = null;
  #again = false;
  #markTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: ApiClient, dealId: string) {
    this.api = api;
    this.path = `/api/plan/${encodeURIComponent(dealId)}`;
  }

  /** Follows the plan from now on; the function it returns ends that. */
  start(first: Promise<PlanView> | undefined): () => void {
    const end = new AbortController();
    const reading = first ? this.#read(first) : this.reload();
    void reading.then(() => this.#follow(end.signal));
    return () => {
      end.abort();
      clearTimeout(this.#markTimer);
    };
  }

  async #follow(end: AbortSignal): Promise<void> {
    // After the first sight, and again while the way to the server is broken.
    const live = await import('../api/live.js').catch(() => null);
    if (end.aborted) return;
    if (!live) {
      this.live.value = 'waiting';
      setTimeout(() => void this.#follow(end), LOAD_PAUSE_MS);
      return;
    }
    const line = live.followLive({
      open: (signal, lastEventId) => this.api.stream(`${this.path}/events`, signal, lastEventId),
      onEvent: (event) => this.#hear(event),
      onSign: () => (this.heardAt.value = Date.now()),
      onState: (state) => this.#lineIs(state),
    });
    end.addEventListener('abort', line.stop);
  }

  /** One reading at a time; whoever asks meanwhile gets one more afterwards, not a queue. */
  reload(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#read(this.api.read<PlanView>(this.path)).finally(() => {
      this.#reading = null;
      if (!this.#again) return;
      this.#again = false;
      void this.reload();
    });
    return this.#reading;
  }

  async #read(answer: Promise<PlanView>): Promise<void> {
    try {
      this.accept(await answer, false);
    } catch (error) {
      this.failure.value = asFailure(error);
    }
  }

  /** Takes a reading in; `own`: the answer to a command of ours, which marks nothing as changed by others. */
  accept(incoming: PlanView, own: boolean): void {
    const before = this.#base.value;
    const after = newer(before, incoming);
    this.#base.value = after;
    this.failure.value = null;
    this.heardAt.value = Date.now();
    this.skewMs.value = Date.parse(incoming.now) - Date.now();
    if (own || !before || after !== incoming) return;
    const ours = new Set(this.pending.value.map((op) => op.stepId));
    this.#mark(changedSteps(before, incoming).filter((id) => !ours.has(id)));
  }

  #mark(ids: readonly string[]): void {
    if (ids.length === 0) return;
    this.changed.value = ids;
    clearTimeout(this.#markTimer);
    this.#markTimer = setTimeout(() => (this.changed.value = []), MARK_MS);
  }

  #hear(event: ServerEvent): void {
    const data = fieldsOf(event.data);
    const base = this.#base.value;
    if (!data || !base) return;
    if (event.name === 'sync') this.#base.value = { ...base, sync: data as unknown as SyncView };
    if (event.name === 'plan' && !isKnown(base, data['revision'])) void this.reload();
  }

  #lineIs(state: LiveState): void {
    const opened = state === 'live' && this.live.value !== 'live';
    this.live.value = state;
    // Whatever happened while nobody listened is in the plan itself.
    if (opened && (this.#base.value || this.failure.value)) void this.reload();
  }
}

/** The plan of one deal for as long as the calling component lives. */
export function usePlan(api: ApiClient, dealId: string, first: Promise<PlanView> | undefined): PlanStore {
  const store = new PlanStore(api, dealId);
  onScopeDispose(store.start(first));
  return store;
}

function isKnown(view: PlanView, revision: unknown): boolean {
  // Revision 0 says that something about the plan changed without a decision, such as a task that has appeared.
  return typeof revision === 'number' && revision > 0 && view.plan !== null && view.plan.revision >= revision;
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

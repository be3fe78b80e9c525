import { computed, ref, shallowRef, type ComputedRef } from 'vue';
import type { PlanView } from '../../../src/features/plans/plan.view.js';
import type { ApiClient } from '../api/client.js';
import { asFailure, type ApiFailure } from '../api/failure.js';
import type { LiveState } from '../api/live.js';
import type { overlay, PendingStep } from './overlay.js';
import { newer } from './plan-states.js';

/**
 * One deal's plan: the server's last answer (`base`) and the unanswered commands (`pending`) are kept apart, and the person
 * sees the second laid over the first. An answer or a live event replaces the base; a refusal drops its command.
 */
export class PlanStore {
  readonly base = shallowRef<PlanView | null>(null);
  /** Commands that the server has not answered yet. */
  readonly pending = shallowRef<readonly PendingStep[]>([]);
  /** How commands are laid over the base; whoever sends commands brings it along. */
  lay: typeof overlay = (base) => base;
  /** Is told of every reading that replaces another; whoever follows the plan sets it. */
  heed: (before: PlanView, after: PlanView) => void = () => undefined;
  /** Null until the first answer. */
  readonly view: ComputedRef<PlanView | null> = computed(() => {
    const pending = this.pending.value;
    return this.base.value && this.lay(this.base.value, pending);
  });
  /** Why the last reading failed; what was read before stays shown. */
  readonly failure = shallowRef<ApiFailure | null>(null);
  readonly live = ref<LiveState>('connecting');
  /** When the server was last heard of, by this browser's clock, ms. */
  readonly heardAt = ref(Date.now());
  /** Server's clock minus this browser's, ms. */
  readonly skewMs = ref(0);
  /** Steps that somebody else has just changed. */
  readonly changed = shallowRef<readonly string[]>([]);
  /** Address of this deal's plan in the API. */
  readonly path: string;
  /** Ends with the first reading, however it went. */
  readonly first: Promise<void>;
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(
    readonly api: ApiClient,
    dealId: string,
    first: Promise<PlanView> | undefined,
  ) {
    this.path = `/api/plan/${encodeURIComponent(dealId)}`;
    this.first = first ? this.#read(first) : this.reload();
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

  /** Takes a reading in; `own`: the answer to a command of ours, which is no news from others. */
  accept(incoming: PlanView, own: boolean): void {
    const before = this.base.value;
    const after = newer(before, incoming);
    this.base.value = after;
    this.failure.value = null;
    this.heardAt.value = Date.now();
    this.skewMs.value = Date.parse(incoming.now) - Date.now();
    if (!own && before && after === incoming) this.heed(before, after);
  }
}

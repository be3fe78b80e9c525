import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { ApiClient } from '../api/client.js';
import { asFailure, type ApiFailure } from '../api/failure.js';
import type { LiveState } from '../api/live.js';

export interface Polled<View> {
  /** Null until the first answer. */
  readonly view: ShallowRef<View | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  readonly live: Ref<LiveState>;
  readonly heardAt: Ref<number>;
  reload(): Promise<void>;
}

/**
 * Reads a screen's view and again after the pause that the view itself asks for; not while the page is hidden. For screens
 * that change in seconds; what must be seen at once comes over the event stream.
 */
export function usePolling<View>(
  api: ApiClient,
  path: string,
  first: Promise<View> | undefined,
  pauseMs: (view: View | null) => number,
): Polled<View> {
  const view: ShallowRef<View | null> = shallowRef(null);
  const failure = shallowRef<ApiFailure | null>(null);
  const live = ref<LiveState>('connecting');
  const heardAt = ref(Date.now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function take(answer: Promise<View>): Promise<void> {
    clearTimeout(timer);
    try {
      view.value = await answer;
      failure.value = null;
      live.value = 'polled';
      heardAt.value = Date.now();
    } catch (error) {
      failure.value = asFailure(error);
      live.value = 'waiting';
    }
    if (!over) timer = setTimeout(tick, pauseMs(view.value));
  }

  function reload(): Promise<void> {
    return take(api.read<View>(path));
  }

  function tick(): void {
    if (!document.hidden) void reload();
  }

  void take(first ?? api.read<View>(path));
  document.addEventListener('visibilitychange', tick);
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', tick);
  });
  return { view, failure, live, heardAt, reload };
}

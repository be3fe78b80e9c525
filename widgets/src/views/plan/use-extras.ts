import { onMounted, onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { PlanCommands } from '../../plan/plan-commands.js';
import type { PlanOrders } from '../../plan/plan-orders.js';
import type { PlanStore } from '../../plan/plan-store.js';
import type { Texts } from '../../i18n/i18n.js';
import type { StepActions } from './step-actions.js';

type Parts = (typeof import('./extras.js'))['parts'];

export interface Extras {
  readonly parts: Parts;
  readonly store: PlanStore;
  readonly commands: PlanCommands;
  readonly orders: PlanOrders;
  readonly actions: StepActions;
}

/** While the way to the server is broken, the parts are asked for again and again. */
const LOAD_PAUSE_MS = 3_000;

/**
 * Everything that a press needs and a look does not. It is asked for as soon as the page is painted; a press that comes
 * sooner waits for it.
 */
export function useExtras(
  store: PlanStore,
  texts: Texts,
): { readonly now: ShallowRef<Extras | null>; readonly whenReady: Promise<Extras> } {
  const now = shallowRef<Extras | null>(null);
  const { promise: whenReady, resolve } = Promise.withResolvers<Extras>();
  const end = new AbortController();

  async function load(): Promise<void> {
    try {
      const [{ parts }] = await Promise.all([import('./extras.js'), texts.addMore()]);
      if (end.signal.aborted) return;
      const commands = new parts.PlanCommands(store);
      const actions = parts.stepActions(commands);
      resolve((now.value = { parts, store, commands, orders: new parts.PlanOrders(store), actions }));
      await store.first;
      if (!end.signal.aborted) end.signal.addEventListener('abort', parts.followPlan(store));
    } catch {
      store.live.value = 'waiting';
      setTimeout(() => void load(), LOAD_PAUSE_MS);
    }
  }

  onMounted(() => setTimeout(() => void load(), 0));
  onScopeDispose(() => end.abort());
  return { now, whenReady };
}

import type { PlanView, SyncView } from '../../../src/features/plans/plan.view.js';
import type { ServerEvent } from '../api/event-text.js';
import { followLive, type LiveState } from '../api/live.js';
import { changedSteps } from './overlay.js';
import type { PlanStore } from './plan-store.js';

/** How long a change by somebody else stays marked. */
const MARK_MS = 6_000;

/** Keeps a plan that has been read as the server tells of it; the function it returns ends that. */
export function followPlan(store: PlanStore): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;

  store.heed = (before, after) => {
    const ours = new Set(store.pending.value.map((op) => op.stepId));
    const ids = changedSteps(before, after).filter((id) => !ours.has(id));
    if (ids.length === 0) return;
    store.changed.value = ids;
    clearTimeout(timer);
    timer = setTimeout(() => (store.changed.value = []), MARK_MS);
  };

  function hear(event: ServerEvent): void {
    const data = fieldsOf(event.data);
    const base = store.base.value;
    if (!data || !base) return;
    if (event.name === 'sync') store.base.value = { ...base, sync: data as unknown as SyncView };
    if (event.name === 'plan' && !isKnown(base, data['revision'])) void store.reload();
  }

  function lineIs(state: LiveState): void {
    const opened = state === 'live' && store.live.value !== 'live';
    store.live.value = state;
    // Whatever happened while nobody listened is in the plan itself.
    if (opened && (store.base.value || store.failure.value)) void store.reload();
  }

  const line = followLive({
    open: (signal, lastEventId) => store.api.stream(`${store.path}/events`, signal, lastEventId),
    onEvent: hear,
    onSign: () => (store.heardAt.value = Date.now()),
    onState: lineIs,
  });
  return () => {
    line.stop();
    clearTimeout(timer);
  };
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

import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type {
  DayAnswer,
  DayItemRequest,
  DayItemView,
  DayView,
} from '../../../../src/features/pushing/day.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';

/** What the server refused last; `itemId` null: of the day as a whole. */
export interface DayFault {
  readonly itemId: string | null;
  readonly failure: ApiFailure;
}

export interface Day {
  readonly day: ShallowRef<DayView | null>;
  /** Why there is nothing to show. */
  readonly failure: ShallowRef<ApiFailure | null>;
  readonly fault: ShallowRef<DayFault | null>;
  /** What the server said to the last answer. */
  readonly said: ShallowRef<string | null>;
  /** Items that are being answered: shown as answered, in their place, until the server agrees. */
  readonly underWay: ShallowRef<ReadonlyMap<string, DayItemRequest['kind']>>;
  readonly open: ComputedRef<readonly DayItemView[]>;
  readonly settled: ComputedRef<readonly DayItemView[]>;
  reload(): Promise<void>;
  /** False: refused, `fault` says why. */
  settle(item: Pick<DayItemView, 'id'>, request: DayItemRequest): Promise<boolean>;
  /** The step is open again: in its plan, and with it in the day. */
  reopen(item: DayItemView): Promise<boolean>;
  lowerPriority(dealId: string): Promise<boolean>;
  remind(on: boolean): Promise<boolean>;
  close(): Promise<boolean>;
}

/** The person's own day. Questions are asked and answered beside it: they have words of their own. */
export function useDay(api: ApiClient): Day {
  const day: Day['day'] = shallowRef(null);
  const failure: Day['failure'] = shallowRef(null);
  const fault: Day['fault'] = shallowRef(null);
  const said: Day['said'] = shallowRef(null);
  const underWay: Day['underWay'] = shallowRef(new Map());
  let asked = 0;

  async function reload(): Promise<void> {
    const mine = ++asked;
    try {
      const answer = await api.read<DayView>('/api/day');
      // An answer given meanwhile is fresher than this.
      if (mine === asked) day.value = answer;
      failure.value = null;
    } catch (error) {
      failure.value = asFailure(error);
    }
  }

  async function attempt(itemId: string | null, work: () => Promise<DayAnswer | null>): Promise<boolean> {
    fault.value = null;
    try {
      const answer = await work();
      if (answer === null) await reload();
      else {
        asked += 1;
        said.value = answer.said;
        day.value = answer.day;
      }
      return true;
    } catch (error) {
      fault.value = { itemId, failure: asFailure(error) };
      return false;
    }
  }

  async function settle(item: Pick<DayItemView, 'id'>, request: DayItemRequest): Promise<boolean> {
    if (underWay.value.has(item.id)) return false;
    underWay.value = new Map([...underWay.value, [item.id, request.kind]]);
    const ok = await attempt(item.id, () =>
      api.write<DayAnswer>('POST', `/api/day/items/${encodeURIComponent(item.id)}`, request),
    );
    underWay.value = new Map([...underWay.value].filter(([id]) => id !== item.id));
    return ok;
  }

  return {
    ...{ day, failure, fault, said, underWay, reload, settle },
    // Questions stand above, with the words in which they were asked.
    open: computed(() =>
      (day.value?.items ?? []).filter((item) => item.state === 'open' && item.kind !== 'push'),
    ),
    settled: computed(() => (day.value?.items ?? []).filter((item) => item.state !== 'open')),
    reopen: (item) => attempt(null, () => reopenStep(api, item)),
    lowerPriority: (dealId) =>
      attempt(null, () =>
        api.write<DayAnswer>('POST', `/api/day/prompts/${encodeURIComponent(dealId)}`, {
          action: 'lowerPriority',
        }),
      ),
    remind: (on) => attempt(null, () => api.write<DayAnswer>('PUT', '/api/day/reminders', { on })),
    close: () => attempt(null, () => api.write<DayAnswer>('POST', '/api/day/close')),
  };
}

/** Its plan tells the day by itself: there is no answer to take over. */
async function reopenStep(api: ApiClient, { dealId, stepId }: DayItemView): Promise<null> {
  if (dealId === null || stepId === null) return null;
  await api.write(
    'POST',
    `/api/plan/${encodeURIComponent(dealId)}/steps/${encodeURIComponent(stepId)}/reopen`,
  );
  return null;
}

import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type {
  AnsweredView,
  ClosingAnswer,
  DayView,
  MyPushesView,
  PushAnswerRequest,
} from '../../../../src/features/pushing/pushing.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';

const CALM_MS = 60_000;

export interface ClosingOrder {
  readonly dealId: string;
  readonly stepId: string;
  readonly kind: 'done' | 'notDone' | 'later';
  readonly reasonKey?: string;
  readonly until?: string;
  readonly result?: string;
}

export interface Day {
  readonly day: ShallowRef<DayView | null>;
  readonly pushes: ShallowRef<MyPushesView | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  /** What the server refused last, in words. */
  readonly fault: ShallowRef<ApiFailure | null>;
  reload(): Promise<void>;
  answer(pushId: string, answer: PushAnswerRequest): Promise<boolean>;
  close(order: ClosingOrder): Promise<boolean>;
  finish(): Promise<void>;
}

/** The person's day: what waits for an answer, what is advised, and how the day is closed. */
export function useDay(api: ApiClient): Day {
  const day: ShallowRef<DayView | null> = shallowRef(null);
  const pushes: ShallowRef<MyPushesView | null> = shallowRef(null);
  const failure: ShallowRef<ApiFailure | null> = shallowRef(null);
  const fault: ShallowRef<ApiFailure | null> = shallowRef(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function reload(): Promise<void> {
    clearTimeout(timer);
    try {
      [day.value, pushes.value] = await Promise.all([
        api.read<DayView>('/api/day'),
        api.read<MyPushesView>('/api/pushes/mine'),
      ]);
      failure.value = null;
    } catch (error) {
      failure.value = asFailure(error);
    }
    if (!over) timer = setTimeout(() => void reload(), CALM_MS);
  }

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    fault.value = null;
    try {
      await work();
      return true;
    } catch (error) {
      fault.value = asFailure(error);
      return false;
    }
  }

  void reload();
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
  });
  return {
    ...{ day, pushes, failure, fault, reload },
    answer: (pushId, answer) =>
      attempt(async () => {
        await api.write<AnsweredView>('POST', `/api/pushes/${encodeURIComponent(pushId)}/answer`, answer);
        await reload();
      }),
    close: (order) =>
      attempt(async () => {
        day.value = (await api.write<ClosingAnswer>('POST', '/api/day/closing', order)).day;
      }),
    finish: async () => {
      await attempt(async () => {
        day.value = (await api.write<ClosingAnswer>('POST', '/api/day/finish')).day;
      });
    },
  };
}

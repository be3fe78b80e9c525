import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type {
  AnsweredView,
  MyPushesView,
  PushAnswerRequest,
} from '../../../../src/features/pushing/pushing.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';

const CALM_MS = 60_000;

export interface Questions {
  readonly pushes: ShallowRef<MyPushesView | null>;
  /** They were asked for once, whatever came of it. */
  readonly settled: Ref<boolean>;
  /** What the server refused last, in words. */
  readonly fault: ShallowRef<ApiFailure | null>;
  reload(): Promise<void>;
  answer(pushId: string, answer: PushAnswerRequest): Promise<void>;
}

/** What waits for the person's answer. A reading that fails is tried again: the list of the day is there without it. */
export function useQuestions(api: ApiClient): Questions {
  const pushes: ShallowRef<MyPushesView | null> = shallowRef(null);
  const fault: ShallowRef<ApiFailure | null> = shallowRef(null);
  const settled = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;

  async function reload(): Promise<void> {
    clearTimeout(timer);
    try {
      pushes.value = await api.read<MyPushesView>('/api/pushes/mine');
    } catch {
      // The page around says how fresh it is.
    }
    settled.value = true;
    if (!over) timer = setTimeout(() => void reload(), CALM_MS);
  }

  void reload();
  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
  });
  return {
    ...{ pushes, settled, fault, reload },
    answer: async (pushId, answer) => {
      fault.value = null;
      try {
        await api.write<AnsweredView>('POST', `/api/pushes/${encodeURIComponent(pushId)}/answer`, answer);
        await reload();
      } catch (error) {
        fault.value = asFailure(error);
      }
    },
  };
}

import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { asFailure, type ApiFailure } from '../../api/failure.js';

/** One thing asked of the server at a time, with what came of it. */
export interface Call<Answer> {
  readonly busy: Ref<boolean>;
  readonly answer: ShallowRef<Answer | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  /** The answer, or null when it was refused; a later call makes an earlier one's answer void. */
  run(ask: () => Promise<Answer>): Promise<Answer | null>;
  clear(): void;
}

export function useCall<Answer>(): Call<Answer> {
  const busy = ref(false);
  const answer: ShallowRef<Answer | null> = shallowRef(null);
  const failure = shallowRef<ApiFailure | null>(null);
  let newest = 0;

  async function run(ask: () => Promise<Answer>): Promise<Answer | null> {
    const own = (newest += 1);
    busy.value = true;
    failure.value = null;
    try {
      const got = await ask();
      if (own !== newest) return null;
      answer.value = got;
      return got;
    } catch (error) {
      if (own === newest) failure.value = asFailure(error);
      return null;
    } finally {
      if (own === newest) busy.value = false;
    }
  }

  function clear(): void {
    newest += 1;
    [busy.value, answer.value, failure.value] = [false, null, null];
  }

  return { busy, answer, failure, run, clear };
}

import { ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import type { BookChoicesView } from '../../../../src/features/salesbook/salesbook.view.js';
import type { ApiClient } from '../../api/client.js';

/** What filters and forms offer; null until it came. A feed without it is still a feed. */
export function useChoices(api: ApiClient): {
  readonly choices: ShallowRef<BookChoicesView | null>;
  /** They came, or will not. */
  readonly settled: Ref<boolean>;
} {
  const choices: ShallowRef<BookChoicesView | null> = shallowRef(null);
  const settled = ref(false);
  api
    .read<BookChoicesView>('/api/book/choices')
    .then(
      (answer) => (choices.value = answer),
      () => undefined,
    )
    .finally(() => (settled.value = true));
  return { choices, settled };
}

import { shallowRef, type ShallowRef } from 'vue';
import type { BookChoicesView } from '../../../../src/features/salesbook/salesbook.view.js';
import type { ApiClient } from '../../api/client.js';

/** What filters and forms offer; null until it came. A feed without it is still a feed. */
export function useChoices(api: ApiClient): ShallowRef<BookChoicesView | null> {
  const choices: ShallowRef<BookChoicesView | null> = shallowRef(null);
  api.read<BookChoicesView>('/api/book/choices').then(
    (answer) => (choices.value = answer),
    () => undefined,
  );
  return choices;
}

import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { CalendarYearView } from '../../../../src/features/company/company.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';

export interface ShownYear {
  readonly year: Ref<number>;
  /** Empty: the company's; else whose. */
  readonly whose: Ref<string>;
  readonly view: ShallowRef<CalendarYearView | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  reload(): Promise<void>;
}

/** The days of a year as the server counts them; the last asked-for one wins. */
export function useYear(api: ApiClient, first: number): ShownYear {
  const year = ref(first);
  const whose = ref('');
  const view: ShallowRef<CalendarYearView | null> = shallowRef(null);
  const failure = shallowRef<ApiFailure | null>(null);
  let asked = 0;

  async function reload(): Promise<void> {
    asked += 1;
    const mine = asked;
    const query = whose.value === '' ? '' : `?userId=${encodeURIComponent(whose.value)}`;
    try {
      const answer = await api.read<CalendarYearView>(`/api/company/calendar/years/${year.value}${query}`);
      if (mine !== asked) return;
      view.value = answer;
      failure.value = null;
    } catch (error) {
      if (mine === asked) failure.value = asFailure(error);
    }
  }

  watch([year, whose], () => void reload(), { immediate: true });
  return { year, whose, view, failure, reload };
}

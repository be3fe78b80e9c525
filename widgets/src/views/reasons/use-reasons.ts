import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { ReasonsBy, ReasonsReportView } from '../../../../src/features/pushing/reasons.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import { useCalm } from '../../ui/calm.js';
import { addDays } from '../company/days.js';

export const spans = [30, 90, 365] as const;
/** A report over months changes slowly. */
const CALM_MS = 120_000;

export interface ReasonsFilter {
  /** How many days up to today. */
  readonly days: (typeof spans)[number];
  readonly pipelineId: string;
  readonly by: ReasonsBy;
}

export interface Reasons {
  readonly view: ShallowRef<ReasonsReportView | null>;
  readonly failure: ShallowRef<ApiFailure | null>;
  readonly busy: Ref<boolean>;
  readonly filter: Ref<ReasonsFilter>;
  reload(): Promise<void>;
  /** The report's own parameters, for the deals behind its numbers. */
  query(): URLSearchParams;
}

/** `today` is asked each time: a screen may stand open over midnight. */
export function useReasons(api: ApiClient, today: () => string): Reasons {
  const view: Reasons['view'] = shallowRef(null);
  const failure: Reasons['failure'] = shallowRef(null);
  const busy = ref(true);
  const filter: Reasons['filter'] = ref({ days: 90, pipelineId: '', by: 'stage' });
  let asked = 0;

  function query(): URLSearchParams {
    const { days, pipelineId, by } = filter.value;
    const to = today();
    return new URLSearchParams({
      from: addDays(to, 1 - days),
      to,
      by,
      ...(pipelineId !== '' && { pipelineId }),
    });
  }

  async function reload(): Promise<void> {
    busy.value = true;
    await read();
  }

  async function read(): Promise<void> {
    const mine = ++asked;
    try {
      const answer = await api.read<ReasonsReportView>(`/api/reasons?${query().toString()}`);
      if (mine !== asked) return;
      view.value = answer;
      failure.value = null;
    } catch (error) {
      if (mine === asked) failure.value = asFailure(error);
    }
    if (mine === asked) busy.value = false;
  }

  watch(filter, () => void reload(), { immediate: true });
  useCalm(read, CALM_MS);
  return { view, failure, busy, filter, reload, query };
}

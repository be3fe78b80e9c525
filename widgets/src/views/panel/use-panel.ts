import { computed, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type {
  PanelChoicesView,
  PanelFilter,
  PanelMark,
  PanelPageView,
  PanelRowView,
  PanelSort,
} from '../../../../src/features/pushing/panel.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { LiveState } from '../../api/live.js';
import { addressOf, tidy } from './panel-query.js';

const PAGE_ROWS = 100;
/** The list is asked for again so often while the page is seen. */
const CALM_MS = 30_000;
/** Typing settles before the server is asked. */
const SETTLE_MS = 250;

export interface Panel {
  readonly choices: ShallowRef<PanelChoicesView | null>;
  readonly filter: ShallowRef<PanelFilter>;
  readonly sort: Ref<PanelSort>;
  readonly rows: ShallowRef<readonly PanelRowView[]>;
  readonly total: Ref<number>;
  readonly counts: ShallowRef<Readonly<Record<PanelMark, number>> | null>;
  readonly now: Ref<number>;
  readonly failure: ShallowRef<ApiFailure | null>;
  /** `first`: nothing is known of this filter yet; `more`: the next page is on its way. */
  readonly busy: Ref<'first' | 'more' | null>;
  readonly live: Ref<LiveState>;
  readonly heardAt: Ref<number>;
  readonly hasMore: ComputedRef<boolean>;
  narrow(change: PanelFilter): void;
  reset(filter?: PanelFilter): void;
  order(sort: PanelSort): void;
  more(): Promise<void>;
  reload(): Promise<void>;
  /** Shows rows otherwise until the server has said how they are. */
  patch(dealIds: readonly string[], change: (row: PanelRowView) => PanelRowView | null): void;
}

/** The panel's list: one filter, one order, and as many pages as were scrolled through. */
export function usePanel(api: ApiClient): Panel {
  const choices: ShallowRef<PanelChoicesView | null> = shallowRef(null);
  const filter: ShallowRef<PanelFilter> = shallowRef({});
  const sort = ref<PanelSort>('pain');
  const rows: ShallowRef<readonly PanelRowView[]> = shallowRef([]);
  const total = ref(0);
  const counts: Panel['counts'] = shallowRef(null);
  const now = ref(Date.now());
  const failure = shallowRef<ApiFailure | null>(null);
  const busy = ref<'first' | 'more' | null>('first');
  const live = ref<LiveState>('connecting');
  const heardAt = ref(Date.now());
  const next = ref<string | null>(null);
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;

  /** Only the answer to the newest question counts: an older one may come later. */
  async function ask(after: string | null): Promise<void> {
    const question = ++asked;
    clearTimeout(timer);
    try {
      const page = await api.read<PanelPageView>(
        `/api/panel?${addressOf(filter.value, { sort: sort.value, limit: PAGE_ROWS, after })}`,
      );
      if (question === asked) take(page, after !== null);
    } catch (error) {
      if (question !== asked) return;
      failure.value = asFailure(error);
      live.value = 'waiting';
    } finally {
      if (question === asked) {
        busy.value = null;
        timer = setTimeout(tick, CALM_MS);
      }
    }
  }

  function take(page: PanelPageView, added: boolean): void {
    const known = new Set(rows.value.map((row) => row.dealId));
    rows.value = added ? [...rows.value, ...page.rows.filter((row) => !known.has(row.dealId))] : page.rows;
    next.value = page.next;
    total.value = page.total;
    counts.value = page.counts;
    now.value = Date.parse(page.now) || Date.now();
    failure.value = null;
    live.value = 'polled';
    heardAt.value = Date.now();
  }

  /** Who scrolled down keeps his place: only the counters and the rows of the first page are brought up to date. */
  async function refresh(): Promise<void> {
    if (rows.value.length <= PAGE_ROWS) return ask(null);
    const question = ++asked;
    try {
      const page = await api.read<PanelPageView>(
        `/api/panel?${addressOf(filter.value, { sort: sort.value, limit: PAGE_ROWS })}`,
      );
      if (question !== asked) return;
      const fresh = new Map(page.rows.map((row) => [row.dealId, row]));
      rows.value = rows.value.map((row) => fresh.get(row.dealId) ?? row);
      counts.value = page.counts;
      total.value = page.total;
      heardAt.value = Date.now();
      live.value = 'polled';
    } catch {
      live.value = 'waiting';
    } finally {
      if (question === asked) timer = setTimeout(tick, CALM_MS);
    }
  }

  function tick(): void {
    if (!document.hidden) void refresh();
  }

  function anew(remember: boolean): void {
    busy.value = 'first';
    rows.value = [];
    next.value = null;
    void ask(null);
    if (remember) api.write('PUT', '/api/panel/last', { filter: filter.value }).catch(() => undefined);
  }

  function settle(): void {
    clearTimeout(settling);
    settling = setTimeout(() => anew(true), SETTLE_MS);
  }

  async function start(): Promise<void> {
    try {
      choices.value = await api.read<PanelChoicesView>('/api/panel/choices');
      filter.value = choices.value.last ?? {};
    } catch (error) {
      failure.value = asFailure(error);
      busy.value = null;
      return;
    }
    anew(false);
  }

  void start();
  document.addEventListener('visibilitychange', tick);
  onScopeDispose(() => {
    asked += 1;
    clearTimeout(timer);
    clearTimeout(settling);
    document.removeEventListener('visibilitychange', tick);
  });

  return {
    ...{ choices, filter, sort, rows, total, counts, now, failure, busy, live, heardAt },
    hasMore: computed(() => next.value !== null),
    narrow: (change) => {
      filter.value = tidy({ ...filter.value, ...change });
      settle();
    },
    reset: (other = {}) => {
      filter.value = tidy(other);
      anew(true);
    },
    order: (other) => {
      sort.value = other;
      anew(false);
    },
    more: async () => {
      if (next.value === null || busy.value !== null) return;
      busy.value = 'more';
      await ask(next.value);
    },
    reload: () => (choices.value ? ask(null) : start()),
    patch: (dealIds, change) => {
      const touched = new Set(dealIds);
      rows.value = rows.value.flatMap((row) => (touched.has(row.dealId) ? (change(row) ?? []) : [row]));
    },
  };
}

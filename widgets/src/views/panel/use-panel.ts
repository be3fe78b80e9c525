import { computed, onScopeDispose, ref, shallowRef, type ShallowRef } from 'vue';
import type { AskedView } from '../../../../src/features/embed/boot.view.js';
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
import { fieldsIn, oneOf } from '../../ui/asked.js';
import { addressOf, marksInOrder, sorts, tidy } from './panel-query.js';

const PAGE_ROWS = 100;
/** The list is asked for again so often while the page is seen. */
const CALM_MS = 30_000;
/** Typing settles before the server is asked. */
const SETTLE_MS = 250;

/** The panel's list: one filter, one order, and as many pages as were scrolled through. */
export class Panel {
  readonly choices: ShallowRef<PanelChoicesView | null> = shallowRef(null);
  readonly filter: ShallowRef<PanelFilter> = shallowRef({});
  readonly sort = ref<PanelSort>('pain');
  readonly rows: ShallowRef<readonly PanelRowView[]> = shallowRef([]);
  readonly total = ref(0);
  readonly counts: ShallowRef<Readonly<Record<PanelMark, number>> | null> = shallowRef(null);
  readonly now = ref(Date.now());
  readonly failure: ShallowRef<ApiFailure | null> = shallowRef(null);
  /** Why the filter will not be remembered; null: it is. */
  readonly unsaved: ShallowRef<ApiFailure | null> = shallowRef(null);
  /** `first`: nothing is known of this filter yet; `more`: the next page is on its way. */
  readonly busy = ref<'first' | 'more' | null>('first');
  readonly live = ref<LiveState>('connecting');
  readonly heardAt = ref(Date.now());
  readonly #next = ref<string | null>(null);
  readonly hasMore = computed(() => this.#next.value !== null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: ApiClient,
    /** The view of a followed address: looked at, not remembered as the person's own. */
    private asked: AskedView | null = null,
  ) {}

  async start(): Promise<void> {
    try {
      this.choices.value = await this.api.read<PanelChoicesView>('/api/panel/choices');
      const mark = oneOf(this.asked?.params['mark'], marksInOrder);
      const state = this.asked?.state;
      this.asked = null;
      const wanted = mark === null ? fieldsIn(state?.['filter']) : { marks: [mark] };
      this.filter.value = wanted ?? this.choices.value.last ?? {};
      this.sort.value = oneOf(state?.['sort'], sorts) ?? this.sort.value;
    } catch (error) {
      this.failure.value = asFailure(error);
      this.busy.value = null;
      return;
    }
    this.#anew(false);
  }

  stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#settling);
  }

  narrow(change: PanelFilter): void {
    this.filter.value = tidy({ ...this.filter.value, ...change });
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#anew(true), SETTLE_MS);
  }

  reset(other: PanelFilter = {}): void {
    this.filter.value = tidy(other);
    this.#anew(true);
  }

  order(other: PanelSort): void {
    this.sort.value = other;
    this.#anew(false);
  }

  async more(): Promise<void> {
    if (this.#next.value === null || this.busy.value !== null) return;
    this.busy.value = 'more';
    await this.#ask(this.#next.value);
  }

  reload(): Promise<void> {
    return this.choices.value ? this.#ask(null) : this.start();
  }

  /** Views are saved and removed by the filters' row. */
  async reloadChoices(): Promise<void> {
    this.choices.value = await this.api
      .read<PanelChoicesView>('/api/panel/choices')
      .catch(() => this.choices.value);
  }

  /** Shows rows otherwise until the server has said how they are; null: the row leaves the list. */
  patch(dealIds: readonly string[], change: (row: PanelRowView) => PanelRowView | null): void {
    const touched = new Set(dealIds);
    this.rows.value = this.rows.value.flatMap((row) =>
      touched.has(row.dealId) ? (change(row) ?? []) : [row],
    );
  }

  /** Who scrolled down keeps his place: only the counters and the rows of the first page are brought up to date. */
  readonly tick = (): void => {
    if (!document.hidden) void this.#ask(null, this.rows.value.length > PAGE_ROWS);
  };

  #anew(remember: boolean): void {
    this.busy.value = 'first';
    this.rows.value = [];
    this.#next.value = null;
    void this.#ask(null);
    if (!remember) return;
    void this.#remember(this.filter.value);
  }

  /** Only what became of the newest filter is said. */
  async #remember(filter: PanelFilter): Promise<void> {
    const failure = await this.api.write('PUT', '/api/panel/last', { filter }).then(() => null, asFailure);
    if (filter === this.filter.value) this.unsaved.value = failure;
  }

  /** Only the answer to the newest question counts: an older one may come later. */
  async #ask(after: string | null, keepPlace = false): Promise<void> {
    const question = ++this.#asked;
    clearTimeout(this.#timer);
    try {
      const query = addressOf(this.filter.value, { sort: this.sort.value, limit: PAGE_ROWS, after });
      const page = await this.api.read<PanelPageView>(`/api/panel?${query}`);
      if (question === this.#asked) this.#take(page, after !== null, keepPlace);
    } catch (error) {
      if (question !== this.#asked) return;
      this.failure.value = asFailure(error);
      this.live.value = 'waiting';
    } finally {
      if (question === this.#asked) {
        this.busy.value = null;
        this.#timer = setTimeout(this.tick, CALM_MS);
      }
    }
  }

  #take(page: PanelPageView, added: boolean, keepPlace: boolean): void {
    const known = this.rows.value;
    if (keepPlace) {
      const fresh = new Map(page.rows.map((row) => [row.dealId, row]));
      this.rows.value = known.map((row) => fresh.get(row.dealId) ?? row);
    } else {
      const ids = new Set(known.map((row) => row.dealId));
      this.rows.value = added ? [...known, ...page.rows.filter((row) => !ids.has(row.dealId))] : page.rows;
      this.#next.value = page.next;
    }
    this.total.value = page.total;
    this.counts.value = page.counts;
    this.now.value = Date.parse(page.now) || Date.now();
    this.failure.value = null;
    this.live.value = 'polled';
    this.heardAt.value = Date.now();
  }
}

export function usePanel(api: ApiClient, asked: AskedView | null = null): Panel {
  const panel = new Panel(api, asked);
  void panel.start();
  document.addEventListener('visibilitychange', panel.tick);
  onScopeDispose(() => {
    panel.stop();
    document.removeEventListener('visibilitychange', panel.tick);
  });
  return panel;
}

import { onScopeDispose, ref, shallowRef, type Component, type ShallowRef } from 'vue';
import type { AskedView } from '../../../../src/features/embed/boot.view.js';
import type {
  InsightChoicesView,
  InsightFilter,
  InsightHead,
  StagesView,
} from '../../../../src/features/insight/insight.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { LiveState } from '../../api/live.js';
import { fieldsIn, oneOf } from '../../ui/asked.js';
import { addressOf, tidy } from './insight-query.js';
import { pageNamed, pageNames, type PageName } from './pages.js';

/** The server keeps an answer for a minute: asking sooner would bring the same. */
const CALM_MS = 90_000;

export interface ShownPage {
  readonly name: PageName;
  readonly part: Component;
  readonly view: InsightHead & Partial<Pick<StagesView, 'conversion'>>;
}

/** One page of figures under one filter. What is shown stays until the next is whole: nothing jumps. */
export class Insight {
  readonly choices: ShallowRef<InsightChoicesView | null> = shallowRef(null);
  readonly filter: ShallowRef<InsightFilter> = shallowRef({});
  readonly page = ref<PageName>('funnel');
  readonly target = ref('');
  readonly shown: ShallowRef<ShownPage | null> = shallowRef(null);
  readonly failure: ShallowRef<ApiFailure | null> = shallowRef(null);
  readonly busy = ref(true);
  readonly live = ref<LiveState>('connecting');
  readonly heardAt = ref(Date.now());
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: ApiClient,
    /** A followed address: looked at, not remembered as the person's own. */
    private asked: AskedView | null = null,
  ) {}

  async start(): Promise<void> {
    try {
      this.choices.value = await this.api.read<InsightChoicesView>('/api/insight/choices');
      this.#follow(this.choices.value);
    } catch (error) {
      this.failure.value = asFailure(error);
      this.busy.value = false;
      return;
    }
    await this.#ask();
  }

  stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
  }

  show(page: PageName): void {
    this.page.value = page;
    void this.#anew();
  }

  narrow(change: InsightFilter): void {
    this.#take(tidy({ ...this.filter.value, ...change }));
  }

  reset(): void {
    const { pipelineId } = this.filter.value;
    this.#take(pipelineId === undefined ? {} : { pipelineId });
  }

  aim(target: string): void {
    this.target.value = target;
    void this.#anew();
  }

  reload(): Promise<void> {
    return this.choices.value ? this.#ask() : this.start();
  }

  /** The question of the page shown, for its export. */
  address(more: Readonly<Record<string, string>> = {}): string {
    const target = this.page.value === 'forecast' ? this.target.value : '';
    return addressOf(this.filter.value, { target, ...more });
  }

  readonly tick = (): void => {
    const stale = Date.now() - this.heardAt.value > CALM_MS / 2;
    if (!document.hidden && stale && this.choices.value) void this.#ask();
  };

  #take(filter: InsightFilter): void {
    this.filter.value = filter;
    void this.#anew();
    this.api.write('PUT', '/api/insight/last', { filter }).catch(() => undefined);
  }

  #anew(): Promise<void> {
    this.busy.value = true;
    return this.#ask();
  }

  /** Only the answer to the newest question counts: an older one may come later. */
  async #ask(): Promise<void> {
    const question = ++this.#asked;
    const { name, source, load } = pageNamed(this.page.value);
    clearTimeout(this.#timer);
    try {
      const [view, part] = await Promise.all([
        this.api.read<InsightHead>(`/api/insight/${source}?${this.address()}`),
        load(),
      ]);
      if (question !== this.#asked) return;
      this.shown.value = { name, view, part: part.default };
      this.failure.value = null;
      this.live.value = 'polled';
      this.heardAt.value = Date.now();
    } catch (error) {
      if (question !== this.#asked) return;
      this.failure.value = asFailure(error);
      this.live.value = 'waiting';
      if (this.shown.value?.name !== name) this.shown.value = null;
    } finally {
      if (question === this.#asked) {
        this.busy.value = false;
        this.#timer = setTimeout(this.tick, CALM_MS);
      }
    }
  }

  #follow(choices: InsightChoicesView): void {
    const state = this.asked?.state;
    const page = state?.['page'] ?? this.asked?.params['page'];
    this.asked = null;
    this.page.value = oneOf(page, pageNames) ?? this.page.value;
    const target = state?.['target'];
    if (typeof target === 'string') this.target.value = target;
    this.filter.value = this.#known(choices, fieldsIn(state?.['filter']) ?? choices.last ?? {});
  }

  #known(choices: InsightChoicesView, wanted: InsightFilter): InsightFilter {
    const last = tidy(wanted);
    const pipelineId = choices.pipelines.some(({ id }) => id === last.pipelineId)
      ? last.pipelineId
      : choices.pipelines[0]?.id;
    return tidy({ ...last, ...(pipelineId === undefined ? {} : { pipelineId }) });
  }
}

export function useInsight(api: ApiClient, asked: AskedView | null = null): Insight {
  const insight = new Insight(api, asked);
  void insight.start();
  document.addEventListener('visibilitychange', insight.tick);
  onScopeDispose(() => {
    insight.stop();
    document.removeEventListener('visibilitychange', insight.tick);
  });
  return insight;
}

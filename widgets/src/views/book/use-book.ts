import { computed, onScopeDispose, ref, shallowRef, type ShallowRef } from 'vue';
import type { BookEntryView, BookView } from '../../../../src/features/salesbook/salesbook.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { LiveState } from '../../api/live.js';

/** New entries are asked for so often while the page is seen. */
const CALM_MS = 10_000;
const SETTLE_MS = 300;

/** A feed: one question, as many pages as were asked for, and what is new on top. */
export class Book {
  readonly entries: ShallowRef<readonly BookEntryView[]> = shallowRef([]);
  readonly failure: ShallowRef<ApiFailure | null> = shallowRef(null);
  /** `first`: nothing is known yet; `more`: the next page is on its way. */
  readonly busy = ref<'first' | 'more' | null>('first');
  readonly live = ref<LiveState>('connecting');
  readonly heardAt = ref(Date.now());
  /** How many came by themselves since the last question. */
  readonly fresh = ref(0);
  readonly #next = ref<string | null>(null);
  readonly hasMore = computed(() => this.#next.value !== null);
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: ApiClient,
    private readonly question: () => URLSearchParams,
  ) {}

  /** Another question: typing settles first. */
  anew(settle = false): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(
      () => {
        this.busy.value = 'first';
        void this.#ask(null, false);
      },
      settle ? SETTLE_MS : 0,
    );
  }

  /** The newest page again, those below stay as they are. */
  reload(): Promise<void> {
    return this.#ask(null, this.entries.value.length > 0);
  }

  async more(): Promise<void> {
    if (this.#next.value === null || this.busy.value !== null) return;
    this.busy.value = 'more';
    await this.#ask(this.#next.value, true);
  }

  stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#settling);
  }

  readonly tick = (): void => {
    if (!document.hidden && this.busy.value === null) void this.reload();
  };

  /** Only the answer to the newest question counts: an older one may come later. */
  async #ask(after: string | null, keep: boolean): Promise<void> {
    const turn = ++this.#asked;
    clearTimeout(this.#timer);
    try {
      const query = this.question();
      if (after !== null) query.set('after', after);
      const page = await this.api.read<BookView>(`/api/book?${query}`);
      if (turn === this.#asked) this.#take(page, after !== null, keep);
    } catch (error) {
      if (turn !== this.#asked) return;
      this.failure.value = asFailure(error);
      this.live.value = 'waiting';
    } finally {
      if (turn === this.#asked) {
        this.busy.value = null;
        this.#timer = setTimeout(this.tick, CALM_MS);
      }
    }
  }

  #take(page: BookView, added: boolean, keep: boolean): void {
    const known = this.entries.value;
    const ids = new Set(known.map((entry) => entry.id));
    const unknown = page.entries.filter((entry) => !ids.has(entry.id));
    if (!keep) {
      this.entries.value = page.entries;
      this.#next.value = page.next;
      this.fresh.value = 0;
    } else if (added) {
      this.entries.value = [...known, ...unknown];
      this.#next.value = page.next;
    } else {
      const newer = new Map(page.entries.map((entry) => [entry.id, entry]));
      const merged = [...unknown, ...known.map((entry) => newer.get(entry.id) ?? entry)];
      this.entries.value = merged.toSorted((a, b) => b.at.localeCompare(a.at) || Number(b.id) - Number(a.id));
      this.fresh.value += unknown.length;
    }
    this.failure.value = null;
    this.live.value = 'polled';
    this.heardAt.value = Date.now();
  }
}

export function useBook(api: ApiClient, question: () => URLSearchParams): Book {
  const book = new Book(api, question);
  book.anew();
  document.addEventListener('visibilitychange', book.tick);
  onScopeDispose(() => {
    book.stop();
    document.removeEventListener('visibilitychange', book.tick);
  });
  return book;
}

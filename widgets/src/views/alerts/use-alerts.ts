import { computed, onScopeDispose, ref, shallowRef, type ShallowRef } from 'vue';
import type {
  AlertFilter,
  AlertSnoozeAnswer,
  AlertSnoozeBody,
  AlertSort,
  AlertStanding,
  AlertsView,
  AlertView,
  PushedView,
  PushTarget,
} from '../../../../src/features/pushing/pushing.view.js';
import type { ApiClient } from '../../api/client.js';
import { asFailure, type ApiFailure } from '../../api/failure.js';
import type { LiveState } from '../../api/live.js';
import { mergedNewest, refreshed } from './alert-merge.js';
import { addressOf } from './alert-query.js';

/** The list is asked for again so often while the page is seen. */
const CALM_MS = 30_000;
/** How long "undo" is offered. */
const OFFER_MS = 8_000;

/** What the server refused last, of which alert. */
export interface AlertFault {
  readonly alertId: string;
  readonly failure: ApiFailure;
}

/** A deal that was put off just now: gone from the list, and to be had back for a while. */
export interface PutOff {
  readonly title: string;
  readonly said: string | null;
  readonly undo: string | null;
}

/** The open alerts: one filter, one order, and as many pages as were asked for. */
export class Alerts {
  readonly rows: ShallowRef<readonly AlertView[]> = shallowRef([]);
  /** Of the last first page; null before it. */
  readonly view: ShallowRef<AlertsView | null> = shallowRef(null);
  readonly filter: ShallowRef<AlertFilter> = shallowRef({});
  readonly sort = ref<AlertSort>('newest');
  /** `first`: nothing is known of this filter yet; `more`: the next page is on its way. */
  readonly busy = ref<'first' | 'more' | null>('first');
  readonly failure: ShallowRef<ApiFailure | null> = shallowRef(null);
  readonly fault: ShallowRef<AlertFault | null> = shallowRef(null);
  readonly putOff: ShallowRef<PutOff | null> = shallowRef(null);
  readonly working: ShallowRef<ReadonlySet<string>> = shallowRef(new Set());
  /** People who were asked from here about their work as a whole, and whose deals' push is on its way. */
  readonly pushed: ShallowRef<ReadonlySet<string>> = shallowRef(new Set());
  readonly live = ref<LiveState>('connecting');
  readonly heardAt = ref(Date.now());
  readonly now = ref(Date.now());
  readonly #next = ref<string | null>(null);
  readonly hasMore = computed(() => this.#next.value !== null);
  #pages = 1;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #offer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly api: ApiClient) {}

  stop(): void {
    this.#asked += 1;
    clearTimeout(this.#timer);
    clearTimeout(this.#offer);
  }

  narrow(change: AlertFilter): void {
    this.filter.value = { ...this.filter.value, ...change };
    void this.#anew();
  }

  /** Undefined: whatever became of them. */
  stand(state: AlertStanding | undefined): void {
    const { state: _before, ...rest } = this.filter.value;
    this.filter.value = state === undefined ? rest : { ...rest, state };
    void this.#anew();
  }

  reset(): void {
    this.filter.value = {};
    void this.#anew();
  }

  order(sort: AlertSort): void {
    this.sort.value = sort;
    void this.#anew();
  }

  reload(): Promise<void> {
    return this.#ask(null);
  }

  async more(): Promise<void> {
    if (this.#next.value === null || this.busy.value !== null) return;
    this.busy.value = 'more';
    await this.#ask(this.#next.value);
  }

  /** Who asked for more pages keeps his place. */
  readonly tick = (): void => {
    if (!document.hidden) void this.#ask(null);
  };

  /** One press, shown at once; the server's cool-down answers in words. */
  async push(alert: AlertView): Promise<void> {
    const target = targetOf(alert);
    if (target === null || this.pushed.value.has(alert.id)) return;
    this.fault.value = null;
    this.pushed.value = new Set([...this.pushed.value, alert.id]);
    try {
      const { push } = await this.api.write<PushedView>('POST', '/api/pushes', { target });
      if (alert.dealId !== null) this.#patch(alert.dealId, (row) => ({ ...row, push }));
    } catch (error) {
      this.pushed.value = without(this.pushed.value, alert.id);
      this.fault.value = { alertId: alert.id, failure: asFailure(error) };
    }
  }

  /** True: its deal is put off, and with it all that is said of it. */
  async snooze(alert: AlertView, body: AlertSnoozeBody): Promise<boolean> {
    if (this.working.value.has(alert.id)) return false;
    this.fault.value = null;
    this.working.value = new Set([...this.working.value, alert.id]);
    try {
      const path = `/api/alerts/${encodeURIComponent(alert.id)}/snooze`;
      const answer = await this.api.write<AlertSnoozeAnswer>('POST', path, body);
      this.rows.value = this.rows.value.filter(
        (row) => row.dealId !== alert.dealId || !row.canSnooze || row.ruleKey === 'putOffAgain',
      );
      this.#propose({ title: alert.dealTitle ?? '', said: answer.said, undo: answer.undo });
      void this.reload();
      return true;
    } catch (error) {
      this.fault.value = { alertId: alert.id, failure: asFailure(error) };
      return false;
    } finally {
      this.working.value = without(this.working.value, alert.id);
    }
  }

  async undo(): Promise<void> {
    const token = this.putOff.value?.undo ?? null;
    this.dismiss();
    if (token === null) return;
    try {
      await this.api.write('POST', '/api/panel/undo', { undo: token });
    } catch (error) {
      this.failure.value = asFailure(error);
    }
    await this.reload();
  }

  dismiss(): void {
    clearTimeout(this.#offer);
    this.putOff.value = null;
  }

  #propose(next: PutOff): void {
    clearTimeout(this.#offer);
    this.putOff.value = next;
    // What the head hears of stays until it is read.
    if (next.said === null) this.#offer = setTimeout(() => (this.putOff.value = null), OFFER_MS);
  }

  #patch(dealId: string, change: (row: AlertView) => AlertView): void {
    this.rows.value = this.rows.value.map((row) => (row.dealId === dealId ? change(row) : row));
  }

  #anew(): Promise<void> {
    this.busy.value = 'first';
    this.rows.value = [];
    this.#next.value = null;
    this.#pages = 1;
    return this.#ask(null);
  }

  /** Only the answer to the newest question counts: an older one may come later. */
  async #ask(after: string | null): Promise<void> {
    const question = ++this.#asked;
    clearTimeout(this.#timer);
    try {
      const query = addressOf(this.filter.value, { sort: this.sort.value, after });
      const page = await this.api.read<AlertsView>(`/api/alerts?${query}`);
      if (question === this.#asked) this.#take(page, after !== null);
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

  #take(page: AlertsView, added: boolean): void {
    const known = this.rows.value;
    if (added) {
      const ids = new Set(known.map((row) => row.id));
      this.rows.value = [...known, ...page.alerts.filter((row) => !ids.has(row.id))];
      this.#next.value = page.next;
      this.#pages += 1;
    } else if (this.#pages === 1) {
      this.rows.value = page.alerts;
      this.#next.value = page.next;
    } else {
      this.rows.value =
        this.sort.value === 'newest'
          ? mergedNewest(known, page.alerts, page.next === null)
          : refreshed(known, page.alerts);
    }
    if (!added) this.view.value = page;
    this.now.value = Date.parse(page.now) || Date.now();
    this.failure.value = null;
    this.live.value = 'polled';
    this.heardAt.value = Date.now();
  }
}

/** A deal is asked about through who has to act on it; what is about a person, through the person. */
function targetOf({ dealId, ownerId }: AlertView): PushTarget | null {
  if (dealId !== null) return { kind: 'deal', dealId };
  return ownerId === null ? null : { kind: 'seller', userId: ownerId };
}

function without(set: ReadonlySet<string>, one: string): ReadonlySet<string> {
  return new Set([...set].filter((other) => other !== one));
}

export function useAlerts(api: ApiClient, filter: AlertFilter = {}): Alerts {
  const alerts = new Alerts(api);
  alerts.filter.value = filter;
  void alerts.reload();
  document.addEventListener('visibilitychange', alerts.tick);
  onScopeDispose(() => {
    alerts.stop();
    document.removeEventListener('visibilitychange', alerts.tick);
  });
  return alerts;
}

import { inject, provide, ref, type InjectionKey, type Ref } from 'vue';
import type { BootView } from '../../src/features/embed/boot.view.js';
import type { ApiClient } from './api/client.js';
import type { HostBridge } from './hosts/bridge.js';
import type { Texts } from './i18n/i18n.js';

/** What every screen is handed: who looks, at what, through which API and which host. */
export interface WidgetContext {
  readonly boot: BootView;
  readonly api: ApiClient;
  /** Opens the bridge at the first call, the same one ever after; rejects with `BridgeFailure` outside a host's page. */
  readonly bridge: () => Promise<HostBridge>;
  readonly texts: Texts;
}

const contextKey: InjectionKey<WidgetContext> = Symbol('widget');
const nowKey: InjectionKey<Readonly<Ref<number>>> = Symbol('now');

/** How often relative words are said anew. */
const TICK_MS = 5_000;

export function provideWidget(context: WidgetContext): void {
  provide(contextKey, context);
  const now = ref(Date.now());
  setInterval(() => (now.value = Date.now()), TICK_MS);
  provide(nowKey, now);
}

export function useWidget(): WidgetContext {
  const context = inject(contextKey);
  if (!context) throw new Error('useWidget: outside the widget');
  return context;
}

/** This browser's clock, told every few seconds. */
export function useNow(): Readonly<Ref<number>> {
  const now = inject(nowKey);
  if (!now) throw new Error('useNow: outside the widget');
  return now;
}

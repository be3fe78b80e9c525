import './theme/tokens.css';
import './theme/bitrix24.css';
import './theme/amocrm.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/plan.css';
import './theme/screens.css';
import { createApp } from 'vue';
import type { BootView, DoorView } from '../../src/features/embed/boot.view.js';
import { ApiClient, retries } from './api/client.js';
import AppRoot from './app-root.vue';
import { readBoot } from './boot.js';
import type { HostBridge } from './hosts/bridge.js';
import { loadTexts, type Language } from './i18n/i18n.js';
import { openScreen } from './screens.js';

/** What a screen reads first: asked for while its code is still on the way. Later screens know themselves what they need. */
function firstPath(boot: BootView): string | null {
  if (boot.screen === 'plan') return `/api/plan/${encodeURIComponent(boot.dealId ?? '')}`;
  return boot.screen === 'home' || boot.screen === 'install' ? `/api/${boot.screen}` : null;
}

const hostModule = (): Promise<typeof import('./hosts/host-module.js')> => import('./hosts/host-module.js');

/** A host's SDK loads on first need, at the latest after the first paint. */
function bridgeOf(boot: DoorView): () => Promise<HostBridge> {
  let bridge: Promise<HostBridge> | null = null;
  return () => {
    bridge ??= hostModule().then((host) => host.openHostBridge(boot.host, boot.portalOrigin));
    return bridge;
  };
}

async function start(boot: BootView, bridge = bridgeOf(boot)): Promise<void> {
  const root = document.documentElement;
  root.lang = boot.language;
  root.dataset['theme'] = boot.theme;
  root.dataset['host'] = boot.host;
  const api = new ApiClient({
    session: boot.session,
    renew: async () => (await bridge()).renewSession(),
  });
  const path = firstPath(boot);
  const firstAnswer = path === null ? undefined : api.read(path);
  // The screen reports a failure; until it listens, an early one must not count as unhandled.
  firstAnswer?.catch(() => undefined);
  const texts = await loadTexts(boot.language);
  const [first, nav] = await Promise.all([
    openScreen(boot.screen, texts),
    boot.screen === 'plan' ? undefined : import('./ui/app-nav.vue').then((menu) => menu.default),
  ]);
  const app = createApp(AppRoot, { context: { boot, api, bridge, texts }, first, firstAnswer, nav });
  app.use(texts.plugin);
  mount(app);
  afterPaint(() => {
    bridge()
      .then(async (host) => (await hostModule()).keepFrameSize(host))
      .catch(() => undefined);
    retries().catch(() => undefined);
  });
}

/** The page came without a session: the page around it has one for us. */
async function enter(door: DoorView): Promise<void> {
  const bridge = bridgeOf(door);
  let boot: BootView | undefined;
  try {
    boot = await (await bridge()).enter?.();
  } catch (error) {
    return mount(await (await import('./closed-door.js')).closedDoor(door, error));
  }
  return boot ? start(boot, bridge) : showNothingHere();
}

async function showNothingHere(): Promise<void> {
  const language: Language = /^(ru|uk|be|kk)\b/.test(navigator.language) ? 'ru' : 'en';
  document.documentElement.lang = language;
  const [texts, { default: Nothing }] = await Promise.all([
    loadTexts(language),
    import('./views/nothing-screen.vue'),
  ]);
  await texts.addMore();
  mount(createApp(Nothing).use(texts.plugin));
}

function mount(app: ReturnType<typeof createApp>): void {
  const place = document.getElementById('app');
  if (!place) throw new Error('the page has no place for the widget');
  place.removeAttribute('aria-busy');
  app.mount(place);
}

function afterPaint(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then, 0));
}

const boot = readBoot(document.getElementById('boot')?.textContent);
void (!boot ? showNothingHere() : 'session' in boot ? start(boot) : enter(boot));

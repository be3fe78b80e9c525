import type { Browser } from 'playwright-core';
import { buildWidget } from '../../support/built-widget.js';
import { openBrowser } from '../../support/browser.js';
import { startFakePortal, type FakePortal, type PortalOptions } from './fake-portal.js';
import { installView, planView, type Language } from './fixtures.js';
import { quietDay } from './mock-day.js';
import { startMockServer, type MockServer, type Scene } from './mock-server.js';
import { openStand, type Look, type Shown, type Stand } from './stand.js';

export type { Look, Shown } from './stand.js';

/** The widget in a portal's page, in a browser, over a server that answers what the test says. */
export interface StageSet {
  readonly server: MockServer;
  readonly portal: FakePortal;
  readonly browser: Browser;
  open(look?: Look, options?: PortalOptions): Promise<Shown>;
  /** A page for many scenes, one after the other. */
  stand(look?: Look): Promise<Stand<PortalOptions>>;
  close(): Promise<void>;
}

export function sceneOf(
  language: Language,
  screen: Scene['boot']['screen'] = 'plan',
  now = Date.now(),
): Scene {
  return {
    boot: {
      host: 'bitrix24',
      screen,
      dealId: screen === 'plan' ? '57' : null,
      language,
      theme: 'auto',
      timeZone: 'Europe/Moscow',
      dayEnds: Array.from({ length: 7 }, () => '18:00'),
      user: { id: '3', name: 'Ольга Смирнова', admin: true, head: true },
      installing: screen === 'install',
    },
    plan: planView(language, now),
    home: null,
    install: installView(language, now, 'new'),
    letters: [],
    readError: null,
    writeErrors: [],
    delayMs: 0,
    sessions: new Set(['session-1']),
    hostToken: 'token-2',
    entryError: null,
    routes: quietDay(),
    entered: [],
  };
}

export async function buildStage(scene: Scene): Promise<StageSet> {
  await buildWidget();
  const [server, portal] = await startBoth(scene);
  const browser = await openBrowser();
  const stand = (look: Look = {}): Promise<Stand<PortalOptions>> =>
    openStand(browser, look, { address: (options) => portal.page(options), frame: '#app' });
  return {
    server,
    portal,
    browser,
    stand,
    open: async (look = {}, options = {}) => (await stand(look)).show(options),
    close: async () => {
      await browser.close();
      await Promise.all([server.close(), portal.close()]);
    },
  };
}

async function startBoth(scene: Scene): Promise<readonly [MockServer, FakePortal]> {
  const origins = { app: '', portal: '' };
  const server = await startMockServer(() => origins.portal, scene);
  const portal = await startFakePortal(() => origins.app);
  origins.app = server.origin;
  origins.portal = portal.origin;
  return [server, portal];
}

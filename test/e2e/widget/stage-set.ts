import type { Browser, BrowserContextOptions, Frame, Page } from 'playwright-core';
import { buildWidget } from '../../support/built-widget.js';
import { openBrowser } from '../../support/browser.js';
import { startFakePortal, type FakePortal, type PortalOptions } from './fake-portal.js';
import { installView, planView, type Language } from './fixtures.js';
import { quietDay } from './mock-day.js';
import { startMockServer, type MockServer, type Scene } from './mock-server.js';

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly touch?: boolean;
}

/** The widget in a portal's page, in a browser, over a server that answers what the test says. */
export interface StageSet {
  readonly server: MockServer;
  readonly portal: FakePortal;
  readonly browser: Browser;
  open(look?: Look, options?: PortalOptions): Promise<Shown>;
  close(): Promise<void>;
}

export interface Shown {
  readonly page: Page;
  readonly frame: Frame;
  /** Errors of the console, page errors and refusals by policy; a test ends with none. */
  readonly faults: string[];
  /** Hosts that anything was asked of. */
  readonly hosts: Set<string>;
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
  return {
    server,
    portal,
    browser,
    open: (look = {}, options = {}) => show(browser, portal, look, options),
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

async function show(
  browser: Browser,
  portal: FakePortal,
  look: Look,
  options: PortalOptions,
): Promise<Shown> {
  const settings: BrowserContextOptions = {
    viewport: { width: look.width ?? 1200, height: look.height ?? 900 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'ru-RU',
    timezoneId: 'Asia/Tokyo',
  };
  const context = await browser.newContext(settings);
  const page = await context.newPage();
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
  await page.goto(portal.page(options));
  const frame = await page.waitForSelector('#app').then((handle) => handle.contentFrame());
  if (!frame) throw new Error('the portal has no frame');
  await frame.waitForSelector('main');
  return { page, frame, faults, hosts, close: () => context.close() };
}

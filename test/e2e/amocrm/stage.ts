import type { Browser, Frame } from 'playwright-core';
import { buildWidget } from '../../support/built-widget.js';
import { openBrowser } from '../../support/browser.js';
import { startMockServer, type MockServer, type Scene } from '../widget/mock-server.js';
import type { Look, Shown } from '../widget/stage-set.js';
import { startFakeAccount, type AccountOptions, type FakeAccount } from './fake-account.js';

export interface AccountStage {
  readonly server: MockServer;
  readonly account: FakeAccount;
  readonly browser: Browser;
  open(look?: Look, options?: AccountOptions): Promise<Shown>;
  close(): Promise<void>;
}

/** The widget's archive in an account's page, in a browser, over a server that answers what the test says. */
export async function buildAccountStage(scene: Scene): Promise<AccountStage> {
  await buildWidget();
  const origins = { app: '', account: '' };
  const server = await startMockServer(() => origins.account, scene);
  const account = await startFakeAccount(() => origins.app);
  origins.app = server.origin;
  origins.account = account.origin;
  const browser = await openBrowser();
  return {
    server,
    account,
    browser,
    open: (look = {}, options = {}) => show(browser, account, look, options),
    close: async () => {
      await browser.close();
      await Promise.all([server.close(), account.close()]);
    },
  };
}

async function show(
  browser: Browser,
  account: FakeAccount,
  look: Look,
  options: AccountOptions,
): Promise<Shown> {
  const context = await browser.newContext({
    viewport: { width: look.width ?? 1200, height: look.height ?? 900 },
    colorScheme: look.theme ?? 'light',
    reducedMotion: 'reduce',
    locale: 'ru-RU',
    timezoneId: 'Asia/Tokyo',
  });
  const page = await context.newPage();
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).hostname));
  await page.goto(account.page({ dark: look.theme === 'dark', ...options }));
  const frame: Frame | null = await page
    .waitForSelector('.dozhim-widget__frame')
    .then((handle) => handle.contentFrame());
  if (!frame) throw new Error('the account’s page has no frame');
  await frame.waitForSelector('main');
  return { page, frame, faults, hosts, close: () => context.close() };
}

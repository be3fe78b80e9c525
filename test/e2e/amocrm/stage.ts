import type { Browser } from 'playwright-core';
import { buildWidget } from '../../support/built-widget.js';
import { openBrowser } from '../../support/browser.js';
import { startMockServer, type MockServer, type Scene } from '../widget/mock-server.js';
import { openStand, type Look, type Shown, type Stand } from '../widget/stand.js';
import { startFakeAccount, type AccountOptions, type FakeAccount } from './fake-account.js';

export interface AccountStage {
  readonly server: MockServer;
  readonly account: FakeAccount;
  readonly browser: Browser;
  /** The account's page has the look's colours too. */
  open(look?: Look, options?: AccountOptions): Promise<Shown>;
  /** A page for many scenes, one after the other. */
  stand(look?: Look): Promise<Stand<AccountOptions>>;
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
  const stand = (look: Look = {}): Promise<Stand<AccountOptions>> =>
    openStand(browser, look, {
      address: (options) => account.page(options),
      frame: '.dozhim-widget__frame',
    });
  return {
    server,
    account,
    browser,
    stand,
    open: async (look = {}, options = {}) =>
      (await stand(look)).show({ dark: look.theme === 'dark', ...options }),
    close: async () => {
      await browser.close();
      await Promise.all([server.close(), account.close()]);
    },
  };
}

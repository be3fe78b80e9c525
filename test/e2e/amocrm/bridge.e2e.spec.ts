import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sceneOf, type Shown } from '../widget/stage-set.js';
import { homeView } from '../widget/screens.js';
import { atRest } from '../widget/stand.js';
import { buildAccountStage, type AccountStage } from './stage.js';

describe('test/e2e/amocrm/bridge', () => {
  let stage: AccountStage;

  beforeAll(async () => {
    stage = await buildAccountStage(sceneOf('ru'));
  }, 120_000);
  afterAll(() => stage?.close());
  beforeEach(() => {
    Object.assign(stage.server.scene, sceneOf('ru'), { home: homeView('ru', Date.now()) });
  });

  async function ended(shown: Shown, faults: readonly string[] = []): Promise<void> {
    expect(shown.faults).toEqual(faults);
    await shown.close();
  }

  it('shows the plan in a lead’s card, with a session that the account’s page fetched', async () => {
    const shown = await stage.open({}, { widthPx: 300 });
    await shown.frame.waitForSelector('text=Что сейчас');
    expect(stage.server.scene.entered).toEqual([{ screen: 'plan', dealId: '57' }]);
    expect([...shown.hosts].sort()).toEqual(['account.localhost', 'app.localhost']);
    expect(await shown.page.locator('.dozhim-widget__frame').count()).toBe(1);
    await ended(shown);
  });

  it('grows with the plan, so that the column has one scroll bar', async () => {
    const shown = await stage.open({}, { widthPx: 300 });
    await shown.frame.waitForSelector('text=Что сейчас');
    await expectSoon(async () => {
      const inside = await shown.frame.evaluate<number>('document.getElementById("app").scrollHeight');
      const outside = await shown.page.evaluate<number>(
        'document.querySelector(".dozhim-widget__frame").clientHeight',
      );
      return outside >= inside && outside - inside < 30 && outside > 420;
    });
    await ended(shown);
  });

  it('renews an expired session through the page and repeats the click once', async () => {
    const shown = await stage.open();
    await shown.frame.waitForSelector('text=Что сейчас');
    stage.server.scene.sessions.clear();
    await shown.frame.locator('.now .button-primary').click();
    await shown.frame.waitForSelector('.after');
    const writes = stage.server.heard.filter((one) => one.method === 'POST' && one.path.includes('/steps/'));
    expect(new Set(writes.map((one) => one.key)).size).toBe(1);
    expect(writes[0]?.key).toMatch(/^[\w-]{8,}$/);
    expect(stage.server.scene.entered.length).toBeGreaterThan(1);
    // A browser reports the refused answers themselves; nothing else may be there.
    expect(shown.faults.filter((fault) => !fault.includes('401'))).toEqual([]);
    await shown.close();
  });

  it('waits for a card that is not saved, and shows the plan when it is', async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(stage.account.page({ leadId: 0 }));
    await page.waitForSelector('text=План появится, когда вы сохраните сделку.');
    expect(await page.locator('iframe').count()).toBe(0);
    await page.evaluate('APP.data.current_card.id = 58');
    await page.frameLocator('.dozhim-widget__frame').locator('text=Что сейчас').waitFor();
    expect(stage.server.scene.entered).toEqual([{ screen: 'plan', dealId: '58' }]);
    expect(await page.locator('text=План появится').count()).toBe(0);
    await context.close();
  });

  it('waits for a box that the page adds late', async () => {
    const shown = await stage.open({}, { late: true });
    await shown.frame.waitForSelector('text=Что сейчас');
    await ended(shown);
  });

  it.each(['advanced_settings', 'widget_page'] as const)('shows the app’s own page in %s', async (area) => {
    const shown = await stage.open({}, { area });
    await shown.frame.waitForSelector('text=Мой день');
    expect(stage.server.scene.entered).toEqual([{ screen: 'home', dealId: '' }]);
    await ended(shown);
  });

  it('shows the templates in the integration’s settings', async () => {
    Object.assign(stage.server.scene, sceneOf('ru', 'install'));
    const shown = await stage.open({}, { area: 'settings', widthPx: 480 });
    await shown.frame.waitForSelector('h1');
    expect(stage.server.scene.entered[0]?.screen).toBe('install');
    await ended(shown);
  });

  it('says before the installation what to do', async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(stage.account.page({ area: 'settings', status: 'not_configured' }));
    await page.waitForSelector('text=Нажмите «Установить»');
    expect(await page.locator('iframe').count()).toBe(0);
    await context.close();
  });

  it('fills the key into the settings of the action in the digital pipeline', async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    await page.goto(stage.account.page({ area: 'digital_pipeline' }));
    await page.waitForFunction('window.__changed === true');
    expect(await page.locator('input[name=key]').inputValue()).toBe('key-of-the-automation');
    await context.close();
  });

  it('opens the host’s own pages in a new tab, and nothing else', async () => {
    const shown = await stage.open();
    await shown.frame.waitForSelector('text=Что сейчас');
    await atRest(shown.frame);
    const link = shown.frame.locator('a.link').first();
    const [tab] = await Promise.all([shown.page.waitForEvent('popup'), link.click()]);
    expect(new URL(tab.url()).origin).toBe(stage.account.origin);
    await ended(shown);
  });

  it('opens the app over the card in the host’s own dialog', async () => {
    const view = stage.server.scene.plan;
    stage.server.scene.plan = {
      ...view,
      plan: null,
      stages: [],
      nextStepIds: [],
      launch: { allowed: false, why: null, templates: [] },
    };
    const shown = await stage.open();
    await shown.frame.locator('button', { hasText: 'настройки' }).first().click();
    const over = await shown.page
      .waitForSelector('.modal .dozhim-widget__frame')
      .then((handle) => handle.contentFrame());
    await over?.waitForSelector('text=Мой день');
    const before = stage.server.heard.length;
    await shown.page.evaluate('window.__modal.destroy()');
    await expectSoon(async () => stage.server.heard.slice(before).some((one) => one.path === '/api/plan/57'));
    await ended(shown);
  });

  it('says in words why the door stays closed, and tries again', async () => {
    stage.server.scene.entryError = {
      status: 403,
      code: 'unknown-account',
      message: 'Приложение здесь не установлено.',
    };
    const shown = await stage.open();
    await shown.frame.waitForSelector('text=Приложение здесь не установлено.');
    expect(await shown.frame.locator('text=req-0042').count()).toBe(1);
    stage.server.scene.entryError = null;
    await shown.frame.locator('button').click();
    await shown.frame.waitForSelector('text=Что сейчас');
    expect(shown.faults.filter((fault) => !fault.includes('403'))).toEqual([]);
    await shown.close();
  });

  it('speaks only to the page of its own account', async () => {
    const foreign = await stage.browser.newContext();
    const page = await foreign.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.goto(`${stage.account.origin.replace('account.', 'other.')}/?options=%7B%7D`);
    await expectSoon(async () => refused.some((text) => text.includes('frame-ancestors')));
    await foreign.close();
  });

  it('gives no answer to a frame that is not its own', async () => {
    const shown = await stage.open();
    await shown.frame.waitForSelector('text=Что сейчас');
    const answered = await shown.page.evaluate<boolean>(`new Promise((resolve) => {
      const other = document.createElement('iframe');
      document.body.append(other);
      other.contentWindow.addEventListener('message', () => resolve(true));
      other.contentWindow.parent.postMessage({ dozhim: 'hello' }, '*');
      setTimeout(() => resolve(false), 500);
    })`);
    expect(answered).toBe(false);
    await ended(shown);
  });

  it('leaves nothing behind when the page takes the widget down', async () => {
    const shown = await stage.open();
    await shown.frame.waitForSelector('text=Что сейчас');
    expect(await shown.page.evaluate('window.__widget.callbacks.destroy()')).toBe(true);
    expect(await shown.page.locator('iframe').count()).toBe(0);
    await ended(shown);
  });
});

async function expectSoon(holds: () => Promise<boolean>, withinMs = 8_000): Promise<void> {
  for (let waited = 0; waited < withinMs; waited += 100) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await holds()).toBe(true);
}

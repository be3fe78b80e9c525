import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { applicationFrame, bindTab, installQuietly, openFrameWorld, type FrameWorld } from './frame-world.js';

describe('test/sandbox-company/portal-frame.spec.ts', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  describe('an application that is not installed', () => {
    let world: FrameWorld;
    let page: Page;

    beforeAll(async () => {
      world = await openFrameWorld();
      page = await browser.newPage();
    });

    afterAll(async () => {
      await page.close();
      await world.close();
    });

    it('is shown to an employee as not fully installed', async () => {
      await page.goto(`${world.portal.url}/marketplace/app/local.test/?user=6&lang=en`);
      await page.getByText('The application is not fully installed.').waitFor();
      expect(world.posted).toEqual([]);
    });

    it('is installed by an administrator through the official SDK', async () => {
      await page.goto(`${world.portal.url}/marketplace/app/local.test/?lang=en`);
      const frame = await applicationFrame(page);
      const [first] = world.posted;
      expect(first?.url).toContain('/install?DOMAIN=localhost');
      expect(first?.form).toMatchObject({ PLACEMENT: 'DEFAULT', status: 'L', AUTH_EXPIRES: '3600' });
      expect(
        await frame.evaluate<unknown>(
          'window.b24.then((b24) => [b24.isInstallMode, b24.isFirstRun, b24.getLang()])',
        ),
      ).toEqual([true, true, 'en']);
      await bindTab(world);
      expect(world.portal.context.placements('CRM_DEAL_DETAIL_TAB')).toEqual([]);
      void frame.evaluate('window.b24.then((b24) => { void b24.installFinish() })').catch(() => undefined);
      await page.waitForURL(/install_finished=Y/u);
      await page.getByText('The application is installed').waitFor();
      expect(world.portal.context.applications()[0]?.state).toBe('installed');
      expect(world.portal.context.placements('CRM_DEAL_DETAIL_TAB')).toHaveLength(1);
    });
  });

  describe('a tab in the deal card', () => {
    let world: FrameWorld;
    let page: Page;

    beforeAll(async () => {
      world = await openFrameWorld();
      await installQuietly(world);
      page = await browser.newPage();
    });

    afterAll(async () => {
      await page.close();
      await world.close();
    });

    async function openTab(query = ''): Promise<Awaited<ReturnType<typeof applicationFrame>>> {
      await page.goto(`${world.portal.url}/crm/deal/details/57/?tab=plan&lang=en${query}`);
      return applicationFrame(page);
    }

    it('tells the SDK which deal it stands in', async () => {
      const frame = await openTab('&user=6');
      const place =
        'window.b24.then(({ placement, auth }) => [placement.placement, placement.options.ID, auth.isAdmin])';
      expect(await frame.evaluate<unknown>(place)).toEqual(['CRM_DEAL_DETAIL_TAB', '57', false]);
      const name = await frame.evaluate<string>('window.name');
      expect(name).toMatch(/^localhost:\d+\|0\|[0-9a-f]{32}$/u);
      expect(world.posted.at(-1)?.form['PLACEMENT_OPTIONS']).toContain('"URI":"/crm/deal/details/57/');
    });

    it('grows with its content, and may not change the title of the page', async () => {
      const frame = await openTab();
      await frame.evaluate('window.b24.then((b24) => b24.parent.resizeWindow(600, 777))');
      const box = await page.locator('.appframe-layout').boundingBox();
      expect([box?.width, box?.height]).toEqual([600, 777]);
      const safely = await frame.evaluate<unknown>(
        'window.b24.then((b24) => Promise.race([b24.parent.setTitle("mine"), new Promise((ok) => setTimeout(ok, 1200, "silence"))]))',
      );
      expect(safely === 'silence' || JSON.stringify(safely) === '{"isSafely":true}').toBe(true);
    });

    it('gets a fresh token that the portal honours', async () => {
      const frame = await openTab('&user=6');
      const auth = await frame.evaluate<{ access_token: string }>(
        'window.b24.then((b24) => b24.auth.refreshAuth())',
      );
      const { data } = await axios.post<{ result: { ID: string } }>(`${world.portal.url}/rest/profile.json`, {
        auth: auth.access_token,
      });
      expect(data.result.ID).toBe('6');
    });

    it('opens an address of the portal in a slider and hears when it is closed', async () => {
      const frame = await openTab();
      const opened = frame.evaluate<{ isOpenAtNewWindow: boolean; isClose: boolean }>(
        'window.b24.then((b24) => b24.slider.openPath(b24.slider.getUrl("/crm/deal/details/3/"), 950))',
      );
      const inside = page.frameLocator('.slider iframe');
      await inside.locator('h1').waitFor();
      expect(await inside.locator('h1').textContent()).toBe(world.portal.context.deal(3)?.title);
      await page.keyboard.press('Escape');
      expect(await opened).toMatchObject({ isClose: true });
    });

    it('opens its own page in a slider, as high as the window', async () => {
      const frame = await openTab();
      const closed = frame.evaluate(
        'window.b24.then((b24) => b24.slider.openSliderAppPage({ view: "board" }))',
      );
      const inner = await applicationFrame(page, '.slider iframe.appframe');
      const place =
        'window.b24.then(({ placement }) => [placement.isDefault, placement.isSliderMode, placement.options.view])';
      expect(await inner.evaluate<unknown>(place)).toEqual([true, true, 'board']);
      await inner
        .evaluate('window.b24.then((b24) => { void b24.slider.closeSliderAppPage() })')
        .catch(() => undefined);
      await closed;
      expect(await page.locator('.slider').count()).toBe(0);
    });

    it('lets a person choose a colleague', async () => {
      const frame = await openTab();
      const chosen = frame.evaluate<{ id: string; name: string }>(
        'window.b24.then((b24) => b24.dialog.selectUser())',
      );
      const person = world.portal.context.user(3);
      await page
        .getByRole('dialog')
        .getByText(person?.name ?? '')
        .click();
      expect(await chosen).toMatchObject({ id: '3', name: person?.name });
    });

    it('answers neither an unknown command, nor a foreign SID, nor an option set by an employee', async () => {
      const frame = await openTab('&user=6');
      const heard = await frame.evaluate<readonly string[]>(`new Promise((resolve) => {
        const heard = [];
        addEventListener('message', (event) => heard.push(String(event.data).split(':')[0]));
        const [domain, , sid] = window.name.split('|');
        const say = (text) => parent.postMessage(text, 'http://' + domain);
        say('noSuchThing:one:' + sid);
        say('getInitData:two:' + '0'.repeat(32));
        say('setAppOption:{"name":"a","value":"1"}:three:' + sid);
        say('nonsense');
        say('getInterface:last:' + sid);
        setTimeout(() => resolve(heard), 700);
      })`);
      expect(heard).toEqual(['last']);
      expect(world.portal.context.appOptions(world.applicationId)).toEqual({});
    });

    it('hears of a change of its deal when it has bound the event', async () => {
      const frame = await openTab();
      await frame.evaluate(
        `window.b24.then((b24) => { void b24.placement.bindEvent('onCrmEntityUpdate', (data) => { window.heard = data }) })`,
      );
      await page.waitForTimeout(1000);
      world.portal.context.updateDeal(57, { amount: 4242 }, 1);
      await frame.waitForFunction('window.heard !== undefined');
      expect(await frame.evaluate<unknown>('window.heard')).toEqual({ entityId: 57 });
    });
  });

  it('works between two machines, and leaves no trace in the portal when it is uninstalled', async () => {
    const world = await openFrameWorld({ portal: 'portal.localhost', app: 'app.localhost' });
    await installQuietly(world);
    const page = await browser.newPage();
    await page.goto(`${world.portal.url}/crm/deal/details/57/?tab=plan&lang=en`);
    const frame = await applicationFrame(page);
    expect(
      await frame.evaluate<unknown>('window.b24.then((b24) => [location.hostname, b24.getTargetOrigin()])'),
    ).toEqual(['app.localhost', world.portal.url]);
    await page.getByRole('link', { name: 'Applications' }).click();
    await page.getByRole('button', { name: 'Uninstall', exact: true }).click();
    await page.getByText('Not installed').waitFor();
    expect(world.portal.context.placements('CRM_DEAL_DETAIL_TAB')).toEqual([]);
    await page.goto(`${world.portal.url}/crm/deal/details/57/?tab=plan&lang=en`);
    await page.getByRole('tab', { name: 'General' }).waitFor();
    expect(await page.getByRole('tab').count()).toBe(2);
    await page.close();
    await world.close();
  });

  it('opens only the addresses that a portal allows', async () => {
    const world = await openFrameWorld();
    const page = await browser.newPage();
    await page.goto(world.portal.url);
    const answers = await page.evaluate<
      readonly (string | null)[]
    >(`import('/portal/assets/frame-protocol.js').then(({ openablePath }) => [
      '/crm/deal/details/1/', '/crm/deal/../../company/personal/user/3/', '/marketplace/app/x/', '/workgroups/group/7/',
      '/crm/deal/../../../admin/', '/crm/deal/%2e%2e/%2e%2e/bitrix/', '//evil.example/crm/deal/1/', '/crm/deal\\\\..\\\\x',
      'https://evil.example/crm/deal/', '/crm/invoice/1/', '/company/personal/user/x/', '', 7, null,
    ].map((path) => openablePath(path, location.origin)))`);
    expect(answers).toEqual([
      '/crm/deal/details/1/',
      '/company/personal/user/3/',
      '/marketplace/app/x/',
      '/workgroups/group/7/',
      ...Array<null>(10).fill(null),
    ]);
    await page.close();
    await world.close();
  });
});

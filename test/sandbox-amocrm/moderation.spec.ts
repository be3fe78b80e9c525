import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type AmocrmPortal, startAmocrmPortal } from '../../src/sandbox/amocrm/portal.js';
import { openBrowser } from '../support/browser.js';
import { smallCompany } from '../sandbox/small-company.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CLIENT_ID = '6f1c2f52-6a5b-4f0e-8b8e-2b0a3d6c9e12';

/** A widget that does this when its card is drawn. */
function widgetDoing(what: string, destroy = ''): string {
  return `define(['jquery'], ($) => function Bad() {
    const self = this;
    this.callbacks = {
      render: () => {
        if (self.system().area !== 'lcard') return true;
        self.render_template({ caption: {}, body: '<p class="bad-here">here</p>', render: '' });
        ${what}
        return true;
      },
      init: () => true, bind_actions: () => true, settings: () => true, onSave: () => true,
      destroy: () => { ${destroy} return true; },
    };
    return this;
  });`;
}

describe('test/sandbox-amocrm/moderation', () => {
  let browser: Browser;
  let portal: AmocrmPortal;
  let folder: string;
  let page: Page | null = null;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'widget-'));
    await cp(path.join(import.meta.dirname, 'fixture-widget'), folder, { recursive: true });
    await cp(path.join(ROOT, 'widgets/amocrm/images'), path.join(folder, 'images'), { recursive: true });
    portal = await startAmocrmPortal({
      port: 0,
      limits: false,
      company: smallCompany(),
      application: { clientId: CLIENT_ID, title: 'Bad', redirectUri: 'http://127.0.0.1:9/callback' },
    });
    browser = await openBrowser();
  }, 60_000);

  afterEach(async () => {
    await page?.close();
    page = null;
  });

  afterAll(async () => {
    await browser?.close();
    await portal?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(script: string): Promise<Page> {
    await writeFile(path.join(folder, 'script.js'), script);
    await portal.widgets.put(CLIENT_ID, folder);
    await portal.context.install(CLIENT_ID, portal.store.people.firstAdmin().id);
    page = await browser.newPage();
    page.on('dialog', (dialog) => void dialog.dismiss());
    await page.goto(`${portal.url}/leads/detail/3/?lang=en`);
    await page.locator('.bad-here').waitFor();
    return page;
  }

  const complaints = (of: Page) => of.evaluate<string[]>('window.sandboxComplaints ?? []');

  it.each([
    ['writes to the console', "console.log('here');", 'console.log'],
    ['runs text as code', "eval('1');", 'eval'],
    ['makes a function of text', "new Function('return 1')();", 'new Function'],
    ['makes a timer of text', "setTimeout('1', 1);", 'setTimeout'],
    ['adds a script', "document.createElement('script');", 'adds a script'],
    [
      'waits for the network',
      "const x = new XMLHttpRequest(); x.open('GET', '/portal/start', false); x.send();",
      'synchronous request',
    ],
    ['stops the page', "alert('here');", 'alert'],
    ['writes into the page’s own object', 'window.APP.mine = 1;', 'APP.mine was written'],
    [
      'asks more than once a second',
      "self.crm_post('/x', {}, () => {}); self.crm_post('/x', {}, () => {});",
      'crm_post more than once a second',
    ],
    ['throws', "throw new Error('no');", 'no'],
  ])('tells on a widget that %s', async (_what, code, expected) => {
    const found = await complaints(await open(widgetDoing(code)));
    expect(found.join('\n')).toContain(expected);
  });

  it('tells on a widget that leaves a listener or a frame behind, and not on one that cleans up', async () => {
    const begin = "const hear = () => {}; window.addEventListener('message', hear); self.hear = hear;";
    const leave = async (script: string): Promise<readonly string[]> => {
      const opened = await open(script);
      await opened.getByRole('link', { name: 'Tasks' }).click();
      await opened.waitForURL('**/todo/**');
      const found = await complaints(opened);
      await opened.close();
      return found;
    };
    expect((await leave(widgetDoing(begin))).join()).toContain('left 1 listeners');
    const tidy = "window.removeEventListener('message', self.hear);";
    expect(await leave(widgetDoing(begin, tidy))).toEqual([]);
    const framed = "$('.bad-here').append('<iframe>');";
    expect((await leave(widgetDoing(framed))).join()).toContain('left a frame behind');
    expect(await leave(widgetDoing(framed, "$('.bad-here iframe').remove();"))).toEqual([]);
  });

  it('has nothing to say about a widget that keeps to the rules', async () => {
    const calm = "setTimeout(() => $('.bad-here').text('later'), 1); console.debug('allowed');";
    const opened = await open(widgetDoing(calm));
    await opened.getByText('later').waitFor();
    expect(await complaints(opened)).toEqual([]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { mockPanel, type MockPanel } from './mock-panel.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1100 } as const;

describe('test/e2e/widget/panel', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;
  let panel: MockPanel;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'panel'));
  }, 120_000);

  afterAll(() => stage?.close());

  beforeEach(() => {
    panel = mockPanel('en', Date.now(), 260);
    Object.assign(stage.server.scene, sceneOf('en', 'panel'), { routes: panel.routes });
  });

  async function open(): Promise<void> {
    shown = await stage.open({ height: 1200 }, PAGE);
    frame = shown.frame;
    await frame.getByRole('row').nth(3).waitFor();
  }

  async function done(): Promise<void> {
    expect(shown.faults).toEqual([]);
    await shown.close();
  }

  const rowOf = (name: string) => frame.getByRole('row').filter({ hasText: name }).first();

  it('holds a bounded number of rows however far one scrolls, and brings page after page', async () => {
    panel = mockPanel('en', Date.now(), 50_000);
    stage.server.scene.routes = panel.routes;
    await open();
    await frame.getByText('50,000 deals').waitFor();
    const scroll = (): Promise<void> =>
      frame.evaluate(
        `{ const box = document.querySelector('.panel-scroll'); box.scrollTop = box.scrollHeight; }`,
      );
    const loaded = (): Promise<number> =>
      frame.evaluate<number>(`Math.round(document.querySelector('.panel-table').offsetHeight / 76)`);
    for (let pages = 2; pages <= 6; pages += 1) {
      await scroll();
      await until(async () => (await loaded()) >= pages * 100, { what: `page ${pages}` });
    }
    expect(await frame.locator('.panel-row').count()).toBeLessThan(60);
    await done();
  }, 90_000);

  it('counts as filters: a press narrows the list, another one widens it again', async () => {
    await open();
    const counter = frame.getByRole('button', { name: /^Stuck/ });
    await counter.click();
    await until(() => stage.server.heard.some((call) => call.path.includes('marks=stuck')), {
      what: 'the filter',
    });
    expect(await counter.getAttribute('aria-pressed')).toBe('true');
    await counter.click();
    await until(async () => (await counter.getAttribute('aria-pressed')) === 'false', {
      what: 'the filter gone',
    });
    await until(() => stage.server.heard.some((call) => call.path === '/api/panel/last'), {
      what: 'its memory',
    });
    panel.forgets = true;
    await counter.click();
    const unsaid = frame.getByRole('alert').filter({ hasText: 'The filter will not be remembered.' });
    await unsaid.waitFor();
    panel.forgets = false;
    await counter.click();
    await unsaid.waitFor({ state: 'detached' });
    // The browser tells of every refusal.
    expect(shown.faults.filter((fault) => !fault.includes('409'))).toEqual([]);
    await shown.close();
  }, 60_000);

  it('pushes with one click, and the button says when', async () => {
    await open();
    await rowOf('client 3').getByRole('button', { name: /^Push/ }).click();
    await rowOf('client 3')
      .getByText(/^Asked today/)
      .waitFor();
    expect(panel.acted).toEqual([{ kind: 'push', dealIds: ['D_2'] }]);
    await done();
  }, 60_000);

  it('closes picked deals with a reason, and brings them back by "undo"', async () => {
    await open();
    await frame.getByRole('checkbox', { name: 'Pick: CRM for client 3' }).check();
    await frame.getByRole('checkbox', { name: 'Pick: CRM for client 4' }).check();
    await frame.getByText('2 deals picked').waitFor();
    await frame.getByRole('button', { name: 'Close with a reason' }).click();
    await frame.getByLabel('Reason').selectOption('price');
    await frame.locator('.bulk-form').getByRole('button', { name: 'Close with a reason' }).click();
    await frame.getByText('2 deals closed').waitFor();
    await until(async () => (await frame.getByText('CRM for client 3', { exact: true }).count()) === 0, {
      what: 'the closed deal to leave',
    });
    await frame.getByRole('button', { name: 'Undo' }).click();
    await frame.getByText('CRM for client 3', { exact: true }).waitFor();
    expect(panel.acted[0]).toMatchObject({ kind: 'close', dealIds: ['D_2', 'D_3'], reasonKey: 'price' });
    await done();
  }, 60_000);

  it('shows a refused deal as it was, and says why', async () => {
    panel.refuse = { D_2: 'The portal does not let us move this deal.' };
    await open();
    await rowOf('client 3').getByRole('button', { name: /^Push/ }).click();
    await frame.getByText('The portal does not let us move this deal.').waitFor();
    await rowOf('client 3').getByRole('button', { name: /^Push/ }).waitFor();
    await done();
  }, 60_000);

  it('is led by the keyboard: choose, pick, push, open, close', async () => {
    await open();
    await frame.locator('#panel-row-0').focus();
    await shown.page.keyboard.press('j');
    await shown.page.keyboard.press('ArrowDown');
    await until(async () => (await frame.evaluate('document.activeElement.id')) === 'panel-row-2', {
      what: 'row 2',
    });
    await shown.page.keyboard.press('x');
    await frame.getByText('1 deal picked').waitFor();
    await shown.page.keyboard.press('p');
    await until(() => panel.acted.length === 1, { what: 'the push' });
    await shown.page.keyboard.press('Enter');
    const drawer = frame.getByRole('dialog', { name: 'CRM for client 3' });
    await drawer.waitFor();
    await drawer.getByText('The deal moved to “Offer sent”').waitFor();
    await drawer.getByText('The client is on holiday').waitFor();
    await shown.page.keyboard.press('Escape');
    await until(async () => (await drawer.count()) === 0, { what: 'the drawer to close' });
    expect(await frame.evaluate('document.activeElement.id')).toBe('panel-row-2');
    await done();
  }, 60_000);

  it('moves no row from under the hand when the first deal is picked', async () => {
    await open();
    const topOf = (): Promise<number> =>
      frame.evaluate<number>(`document.querySelector('#panel-row-1').getBoundingClientRect().top`);
    const before = await topOf();
    await rowOf('client 3').getByRole('checkbox').check();
    await frame.getByText('1 deal picked').waitFor();
    expect(Math.abs((await topOf()) - before)).toBeLessThanOrEqual(1);
    await done();
  }, 60_000);

  it('begins the drawer where the window begins, in a frame that is taller than the window', async () => {
    shown = await stage.open({ height: 700 }, PAGE);
    frame = shown.frame;
    await frame.getByRole('row').nth(3).waitFor();
    await shown.page.evaluate('scrollTo(0, 300)');
    await rowOf('client 3').getByRole('button', { name: 'CRM for client 3', exact: true }).click();
    await frame.getByRole('dialog', { name: 'CRM for client 3' }).waitFor();
    const { scrolled, top } = {
      scrolled: await shown.page.evaluate<number>('scrollY'),
      top: await frame.evaluate<number>(
        `document.querySelector('#drawer-title').getBoundingClientRect().top`,
      ),
    };
    expect(scrolled).toBeGreaterThan(200);
    expect(top - scrolled).toBeGreaterThanOrEqual(0);
    expect(top - scrolled).toBeLessThan(60);
    await done();
  }, 60_000);

  it('moves a card by its list of stages as well as by hand', async () => {
    await open();
    await frame.getByRole('button', { name: 'Board' }).click();
    const offer = frame.getByRole('region', { name: 'Offer sent' });
    await offer.getByRole('button', { name: 'CRM for client 4', exact: true }).waitFor();
    await frame.getByLabel('Stage of the deal CRM for client 3').selectOption('OFFER');
    await offer.getByRole('button', { name: 'CRM for client 3', exact: true }).waitFor();
    expect(panel.acted).toEqual([{ kind: 'move', dealIds: ['D_2'], stageId: 'OFFER' }]);
    await done();
  }, 60_000);

  it('shows a moved card in its new column, as on its way, until the host has moved the deal', async () => {
    panel.slowHost = true;
    await open();
    await frame.getByRole('button', { name: 'Board' }).click();
    const offer = frame.getByRole('region', { name: 'Offer sent' });
    await frame.getByLabel('Stage of the deal CRM for client 3').selectOption('OFFER');
    const card = offer.getByRole('listitem').filter({ hasText: 'CRM for client 3' }).first();
    await card.getByText('Moving to “Offer sent”').waitFor();
    await frame.getByRole('button', { name: 'Table' }).click();
    await rowOf('CRM for client 3').getByText('Moving to “Offer sent”').waitFor();
    await frame.getByRole('button', { name: 'Board' }).click();
    await card.getByText('Moving to “Offer sent”').waitFor();
    panel.slowHost = false;
    await until(async () => (await card.getByText('Moving to').count()) === 0, {
      what: 'the card to have arrived',
    });
    expect(await card.count()).toBe(1);
    await done();
  }, 90_000);
});

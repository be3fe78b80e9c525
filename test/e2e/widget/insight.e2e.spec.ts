import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame, Locator } from 'playwright-core';
import { until } from '../../support/until.js';
import { unplanned } from './fixtures.js';
import { mockInsight } from './mock-insight.js';
import { buildStage, sceneOf, type Look, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1500 } as const;
describe('test/e2e/widget/insight', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'insight'));
  }, 120_000);

  afterAll(() => stage?.close());

  async function open(
    options: {
      readonly look?: Look;
      readonly sparse?: boolean;
      readonly screen?: 'insight' | 'diagnosis';
    } = {},
  ): Promise<void> {
    stage.server.heard.length = 0;
    const { look, sparse = false, screen = 'insight' } = options;
    Object.assign(stage.server.scene, sceneOf('en', screen), {
      routes: mockInsight('en', Date.now(), sparse),
    });
    shown = await stage.open({ height: 1500, ...look }, PAGE);
    frame = shown.frame;
    await frame.locator('.in-said').first().waitFor();
  }

  async function done(): Promise<void> {
    expect(shown.faults).toEqual([]);
    expect([...shown.hosts].sort()).toEqual(['app.localhost', 'portal.localhost']);
    await shown.close();
  }

  async function turnTo(page: string): Promise<void> {
    const pages = frame.getByRole('navigation', { name: 'Pages of insight' });
    await pages.getByRole('button', { name: page, exact: true }).click();
    await frame.getByRole('heading', { name: page, level: 2 }).waitFor({ state: 'attached' });
  }

  const asked = (start: string) =>
    stage.server.heard.filter((call) => call.path.startsWith(start)).map((call) => call.path);

  const sent = (start: string) =>
    stage.server.heard
      .filter((call) => call.method !== 'GET' && call.path.startsWith(start))
      .map((call) => call.body);

  const figure = (name: string): Locator => frame.getByRole('figure', { name });

  it('says the sentence first, then draws, and gives the same figures as a table', async () => {
    await open();
    await frame.getByText('991 deals worth 194.1M are open').waitFor();
    const funnel = figure('Where the deals stand');
    await until(async () => (await funnel.locator('canvas').getAttribute('style')) !== null, {
      what: 'the picture',
    });
    expect(await funnel.locator('figcaption').textContent()).toContain('New: 640 deals');
    await funnel.getByRole('button', { name: /^As a table/ }).click();
    await funnel.getByRole('rowheader', { name: 'Offer sent' }).waitFor();
    expect(await funnel.locator('canvas').count()).toBe(0);
    await done();
  }, 60_000);

  it('opens the deals behind a number, and the list adds up to what its head says', async () => {
    await open();
    await frame.getByRole('button', { name: /^62\s*: / }).click();
    const drawer = frame.getByRole('dialog');
    await drawer.getByText('5 in the list, worth 1,500,000').waitFor();
    await drawer.getByRole('button', { name: 'Show more (2 left)' }).click();
    await until(async () => (await drawer.locator('.in-deal').count()) === 5, { what: 'all five deals' });
    const amounts = await drawer.locator('.in-deal-money').allTextContents();
    expect(amounts.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(1_500_000);
    expect(asked('/api/insight/deals').every((call) => call.includes('drill=cell-3-2'))).toBe(true);
    await shown.page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(await frame.evaluate(`document.activeElement.textContent.trim().slice(0, 2)`)).toBe('62');
    await done();
  }, 60_000);

  it('opens a list behind every number: what is no count, behind what it was derived from', async () => {
    await open();
    await frame.getByRole('button', { name: /^As a table/ }).click();
    const behind: Record<string, readonly RegExp[]> = {
      'Time in stage': [/^21 days \(/, /^214\s/, /^8\.4 days\s/],
      Conversion: [/^54% \(/, /^29% \(/],
      'Weakest stage': [/^42% \(/, /^55%, Q1 2026/, /^3,100,000 \(/],
      Sellers: [/^25 hr/, /^62%\s/, /^41\s/, /^40% \(/, /^610\s/, /^Too dear/],
      Forecast: [/^14,200,000 \(/, /^31 \(/],
      Clients: [/^31% \(/, /^27,300,000/, /^×2\.4/],
      Losses: [/^27,000,000/, /^Offer sent: 120/],
    };
    for (const [page, numbers] of Object.entries(behind)) {
      await turnTo(page);
      if (page === 'Conversion') await frame.getByText('Most deals are lost in “Offer sent”').waitFor();
      for (const number of numbers) {
        await frame.getByRole('button', { name: number }).first().click();
        await frame.getByRole('dialog').getByText('5 in the list, worth 1,500,000').waitFor();
        await shown.page.keyboard.press('Escape');
        await frame.getByRole('dialog').waitFor({ state: 'detached' });
      }
    }
    await frame.getByRole('button', { name: /^From 1,991 deals/ }).click();
    await frame.getByRole('dialog').getByText('5 in the list, worth 1,500,000').waitFor();
    await shown.page.keyboard.press('Escape');
    await done();
  }, 60_000);

  it('remembers filters on the server and takes them back with one press', async () => {
    await open();
    await frame.getByRole('button', { name: /^Filters/ }).click();
    const filters = frame.getByRole('search', { name: 'Filters' });
    await filters.getByRole('combobox', { name: /^Product/ }).selectOption('p2');
    await filters.getByRole('combobox', { name: /^Period/ }).selectOption('lastQuarter');
    await until(() => sent('/api/insight/last').length === 2, { what: 'both changes to be kept' });
    expect(sent('/api/insight/last')[1]).toMatchObject({
      filter: { pipelineId: '0', productIds: ['p2'], from: expect.stringMatching(/^\d{4}-\d\d-01$/) },
    });
    await until(
      () =>
        asked('/api/insight/funnel').some(
          (call) => /productIds=p2.*from=/.test(call) || /from=.*productIds=p2/.test(call),
        ),
      {
        what: 'the filtered page',
      },
    );
    await frame.getByRole('button', { name: 'Reset the filters' }).click();
    await until(() => sent('/api/insight/last').length === 3, { what: 'the reset' });
    expect(sent('/api/insight/last')[2]).toEqual({ filter: { pipelineId: '0' } });
    await done();
  }, 60_000);

  it('narrows stuck deals to a kind, and cures them from the list', async () => {
    await open();
    stage.server.scene.plan = unplanned('en', Date.now(), true);
    await turnTo('Stuck deals');
    await frame.getByText('half leave within 21').first().waitFor();
    await frame.getByRole('button', { name: /^Start a plan…\s*: CRM for client 1$/ }).click();
    const question = frame.getByLabel('By which template');
    await question.selectOption('t2');
    await frame.getByRole('button', { name: 'Start a plan…', exact: true }).click();
    await until(() => sent('/api/plan/D_0/launch').length === 1, { what: 'the plan' });
    expect(sent('/api/plan/D_0/launch')).toEqual([{ templateId: 't2' }]);
    await frame.getByRole('button', { name: /^Push\s*: CRM for client 2$/ }).click();
    await frame.getByText('Pushed', { exact: true }).waitFor();
    await frame.getByRole('button', { name: /^Look dead/ }).click();
    await frame.getByText('10 of 12 shown').waitFor();
    await frame.getByRole('button', { name: /^Close…\s*: CRM for client 4$/ }).click();
    await frame.getByLabel('Why it is lost').selectOption('price');
    await frame.getByRole('button', { name: 'Close…', exact: true }).click();
    await frame.getByText('Closed', { exact: true }).waitFor();
    await until(() => sent('/api/panel/actions').length === 2, { what: 'both actions' });
    expect(sent('/api/panel/actions')).toEqual([
      { kind: 'push', dealIds: ['D_1'] },
      { kind: 'close', dealIds: ['D_3'], reasonKey: 'price' },
    ]);
    await frame.getByRole('button', { name: /^Undo/ }).click();
    await until(() => sent('/api/panel/undo').length === 1, { what: 'the undo' });
    await frame.getByRole('button', { name: /^Show more/ }).click();
    await until(() => asked('/api/insight/stuck').some((call) => /after=10.*kinds=dead/.test(call)), {
      what: 'the next page of the kind',
    });
    await done();
  }, 60_000);

  it('tells why the server refuses a remedy, and shows the deal as it was', async () => {
    await open();
    stage.server.scene.routes = {
      ...stage.server.scene.routes,
      'POST /api/panel/actions': () => ({
        done: 0,
        refused: [{ dealId: 'D_1', why: 'Somebody pushed an hour ago.' }],
        undo: null,
      }),
    };
    await turnTo('Stuck deals');
    await frame.getByRole('button', { name: /^Push\s*: CRM for client 2$/ }).click();
    await frame.getByText('Somebody pushed an hour ago.').waitFor();
    expect(await frame.getByRole('button', { name: /^Push\s*: CRM for client 2$/ }).count()).toBe(1);
    await done();
  }, 60_000);

  it('counts what a target lacks, and asks again when the number is none', async () => {
    await open();
    await turnTo('Forecast');
    await frame.getByLabel('Target for the next month').fill('a lot');
    await frame.getByRole('button', { name: 'Count' }).click();
    await frame.getByText('A number is needed').waitFor();
    await frame.getByLabel('Target for the next month').fill('15 000 000');
    await frame.getByRole('button', { name: 'Count' }).click();
    await figure('How many deals the target lacks').waitFor();
    await frame.getByText('“New”: 60 missing by Nov 29, 2026.').waitFor();
    expect(asked('/api/insight/forecast').at(-1)).toContain('target=15000000');
    await done();
  }, 60_000);

  it('saves the page as a file', async () => {
    await open();
    await turnTo('Losses');
    const coming = shown.page.waitForEvent('download');
    await frame.getByRole('button', { name: /^XLSX/ }).click();
    const file = await coming;
    expect(file.suggestedFilename()).toMatch(/^losses-\d{4}-\d\d-\d\d\.xlsx$/);
    expect(readFileSync(await file.path(), 'utf8')).toBe('losses.xlsx');
    expect(asked('/api/insight/export')[0]).toContain('/export/losses?pipelineId=0&format=xlsx');
    await done();
  }, 60_000);

  it('gives counts only where deals are too few, and draws nothing from them', async () => {
    await open({ sparse: true });
    for (const page of ['Time in stage', 'Conversion', 'Weakest stage', 'Forecast'] as const) {
      await turnTo(page);
      await frame.getByText('Too few data yet: counts only').first().waitFor();
      expect([page, await frame.locator('canvas').count()]).toEqual([page, 0]);
    }
    await done();
  }, 60_000);

  it('is gone through by keyboard alone', async () => {
    await open();
    await frame.getByRole('button', { name: 'Funnel now' }).focus();
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.press('Enter');
    await frame.getByText('48 deals worth 25.9M are stuck.').waitFor();
    await frame.getByRole('button', { name: /^No plan/ }).focus();
    await shown.page.keyboard.press('Space');
    await frame.getByText('10 of 12 shown').waitFor();
    expect(await frame.getByRole('button', { name: /^No plan/ }).getAttribute('aria-pressed')).toBe('true');
    await done();
  }, 60_000);

  it('keeps the page and says what happened when the next one does not come', async () => {
    await open();
    stage.server.scene.readError = { status: 503, code: 'database-unavailable' };
    const pages = frame.getByRole('navigation', { name: 'Pages of insight' });
    await pages.getByRole('button', { name: 'Sellers', exact: true }).click();
    await frame.getByText('Could not load').waitFor();
    stage.server.scene.readError = null;
    await frame.getByRole('button', { name: 'Try again' }).click();
    await figure('Load of the sellers').waitFor();
    expect(shown.faults.filter((fault) => !fault.includes('Failed to load resource'))).toEqual([]);
    await shown.close();
  }, 60_000);

  it('prints the diagnosis black on white, without anything to press', async () => {
    await open({ screen: 'diagnosis', look: { theme: 'dark' } });
    await frame.getByText('69 days (61 – 78)').waitFor();
    await frame.getByText('By closed deals alone it would be 45 days').waitFor();
    await frame.getByRole('button', { name: '143 deals' }).click();
    await frame.getByRole('dialog').getByText('5 in the list, worth 1,500,000').waitFor();
    await shown.page.keyboard.press('Escape');
    await shown.page.emulateMedia({ media: 'print' });
    expect(await frame.getByRole('button', { name: 'Print or PDF' }).isVisible()).toBe(false);
    expect(await frame.evaluate(`getComputedStyle(document.body).color`)).toBe('rgb(17, 17, 17)');
    expect(await frame.evaluate(`getComputedStyle(document.documentElement).backgroundColor`)).toBe(
      'rgb(255, 255, 255)',
    );
    await shown.page.emulateMedia({ media: 'screen' });
    await frame.getByRole('button', { name: 'All of insight' }).click();
    await frame.getByRole('heading', { name: 'Insight', level: 1 }).waitFor();
    await done();
  }, 60_000);
});

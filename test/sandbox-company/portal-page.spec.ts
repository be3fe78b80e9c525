import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from '@jest/globals';
import axios from 'axios';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.js';
import { installQuietly, openFrameWorld, type FrameWorld } from './frame-world.js';

const SCREENS = [
  '/',
  '/crm/deal/list/',
  '/crm/deal/details/57/',
  '/crm/deal/details/57/?tab=history',
  '/company/personal/user/1/tasks/',
  '/notifications/',
  '/marketplace/',
];

const WIDTHS = [320, 360, 768, 1600] as const;

describe('test/sandbox-company/portal-page.spec.ts', () => {
  let browser: Browser;
  let world: FrameWorld;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    browser = await openBrowser();
    world = await openFrameWorld();
    await installQuietly(world);
    await addTask('Call the client', 57, 6);
  });

  afterAll(async () => {
    await world.close();
    await browser.close();
  });

  beforeEach(async () => {
    faults = [];
    page = await browser.newPage({ viewport: { width: 1200, height: 800 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
  });

  afterEach(async () => {
    await page.close();
    expect(faults).toEqual([]);
  });

  async function addTask(title: string, dealId: number, userId: number): Promise<void> {
    await axios.post(`${world.portal.webhook}tasks.task.add.json`, {
      fields: { TITLE: title, RESPONSIBLE_ID: userId, CREATED_BY: 1, UF_CRM_TASK: [`D_${dealId}`] },
    });
  }

  it('shows a task that was added elsewhere without a reload, and completes it', async () => {
    await page.goto(`${world.portal.url}/crm/deal/details/12/?lang=en`);
    await page.getByText('No tasks').waitFor();
    await addTask('Send the proposal', 12, 6);
    await page.getByText('Send the proposal').waitFor();
    await page.getByRole('button', { name: 'Complete: Send the proposal' }).click();
    await page.getByRole('button', { name: 'Reopen: Send the proposal' }).waitFor();
    const [task] = world.portal.context.tasks({ dealId: 12 });
    expect(task).toMatchObject({ completed: true, status: 5 });
    await page.getByRole('button', { name: 'Reopen: Send the proposal' }).click();
    await page.getByRole('button', { name: 'Complete: Send the proposal' }).waitFor();
    expect(world.portal.context.tasks({ dealId: 12, open: true })).toHaveLength(1);
  });

  it('moves a deal by its stage bar and writes the history', async () => {
    const deal = world.portal.context.createDeal({ title: 'New deal', pipelineId: 0 }, 1);
    await page.goto(`${world.portal.url}/crm/deal/details/${deal.id}/?lang=en&user=6`);
    await page.getByRole('group', { name: 'Move to stage' }).getByRole('button').nth(4).click();
    await page.getByText('The stage was changed').waitFor();
    expect(world.portal.context.deal(deal.id)?.stageId).toBe('OFFER');
    expect(world.portal.context.stageHistory(deal.id).map((entry) => entry.stageId)).toEqual([
      'NEW',
      'OFFER',
    ]);
    await page.getByRole('button', { name: 'Отказ' }).click();
    await page.waitForFunction(`document.querySelector('.stage-end.lost[aria-pressed=true]') !== null`);
    expect(world.portal.context.deal(deal.id)?.kind).toBe('lost');
  });

  it('finds deals by title and owner, and turns pages of the list', async () => {
    await page.goto(`${world.portal.url}/crm/deal/list/?lang=en`);
    await page.getByText(/^1–50 of \d+$/u).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText(/^51–\d+ of \d+$/u).waitFor();
    const wanted = world.portal.context.deal(33);
    await page.getByRole('searchbox').fill('33');
    await page.getByRole('link', { name: wanted?.title ?? '' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeLessThan(50);
    await page.getByRole('searchbox').fill('no such deal anywhere');
    await page.getByText('No deals found').waitFor();
  });

  it('creates a deal by the keyboard alone', async () => {
    await page.goto(`${world.portal.url}/?lang=en&user=6`);
    await page.getByRole('button', { name: 'New deal' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Typed by hand');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Typed by hand' }).waitFor();
    const id = Number(/details\/(\d+)/u.exec(page.url())?.[1]);
    expect(world.portal.context.deal(id)).toMatchObject({ title: 'Typed by hand', ownerId: 6 });
  });

  it('keeps the person and the language over its links, and signs in by the address of a task list', async () => {
    await page.goto(`${world.portal.url}/company/personal/user/6/tasks/?lang=en`);
    await page.getByText('Call the client').waitFor();
    expect(await page.getByRole('combobox', { name: 'Signed in as' }).inputValue()).toBe('6');
    await page.getByRole('link', { name: 'Notifications' }).click();
    await page.getByText('No notifications').waitFor();
    expect(page.url()).toContain('user=6');
    expect(page.url()).toContain('lang=en');
  });

  it('says plainly what does not exist', async () => {
    await page.goto(`${world.portal.url}/crm/deal/details/99999/?lang=en`);
    await page.getByText('there is no deal 99999').waitFor();
    await page.goto(`${world.portal.url}/?user=14&lang=en`);
    await page.getByText('has left the company').waitFor();
    const answer = await fetch(`${world.portal.url}/portal/deals/1/stage`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'the body is not JSON' }]);
    const file = await axios.get(`${world.portal.url}/portal/assets/..%2fportal-page.ts`, {
      validateStatus: () => true,
    });
    expect(file.status).toBe(404);
  });

  it.each(['light', 'dark'] as const)('has no accessibility fault on any screen, %s', async (colorScheme) => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const screen of SCREENS) {
      await page.goto(world.portal.url + screen);
      await page.waitForSelector('.deal-card, .table, .card h2, .task, .empty, .application');
      await page.evaluate(axe);
      const found = await page.evaluate<
        readonly string[]
      >(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] })
        .then(({ violations }) => violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).slice(0, 3).join(' ')))`);
      expect([screen, found]).toEqual([screen, []]);
    }
  });

  it('needs no sideways scrolling at 320, 360, 768 and 1600 pixels', async () => {
    for (const screen of SCREENS) {
      await page.setViewportSize({ width: WIDTHS[0], height: 800 });
      await page.goto(world.portal.url + screen);
      await page.waitForSelector('.deal-card, .table, .card h2, .task, .empty, .application');
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect([screen, width, beyond]).toEqual([screen, width, 0]);
      }
    }
  });
});

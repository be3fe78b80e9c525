import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { isWorkingMoment } from '../../src/domain/calendar/working-time.js';
import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import { DEMO_PLANS } from '../../src/sandbox/demo/demo-administrator.js';
import type { PortalDeal, PortalTask } from '../../src/sandbox/common/page/crm-context.js';
import { openBrowser } from '../support/browser.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';

/** What the README promises a newcomer, with nothing faked between the browser and the database. */
describe('test/e2e/newcomer', () => {
  let running: Running;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    running = await startEverything({ company: smallCompany(60), plans: DEMO_PLANS });
    await settled(running);
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    expect(faults).toEqual([]);
  });

  /** A deal that a seller has just created, with its first steps in the seller's task list. */
  async function aDealInWork(title: string): Promise<PortalDeal> {
    const { context } = running.portal;
    const seller = context.users().find((user) => user.active && !user.admin);
    if (!seller) throw new Error('the demo company has no seller');
    const deal = context.createDeal({ title, pipelineId: 1, ownerId: seller.id }, seller.id);
    await until(() => openTasks(deal.id).length > 0, { what: 'a plan for the new deal' });
    await settled(running);
    return deal;
  }

  function openTasks(dealId: number): readonly PortalTask[] {
    return running.portal.context.tasks({ dealId, open: true });
  }

  async function openCard(deal: PortalDeal): Promise<{ page: Page; widget: FrameLocator }> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${running.portal.url}/crm/deal/details/${deal.id}/?lang=en&user=${deal.ownerId}`);
    await page.getByRole('tab', { name: 'Plan' }).click();
    const widget = page.frameLocator('iframe');
    await widget.getByRole('heading', { level: 1 }).waitFor();
    return { page, widget };
  }

  it('completes the task in the portal when the seller presses Done in the widget', async () => {
    const deal = await aDealInWork('Первый клиент');
    const before = openTasks(deal.id);
    const { page, widget } = await openCard(deal);
    const title = (await widget.locator('.now-title').innerText()).trim();
    await widget.locator('.now').getByRole('button', { name: 'Done', exact: true }).click();
    // Some steps demand a result; the dialog that asks for it is loaded when it is needed.
    const dialog = widget.getByRole('dialog');
    await until(
      async () => {
        if (await dialog.isVisible()) await answerIn(dialog);
        return before.some((task) => running.portal.context.task(task.id)?.completed === true);
      },
      { what: 'the task in the portal', timeoutMs: 20_000 },
    );
    const done = before.find((task) => running.portal.context.task(task.id)?.completed === true);
    expect(done?.title.startsWith(title)).toBe(true);
    // The task of whatever comes next is written a moment later, and the open widget learns of it by itself.
    // Several steps may wait for theirs at once.
    const beingCreated = widget.getByText('The task in the CRM is being created');
    await until(async () => (await beingCreated.count()) === 0, { what: 'every task in the portal' });
    await page.close();
  }, 60_000);

  it('moves the plan on within two seconds when the task is completed in the portal’s own list', async () => {
    const deal = await aDealInWork('Второй клиент');
    const { page, widget } = await openCard(deal);
    const doneBefore = await doneCount(widget);
    const task = openTasks(deal.id)[0];
    const list = await browser.newPage({ viewport: { width: 1200, height: 900 }, locale: 'en-GB' });
    const ownerId = task?.responsibleId ?? 0;
    await list.goto(`${running.portal.url}/company/personal/user/${ownerId}/tasks/?lang=en&user=${ownerId}`);
    await list.getByRole('button', { name: `Complete: ${task?.title}` }).click();
    const startedAt = performance.now();
    await until(async () => (await doneCount(widget)) === doneBefore + 1, { what: 'the widget' });
    // The promise is two seconds on an idle system; a loaded machine gets five times that before this is called broken.
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await list.close();
    await page.close();
  }, 60_000);

  it('turns the next stage’s steps into tasks with deadlines in working time, and closes the rest with the deal', async () => {
    const deal = await aDealInWork('Третий клиент');
    const { page, widget } = await openCard(deal);
    const before = openTasks(deal.id).map((task) => task.id);
    const stages = page.getByRole('group', { name: 'Move to stage' }).getByRole('button');
    const names = (
      running.portal.context.pipelines().find((one) => one.id === deal.pipelineId)?.stages ?? []
    ).map((stage) => stage.id);
    await stages.nth(names.indexOf(deal.stageId) + 1).click();
    await until(() => openTasks(deal.id).some((task) => !before.includes(task.id)), {
      what: 'tasks of the next stage',
    });
    await settled(running);
    for (const task of openTasks(deal.id)) {
      const owner = running.portal.context.user(task.responsibleId);
      const schedule = { calendar: standardCalendar('RU'), timeZone: owner?.timeZone ?? 'Europe/Moscow' };
      // The end of a working day is a fair deadline and no longer a working moment, hence the millisecond.
      const due = task.deadline ?? 0;
      expect(isWorkingMoment(due, schedule) || isWorkingMoment(due - 1, schedule)).toBe(true);
    }
    running.portal.context.moveDeal(deal.id, lostStageOf(deal), deal.ownerId);
    await settled(running);
    const left = openTasks(deal.id).filter((task) => before.includes(task.id));
    expect(left).toEqual([]);
    await widget
      .getByText(/closed/i)
      .first()
      .waitFor();
    await page.close();
  }, 60_000);

  /** Whatever kind of result the step demands: one of a list, or a text that is a link as well. */
  async function answerIn(dialog: Locator): Promise<void> {
    const list = dialog.getByRole('combobox');
    if (await list.isVisible()) await list.selectOption({ index: 1 });
    else await dialog.getByRole('textbox').fill('https://example.com/offer');
    await dialog.getByRole('button', { name: 'Done' }).click();
  }

  function lostStageOf(deal: PortalDeal): string {
    const stages = running.portal.context.pipelines().find((one) => one.id === deal.pipelineId)?.stages ?? [];
    return stages.find((stage) => stage.kind === 'lost')?.id ?? '';
  }

  async function doneCount(widget: FrameLocator): Promise<number> {
    const text = await widget
      .getByText(/\d+ of \d+ done/)
      .first()
      .innerText();
    return Number(/\d+/.exec(text)?.[0] ?? -1);
  }
});

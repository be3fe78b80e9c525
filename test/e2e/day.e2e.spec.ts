import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import type { CalendarView } from '../../src/features/company/company.view.js';
import type { PlanView, StepView } from '../../src/features/plans/plan.view.js';
import type { DaySettingsView } from '../../src/features/pushing/day.view.js';
import type { PortalDeal } from '../../src/sandbox/common/page/crm-context.js';
import { DEMO_PLANS } from '../../src/sandbox/demo/demo-administrator.js';
import { openBrowser } from '../support/browser.js';
import { ADMIN, SELLER } from '../support/company-world.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';
import { openFrame, stepsOf, type WidgetPerson } from '../support/widget-person.js';

/** What is planned for today: the deal's title is what tells one from the other. */
interface Planned {
  readonly deal: PortalDeal;
  readonly step: StepView;
}

/** A seller's day from the list to the closing, and what the head reads of it. Nothing is faked in between. */
describe('test/e2e/day', () => {
  let running: Running;
  let browser: Browser;
  let admin: WidgetPerson;
  const planned: Planned[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    running = await startEverything({ company: smallCompany(20), plans: DEMO_PLANS });
    await settled(running);
    admin = await openFrame(running, ADMIN);
    await workAlways();
    await setTimes({ listAt: '00:00', reviewAt: '00:00', closingAt: '23:58', exceptionsAt: '23:59' });
    for (const title of ['Утренняя', 'Отложенная', 'Сорванная', 'Забытая']) planned.push(await plan(title));
    await settled(running);
    browser = await openBrowser();
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  /** The test may run on a Sunday night as well. */
  async function workAlways(): Promise<void> {
    const { data } = await admin.get<CalendarView>('/api/company/calendar');
    const week = data.week.map((day) => ({ ...day, hours: [{ from: '00:00', to: '24:00' }] }));
    const answer = await admin.send('PUT', '/api/company/calendar', {
      revision: data.revision,
      country: null,
      timeZone: data.timeZone,
      week,
      overrides: [],
    });
    expect(answer.status).toBe(200);
  }

  async function setTimes(change: Partial<DaySettingsView>): Promise<void> {
    const { data } = await admin.get<DaySettingsView>('/api/day/settings');
    const { mailConfigured: _mail, canEdit: _edit, ...before } = data;
    const answer = await admin.send('PUT', '/api/day/settings', { ...before, cycleOn: true, ...change });
    expect(answer.status).toBe(200);
  }

  /** A deal with a plan whose first step is due today, however late it is. */
  async function plan(title: string): Promise<Planned> {
    const { context } = running.portal;
    const deal = context.createDeal({ title, pipelineId: 1, ownerId: SELLER }, SELLER);
    const id = `D_${deal.id}`;
    await until(() => context.tasks({ dealId: deal.id, open: true }).length > 0, {
      what: 'a plan for the deal',
    });
    const seller = await openFrame(running, SELLER, deal.id);
    const { data } = await seller.get<PlanView>(`/api/plan/${seller.boot.dealId ?? id}`);
    const step = stepsOf(data).find((one) => one.mine && one.state === 'actionable');
    if (!step) throw new Error('the plan has no step to begin with');
    const dueAt = new Date(Date.now() + 60_000).toISOString();
    const path = `/api/plan/${seller.boot.dealId}/steps/${encodeURIComponent(step.id)}/reschedule`;
    const moved = await seller.post(path, { dueAt, reason: 'Клиент просил сегодня' });
    expect(moved.status).toBe(200);
    return { deal, step };
  }

  async function openApp(user: number): Promise<{ page: Page; widget: FrameLocator }> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1400 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    const application = running.portal.context.applications()[0]?.id ?? '';
    await page.goto(`${running.portal.url}/marketplace/app/${application}/?lang=en&user=${user}`);
    return { page, widget: page.frameLocator('iframe') };
  }

  function of(index: number): Planned {
    const one = planned[index];
    if (!one) throw new Error(`nothing was planned under ${index}`);
    return one;
  }

  it('is told of by the seller in a few presses, followed by the CRM, and read by the head', async () => {
    const { page, widget } = await openApp(SELLER);
    const row = (index: number) => widget.getByRole('listitem').filter({ hasText: of(index).deal.title });
    const settledRow = (index: number) =>
      widget.locator('.settled-row').filter({ hasText: of(index).deal.title });
    await widget.getByRole('heading', { name: 'For today' }).waitFor({ timeout: 30_000 });

    await row(0).getByRole('button', { name: /^Done/ }).click();
    await row(0).getByRole('combobox').selectOption({ index: 1 });
    await row(0).locator('form').getByRole('button', { name: 'Done' }).click();
    await settledRow(0).waitFor({ state: 'attached' });
    await until(() => isDone(of(0)), { what: 'the task in the portal', timeoutMs: 20_000 });

    await setTimes({ closingAt: '00:01' });
    await page.reload();
    await widget.getByRole('heading', { name: /^Close the day/ }).waitFor({ timeout: 30_000 });
    await row(1).getByRole('button', { name: /^Move/ }).click();
    await row(1).getByRole('group', { name: 'Outside circumstances' }).getByRole('button').first().click();
    await settledRow(1).waitFor({ state: 'attached' });
    await row(2)
      .getByRole('button', { name: /^Not done/ })
      .click();
    await row(2).getByLabel('Explanation').fill('Юрист заболел');
    await row(2).getByRole('button', { name: 'Answer', exact: true }).click();
    await settledRow(2).waitFor({ state: 'attached' });
    await widget.getByRole('button', { name: /^Close the day/ }).click();
    await widget.getByText('Closed at').waitFor();
    await page.close();

    const head = await openApp(ADMIN);
    await head.widget.getByRole('button', { name: 'Exceptions' }).click({ timeout: 30_000 });
    const lines = (index: number) =>
      head.widget.locator('.ex-item').filter({ hasText: of(index).deal.title });
    await lines(3).getByText('Without a word').waitFor();
    await lines(2).getByText('Юрист заболел').waitFor();
    await lines(1).getByText('Moved').first().waitFor();
    expect(await lines(0).count()).toBe(0);
    await lines(3).getByRole('button', { name: /^Ask/ }).click();
    await lines(3)
      .getByRole('button', { name: /^Asked/ })
      .waitFor();
    await head.page.close();

    const again = await openApp(SELLER);
    const question = again.widget.getByRole('listitem').filter({ hasText: of(3).deal.title });
    await again.widget.getByRole('heading', { name: /question waits/ }).waitFor({ timeout: 30_000 });
    await question
      .first()
      .getByRole('button', { name: /^Will be done/ })
      .click();
    await question.first().getByRole('button', { name: 'Tomorrow' }).click();
    await again.widget.getByRole('heading', { name: /question waits/ }).waitFor({ state: 'detached' });
    await again.page.close();
    expect(faults).toEqual([]);
  }, 180_000);

  function isDone({ deal, step }: Planned): boolean {
    const tasks = running.portal.context.tasks({ dealId: deal.id });
    return tasks.some((task) => task.completed && task.title.startsWith(step.title));
  }
});

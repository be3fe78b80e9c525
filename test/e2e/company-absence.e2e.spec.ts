import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import type { PlanView } from '../../src/features/plans/plan.view.js';
import { DEMO_PLANS } from '../../src/sandbox/demo/demo-administrator.js';
import type { PortalDeal, PortalTask } from '../../src/sandbox/common/page/crm-context.js';
import { openBrowser } from '../support/browser.js';
import { ADMIN, SELLER } from '../support/company-world.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';
import { openFrame, stepsOf } from '../support/widget-person.js';

const DAY_MS = 86_400_000;
const AWAY_DAYS = 20;
const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** An administrator writes a vacation down in the settings, and a deal's plan moves. Nothing is faked in between. */
describe('test/e2e/company-absence', () => {
  let running: Running;
  let browser: Browser;
  let deal: PortalDeal;
  const faults: string[] = [];

  beforeAll(async () => {
    running = await startEverything({ company: smallCompany(20), plans: DEMO_PLANS });
    await settled(running);
    const { context } = running.portal;
    deal = context.createDeal({ title: 'До отпуска', pipelineId: 1, ownerId: SELLER }, SELLER);
    await until(() => openTasks().length > 0, { what: 'a plan for the new deal' });
    await settled(running);
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
  });

  function openTasks(): readonly PortalTask[] {
    return running.portal.context.tasks({ dealId: deal.id, open: true });
  }

  /** Deadlines of the seller's open steps as the deal's card shows them. */
  async function deadlines(): Promise<readonly number[]> {
    const seller = await openFrame(running, SELLER, deal.id);
    const { data } = await seller.get<PlanView>(`/api/plan/${seller.boot.dealId}`);
    return stepsOf(data).flatMap((step) =>
      step.mine && step.dueAt !== null && step.outcome === null ? [Date.parse(step.dueAt)] : [],
    );
  }

  async function openSettings(): Promise<{ page: Page; widget: FrameLocator }> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    const application = running.portal.context.applications()[0]?.id ?? '';
    await page.goto(`${running.portal.url}/marketplace/app/${application}/?lang=en&user=${ADMIN}`);
    const widget = page.frameLocator('iframe');
    await widget.getByRole('button', { name: 'Settings', exact: true }).click({ timeout: 30_000 });
    await widget.getByRole('button', { name: 'How the company works' }).click();
    await widget.getByRole('tab', { name: 'Absences' }).click();
    return { page, widget };
  }

  it('moves the deadlines of the plan and of the tasks behind the absence, and back when it is taken back', async () => {
    const before = await deadlines();
    const from = Date.now() - DAY_MS;
    const back = Date.parse(`${dateOf(from + AWAY_DAYS * DAY_MS)}T00:00:00Z`);
    expect(before.some((due) => due < back)).toBe(true);

    const { page, widget } = await openSettings();
    await widget.getByRole('button', { name: 'Enter an absence' }).click();
    await widget.getByLabel('Person').selectOption(String(SELLER));
    await widget.getByLabel('First day').fill(dateOf(from));
    await widget.getByLabel('Last day').fill(dateOf(from + AWAY_DAYS * DAY_MS));
    await widget.getByRole('button', { name: 'Save' }).click();
    await widget.getByText('The absence is entered').first().waitFor();
    await until(async () => (await deadlines()).every((due) => due > back), {
      what: 'deadlines behind the absence',
    });
    await settled(running);
    expect(openTasks().filter((task) => (task.deadline ?? 0) < back)).toEqual([]);

    await widget.getByRole('button', { name: 'Remove: ' }).first().click();
    await widget.getByText('The absence is removed').first().waitFor();
    await until(async () => (await deadlines()).some((due) => due < back), {
      what: 'the deadlines of before',
    });
    expect(faults).toEqual([]);
    await page.close();
  }, 120_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { isWorkingMoment } from '../../src/domain/calendar/working-time.js';
import { standardCalendar } from '../../src/domain/calendar/work-calendar.js';
import { installDemoWidget } from '../../src/sandbox/demo/account-administrator.js';
import { DEMO_PLANS } from '../../src/sandbox/demo/demo-administrator.js';
import type { PortalDeal, PortalTask } from '../../src/sandbox/common/page/crm-context.js';
import { openBrowser } from '../support/browser.js';
import { buildWidget } from '../support/built-widget.js';
import { settled } from '../support/running.js';
import { until } from '../support/until.js';
import { startLivingAccount, type LivingAccount } from './amocrm/living-account.js';

/** What the README promises a newcomer, in the second host: from the demo administrator to the seller's card. */
describe('test/e2e/amocrm-newcomer', () => {
  let living: LivingAccount;
  let browser: Browser;
  const said: string[] = [];
  const faults: string[] = [];

  const demo = () =>
    installDemoWidget(living.portal.url, living.url, {
      plans: DEMO_PLANS,
      language: 'ru',
      pollMs: 50,
      log: (text) => void said.push(text),
    });

  beforeAll(async () => {
    await buildWidget();
    living = await startLivingAccount({ deals: 60, install: false });
    const { outcome, planned } = await demo();
    expect(outcome).toBe('installed');
    await planned;
    await until(async () => (await withoutPlan()) === 0, {
      what: 'plans of all open deals',
      timeoutMs: 30_000,
    });
    await settled(living);
    browser = await openBrowser();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await living?.stop();
    expect(faults).toEqual([]);
  });

  async function withoutPlan(): Promise<number> {
    const [row] = await living.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM deal d WHERE d.stage_kind = 'open' AND d.deleted_at IS NULL
         AND NOT EXISTS (SELECT FROM plan p WHERE p.account_id = d.account_id AND p.deal_id = d.deal_id)`,
    );
    return row?.n ?? -1;
  }

  function openTasks(dealId: number): readonly PortalTask[] {
    return living.portal.context.tasks({ dealId, open: true });
  }

  /** A lead that a seller has just created, with its first steps in the seller's task list. */
  async function aLeadInWork(title: string): Promise<PortalDeal> {
    const { context } = living.portal;
    const seller = context.users().find((user) => user.active && !user.admin);
    const pipeline = context.pipelines()[1];
    if (!seller || !pipeline) throw new Error('the demo company has no seller or no second pipeline');
    const draft = { title, pipelineId: pipeline.id, ownerId: seller.id };
    const lead = context.createDeal(draft, seller.id);
    await until(() => openTasks(lead.id).length > 0, { what: 'a plan for the new lead', timeoutMs: 20_000 });
    await settled(living);
    return lead;
  }

  async function openPage(path: string, userId: number): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-GB' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${living.portal.url}${path}?lang=en&user=${userId}`);
    return page;
  }

  async function openCard(lead: PortalDeal): Promise<{ page: Page; widget: FrameLocator }> {
    const page = await openPage(`/leads/detail/${lead.id}/`, lead.ownerId);
    const widget = page.frameLocator('.dozhim-widget__frame');
    await widget.getByRole('heading', { level: 1 }).waitFor({ timeout: 20_000 });
    return { page, widget };
  }

  it('finds every open lead planned, and every task in the account exactly once', async () => {
    const keys = living.portal.context
      .tasks({})
      .flatMap(({ title }) => /\[#=?[^\]]+\]\s*$/u.exec(title)?.[0] ?? []);
    const [wanted] = await living.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM outbox_task WHERE host_task_id IS NOT NULL`,
    );
    expect(keys.length).toBeGreaterThan(0);
    expect(keys).toHaveLength(wanted?.n ?? -1);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('leaves everything as it is when the administrator comes a second time', async () => {
    const before = living.portal.store.tasks.size;
    said.length = 0;
    const { outcome, planned } = await demo();
    await planned;
    await settled(living);
    expect([outcome, said, living.portal.store.tasks.size]).toEqual(['kept', [], before]);
  });

  it('completes the task in the account when the seller presses Done in the widget', async () => {
    const lead = await aLeadInWork('Первый клиент');
    const before = openTasks(lead.id);
    const { page, widget } = await openCard(lead);
    const title = (await widget.locator('.now-title').innerText()).trim();
    await widget.locator('.now').getByRole('button', { name: 'Done', exact: true }).click();
    const dialog = widget.getByRole('dialog');
    const done = (): PortalTask | undefined =>
      before.find((task) => living.portal.context.task(task.id)?.completed === true);
    await until(
      async () => {
        if (await dialog.isVisible()) await answerIn(dialog);
        return done() !== undefined;
      },
      { what: 'the task in the account', timeoutMs: 20_000 },
    );
    expect(done()?.title.startsWith(title)).toBe(true);
    await page.close();
  }, 60_000);

  it('moves the plan on when the task is completed in the account’s own list', async () => {
    const lead = await aLeadInWork('Второй клиент');
    const { page, widget } = await openCard(lead);
    const doneBefore = await doneCount(widget);
    const task = openTasks(lead.id)[0];
    const list = await openPage('/todo/line/', task?.responsibleId ?? 0);
    await list.getByRole('button', { name: `Complete: ${task?.title}` }).click();
    await until(async () => (await doneCount(widget)) === doneBefore + 1, { what: 'the widget' });
    await list.close();
    await page.close();
  }, 60_000);

  it('turns the next status’s steps into tasks with deadlines in working time, and closes the rest with the lead', async () => {
    const lead = await aLeadInWork('Третий клиент');
    const { page, widget } = await openCard(lead);
    const before = openTasks(lead.id).map((task) => task.id);
    const { stages } = living.portal.context.pipelines().find((one) => one.id === lead.pipelineId) ?? {
      stages: [],
    };
    const next = stages[stages.findIndex((stage) => stage.id === lead.stageId) + 1]?.id ?? '';
    await page.getByRole('combobox', { name: 'Move to stage' }).selectOption(next);
    await until(() => openTasks(lead.id).some((task) => !before.includes(task.id)), {
      what: 'tasks of the next status',
      timeoutMs: 20_000,
    });
    await settled(living);
    const schedule = {
      calendar: standardCalendar('RU'),
      timeZone: living.portal.context.user(lead.ownerId)?.timeZone ?? 'Europe/Moscow',
    };
    for (const task of openTasks(lead.id)) {
      // The end of a working day is a fair deadline and no longer a working moment, hence the millisecond.
      const due = task.deadline ?? 0;
      expect(isWorkingMoment(due, schedule) || isWorkingMoment(due - 1, schedule)).toBe(true);
    }
    const lost = stages.find((stage) => stage.kind === 'lost')?.id ?? '';
    living.portal.context.moveDeal(lead.id, lost, lead.ownerId);
    await settled(living);
    expect(openTasks(lead.id).filter((task) => before.includes(task.id))).toEqual([]);
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

  async function doneCount(widget: FrameLocator): Promise<number> {
    const text = await widget
      .getByText(/\d+ of \d+ done/)
      .first()
      .innerText();
    return Number(/\d+/.exec(text)?.[0] ?? -1);
  }
});

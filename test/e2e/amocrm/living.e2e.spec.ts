import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Frame, Page } from 'playwright-core';
import { buildWidget } from '../../support/built-widget.js';
import { openBrowser } from '../../support/browser.js';
import { until } from '../../support/until.js';
import { stumblings } from '../widget/axe.js';
import { startLivingAccount, type LivingAccount } from './living-account.js';

describe('test/e2e/amocrm/living', () => {
  let living: LivingAccount;
  let browser: Browser;
  const faults: string[] = [];

  beforeAll(async () => {
    await buildWidget();
    living = await startLivingAccount({ install: false });
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await living?.stop();
  });

  async function open(path: string, theme: 'light' | 'dark' = 'light'): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      colorScheme: theme,
      locale: 'ru-RU',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${living.portal.url}${path}`);
    return page;
  }

  async function frameIn(page: Page): Promise<Frame> {
    const handle = await page.waitForSelector('.dozhim-widget__frame');
    const frame = await handle.contentFrame();
    if (!frame) throw new Error('the widget has no frame');
    await frame.locator('#app main').waitFor();
    return frame;
  }

  /** The page keeps a list of every rule of the host that a widget broke. */
  async function complaints(page: Page): Promise<readonly string[]> {
    return (await page.evaluate<readonly string[] | undefined>('window.sandboxComplaints')) ?? [];
  }

  it('is installed by a click and switched on in its own settings', async () => {
    const page = await open('/settings/widgets/');
    await page.locator('[data-code]').getByRole('button').first().click();
    await page.getByText('Нажмите «Установить»').waitFor();
    await page.locator('.js-widget-install').click();
    const frame = await frameIn(page);
    const pipeline = frame
      .getByRole('region')
      .filter({ has: frame.getByRole('combobox') })
      .first();
    await pipeline.getByRole('button', { name: 'Включить планы' }).click({ timeout: 30_000 });
    await frame.getByText('Планы включены').first().waitFor({ timeout: 30_000 });
    expect(await stumblings(frame)).toEqual([]);
    expect(await complaints(page)).toEqual([]);
    await page.context().close();
  }, 90_000);

  it('shows the plan in the lead’s card, and what is done there is done in the account', async () => {
    const [step] = await planned(living);
    const page = await open(`/leads/detail/${step?.deal_id}/`);
    const frame = await frameIn(page);
    await frame.getByText('Что сейчас').waitFor({ timeout: 20_000 });
    expect(await stumblings(frame)).toEqual([]);
    await frame.locator('.now .button-primary').click();
    const field = frame.locator('.modal .input').first();
    const undo = frame.locator('.after').first();
    await field.or(undo).first().waitFor();
    if (await field.isVisible()) {
      await field.fill('Договорились о встрече');
      await frame.locator('.modal .button-primary').click();
    }
    await undo.waitFor();
    expect(await complaints(page)).toEqual([]);
    await page.context().close();
    await settledTasks(living, step?.task_id ?? '');
  }, 150_000);

  it('is put on a stage by the account’s own form, which gets its key by itself, and plans the lead that comes there', async () => {
    const { context } = living.portal;
    const [, pipeline] = context.pipelines();
    const [first, second] = pipeline?.stages ?? [];
    const page = await open('/settings/pipeline/');
    await page.locator('.pipeline-actions select').selectOption(second?.id ?? '');
    await page.getByRole('button', { name: 'Добавить действие' }).click();
    await page.waitForFunction(`document.querySelector('input[name=key]')?.value.length > 20`);
    await page.locator('input[name=template]').fill('короткая продажа');
    await page.locator('[data-action=send_widget_hook]').click();
    await page.getByText('Действие добавлено').waitFor();
    expect(await complaints(page)).toEqual([]);
    await page.context().close();
    const draft = { title: 'По действию', pipelineId: pipeline?.id ?? 0, stageId: first?.id ?? '' };
    const lead = context.createDeal(draft, living.adminId);
    context.moveDeal(lead.id, second?.id ?? '', living.adminId);
    await until(() => context.tasks({ dealId: lead.id }).length > 0, {
      timeoutMs: 90_000,
      what: 'a plan by the action',
    });
  }, 150_000);

  it('shows the person’s day on the app’s own page, in the page’s dark colours', async () => {
    const page = await open('/settings/widgets/', 'dark');
    await page.getByRole('link', { name: 'Настройки' }).last().waitFor();
    const code = await page.locator('[data-code]').first().getAttribute('data-code');
    await page.goto(`${living.portal.url}/settings/advanced/${code}/`);
    const frame = await frameIn(page);
    await frame.getByText('Мой день').waitFor();
    expect(await frame.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    expect(await stumblings(frame)).toEqual([]);
    expect(await complaints(page)).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('has left no error in any page', () => {
    expect(faults).toEqual([]);
  });
});

interface Planned {
  readonly deal_id: string;
  readonly task_id: string;
}

async function planned(living: LivingAccount): Promise<readonly Planned[]> {
  for (let waited = 0; waited < 90_000; waited += 250) {
    const rows = await living.database.query<Planned>(
      `SELECT deal_id, host_task_id AS task_id FROM outbox_task WHERE host_task_id IS NOT NULL ORDER BY deal_id LIMIT 1`,
    );
    if (rows.length > 0) return rows;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('no task was planned');
}

async function settledTasks(living: LivingAccount, taskId: string): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 250) {
    if (living.portal.store.tasks.get(Number(taskId))?.completed) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`the task ${taskId} was not completed in the account`);
}

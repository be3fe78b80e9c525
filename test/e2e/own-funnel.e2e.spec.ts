import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import type { PipelinePlanView } from '../../src/features/embed/boot.view.js';
import { openBrowser } from '../support/browser.js';
import { ADMIN, SELLER } from '../support/company-world.js';
import { settled, smallCompany, startEverything, type Running } from '../support/running.js';
import { until } from '../support/until.js';

const LABEL = {
  repeat: 'Пробовать несколько раз (например, дозвониться)',
  guard: 'Если сделку двигают дальше, а обязательные шаги не сделаны',
  none: 'Проверьте, что значит каждый этап вашей воронки.',
} as const;

/** What a head of sales does on the first day, in Russian, with nothing but the screen: a funnel from a blank sheet. */
describe('test/e2e/own-funnel', () => {
  let running: Running;
  let browser: Browser;
  let page: Page;
  let widget: FrameLocator;
  const faults: string[] = [];

  beforeAll(async () => {
    running = await startEverything({ company: smallCompany(20) });
    await settled(running);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1300, height: 1000 }, locale: 'ru-RU' });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    const application = running.portal.context.applications()[0]?.id ?? '';
    await page.goto(`${running.portal.url}/marketplace/app/${application}/?lang=ru&user=${ADMIN}`);
    widget = page.frameLocator('iframe');
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    expect(faults).toEqual([]);
  });

  it('is built with tries, a role, a condition, an answer and a guard, published, and plans a new deal', async () => {
    const { context } = running.portal;
    const pipeline = context.pipelines().find((one) => one.id !== 0);
    if (!pipeline) throw new Error('the portal has one pipeline only');
    const openNames = pipeline.stages.filter(({ kind }) => kind === 'open').map(({ name }) => name);
    const [first = '', second = '', third = ''] = openNames;
    await widget.getByRole('button', { name: 'Шаблоны', exact: true }).click({ timeout: 30_000 });
    await widget.getByRole('button', { name: 'С чистого листа' }).click();
    await widget.locator('.tpl-new select').first().selectOption({ label: pipeline.name });
    await widget.locator('.tpl-new input').first().fill('Монтаж под ключ');
    await widget.getByRole('button', { name: 'Создать шаблон' }).click();
    await widget.getByRole('heading', { level: 1, name: 'Монтаж под ключ' }).waitFor();

    await addTo('Новый этап', 'Замер');
    await addTo(`Новый шаг этапа «${first}»`, 'Позвонить клиенту');
    await addTo(`Новый шаг этапа «${second}»`, 'Назначить замер');
    await addTo(`Новый шаг этапа «${third}»`, 'Согласовать скидку');
    await addTo('Новый шаг этапа «Замер»', 'Сделать замер');

    await open('Позвонить клиенту');
    await panel().getByLabel('Чего добиться').fill('Понять задачу и договориться о замере');
    const deadline = await part('Срок');
    await deadline.getByLabel('Сколько').first().fill('1');
    await deadline.getByLabel('Единица').first().selectOption('workingHours');
    await (await part('Попытки')).getByLabel(LABEL.repeat).check();

    await open('Назначить замер');
    const owner = await part('Кто делает');
    await owner.getByLabel('Кто делает').selectOption('role');
    await owner.getByLabel('Какая роль').selectOption({ label: 'Квалификатор' });

    await open('Согласовать скидку');
    const when = await part('Когда шаг нужен');
    await when.getByRole('button', { name: 'Добавить условие' }).click();
    await when.getByLabel('С чем сравнить').fill('500000');

    await open('Сделать замер');
    await (await part('Результат')).locator('select').first().selectOption('choice');

    await widget.getByRole('button', { name: second }).first().click();
    await panel().getByLabel(LABEL.guard).selectOption('return');
    await widget.locator('.tpl-save').getByText('Всё сохранено').waitFor();

    await widget.getByRole('button', { name: 'Опубликовать…' }).click();
    const dialog = widget.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Опубликовать', exact: true }).click({ timeout: 30_000 });
    await dialog.getByRole('button', { name: 'Включить планы в воронке' }).click();

    // The pipeline whose stages it has is offered at once, on top, with its stages laid out.
    const place = widget.locator('.tpl-card').first();
    await place.getByRole('heading', { name: pipeline.name, exact: true }).waitFor();
    await place.getByText(LABEL.none).waitFor();
    // By keys: the frame is still growing with what it shows, and a click may land beside.
    await place.getByRole('button', { name: 'Включить планы' }).press('Enter');
    await place.getByText('Планы включены: Монтаж под ключ').waitFor();
    await settled(running);

    const draft = { title: 'Первая по своей воронке', pipelineId: pipeline.id, ownerId: SELLER };
    const deal = context.createDeal(draft, SELLER);
    const titles = (): readonly string[] =>
      context.tasks({ dealId: deal.id, open: true }).map((task) => task.title);
    await until(() => titles().some((title) => title.startsWith('Позвонить клиенту')), {
      what: 'the first step in the seller’s tasks',
      timeoutMs: 30_000,
    });
    // A deal of a small sum needs no talk about a discount, now or later.
    const steps = await running.database.query<{ step_key: string; state: string }>(
      `SELECT step_key, state FROM plan_step WHERE deal_id LIKE '%\\_${deal.id}' AND state <> 'cancelled'`,
    );
    expect(steps).toHaveLength(3);
    const [row] = await running.database.query<Pick<PipelinePlanView, 'id'>>(
      'SELECT pipeline_id AS id FROM pipeline_plan WHERE disabled_at IS NULL',
    );
    expect(row?.id).toBe(`D_${pipeline.id}`);
  }, 120_000);

  function panel(): Locator {
    return widget.locator('.tpl-panel');
  }

  async function addTo(label: string, text: string): Promise<void> {
    const field = widget.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter');
  }

  async function open(title: string): Promise<void> {
    await widget.locator('.tpl-step').filter({ hasText: title }).first().click();
    await panel().getByRole('heading', { level: 2, name: title }).waitFor();
  }

  /** A part of the panel, unfolded. */
  async function part(name: string): Promise<Locator> {
    const found = panel().locator(`details:has(> summary:has-text("${name}"))`).first();
    if ((await found.getAttribute('open')) === null) await found.locator('> summary').click();
    return found;
  }
});

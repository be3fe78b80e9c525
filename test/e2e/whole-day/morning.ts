import { expect } from '@jest/globals';
import type { FrameLocator, Locator } from 'playwright-core';
import { until } from '../../support/until.js';
import { counterOf, counts, nameOf, SELLER, type Walk } from './walk.js';

/** What the head does on the panel before the day begins. */
export interface HeadsMorning {
  /** Titles of deals that the seller is asked about: a step of the first, and the second as a whole. */
  readonly asked: readonly [step: string, deal: string];
  readonly given: string;
  readonly moved: { readonly title: string; readonly stage: string };
}

/** Counters, filters, a view of one's own, the drawer, a selection and its undoing, the board. */
export async function headsMorning(walk: Walk): Promise<HeadsMorning> {
  const seen = await walk.app(walk.head, 'Контроль');
  const { widget } = seen;
  await rowOf(widget).first().waitFor({ timeout: 30_000 });
  const late = await counterOf(widget, 'Просрочено');
  expect(late).toBeGreaterThan(0);
  // What is due today is not late before the day has begun, nor after: it has the day.
  expect(await counterOf(widget, 'Сегодня')).toBeGreaterThan(0);
  await seen.picture('10-panel');

  await keepView(walk, widget);
  await seen.picture('11-view');
  const titles = await titlesIn(widget);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = titles;
  await askInDrawer(widget, first);
  await seen.picture('12-drawer');
  await widget.locator('dialog').getByRole('button', { name: 'Закрыть', exact: true }).click();
  await askInBulk(widget, [second], 'Когда будет счёт?');
  await seen.picture('13-asked');
  await expectCounter(widget, 'Пуш без ответа', 2);
  await askInBulk(widget, [third, fourth]);
  await expectCounter(widget, 'Пуш без ответа', 4);
  await widget.locator('.deed').getByRole('button', { name: 'Отменить' }).click();
  await expectCounter(widget, 'Пуш без ответа', 2);
  await snooze(widget, third);
  await seen.picture('14-snoozed');
  await give(walk, widget, fourth);
  await widget.getByRole('button', { name: 'Сбросить фильтр' }).click();
  const moved = await moveOnBoard(walk, widget, fifth);
  await seen.picture('15-board');
  await seen.close();
  return { asked: [first, second], given: fourth, moved };
}

function rowOf(widget: FrameLocator, title?: string): Locator {
  const rows = widget.locator('.panel-row').filter({ has: widget.locator('.row-open') });
  return title === undefined ? rows : rows.filter({ hasText: title });
}

function titlesIn(widget: FrameLocator): Promise<readonly string[]> {
  return widget
    .locator('.panel-row .row-open')
    .allInnerTexts()
    .then((texts) => texts.map((text) => text.trim()));
}

async function expectCounter(widget: FrameLocator, name: string, n: number): Promise<void> {
  await until(async () => (await counterOf(widget, name)) === n, {
    what: `the counter ${name} at ${n}`,
    timeoutMs: 30_000,
  });
}

/** A filter of two parts is kept under a name, dropped, and found again. */
async function keepView(walk: Walk, widget: FrameLocator): Promise<void> {
  const all = await counterOf(widget, 'Просрочено');
  await widget.getByRole('button', { name: /^Просрочено/ }).click();
  await until(async () => (await shownTotal(widget)) === all, {
    what: 'the overdue ones',
    timeoutMs: 30_000,
  });
  await widget.getByRole('combobox', { name: 'Продавец' }).selectOption({ label: nameOf(walk, SELLER) });
  await until(async () => (await shownTotal(widget)) < all, { what: 'one seller’s', timeoutMs: 30_000 });
  const own = await shownTotal(widget);
  await widget.getByRole('button', { name: 'Сохранить вид' }).click();
  await widget.getByRole('textbox', { name: 'Название вида' }).fill('Горит');
  await widget.locator('form.naming').getByRole('button', { name: 'Сохранить вид' }).click();
  await counts(widget.getByRole('option', { name: 'Горит' }), 1);
  await widget.getByRole('button', { name: 'Сбросить фильтр' }).click();
  await until(async () => (await shownTotal(widget)) > own, { what: 'all deals', timeoutMs: 30_000 });
  await widget.getByRole('combobox', { name: 'Сохранённые виды' }).selectOption({ label: 'Горит' });
  await until(async () => (await shownTotal(widget)) === own, { what: 'the view', timeoutMs: 30_000 });
  await widget.getByRole('button', { name: 'Удалить вид «Горит»' }).waitFor();
}

/** Deals under the filter; -1 while they are asked for. */
async function shownTotal(widget: FrameLocator): Promise<number> {
  const text = await widget.locator('.panel-head [role=status]').innerText();
  return Number(/^\s*([\d\s]+)сдел/u.exec(text)?.[1]?.replaceAll(/\s/g, '') ?? -1);
}

async function askInDrawer(widget: FrameLocator, title: string): Promise<void> {
  await rowOf(widget, title).first().getByRole('button', { name: title, exact: true }).click();
  const drawer = widget.locator('dialog');
  await drawer
    .getByRole('button', { name: /^Спросить/ })
    .first()
    .click({ timeout: 30_000 });
  await drawer.getByText('ждёт ответа').first().waitFor({ timeout: 30_000 });
}

async function pick(widget: FrameLocator, titles: readonly string[]): Promise<void> {
  for (const title of titles)
    await widget
      .getByRole('checkbox', { name: `Выбрать: ${title}` })
      .first()
      .check();
  await widget.locator('.bulk-bar').waitFor();
}

async function askInBulk(widget: FrameLocator, titles: readonly string[], words?: string): Promise<void> {
  await pick(widget, titles);
  const bar = widget.locator('.bulk-bar');
  await bar.getByRole('button', { name: 'Пуш', exact: true }).click();
  if (words !== undefined) await bar.getByRole('textbox', { name: /Вопрос/ }).fill(words);
  await bar.getByRole('button', { name: 'Спросить', exact: true }).click();
  await bar.waitFor({ state: 'detached' });
}

async function snooze(widget: FrameLocator, title: string): Promise<void> {
  await pick(widget, [title]);
  const form = widget.locator('.bulk-bar');
  await form.getByRole('button', { name: 'Отложить', exact: true }).click();
  await form.getByRole('combobox', { name: 'Причина' }).selectOption({ index: 1 });
  await form.locator('form').getByRole('button', { name: 'Отложить', exact: true }).click();
  await widget
    .locator('.deed')
    .getByText(/^Отложена/)
    .waitFor({ timeout: 30_000 });
}

/** To a colleague with fewer deals: the CRM's responsible changes, and with it the task's. */
async function give(walk: Walk, widget: FrameLocator, title: string): Promise<void> {
  const deal = walk.deals(SELLER).find((one) => one.title === title);
  if (!deal) throw new Error(`${title} is no deal of the seller`);
  await pick(widget, [title]);
  const form = widget.locator('.bulk-bar');
  await form.getByRole('button', { name: 'Передать', exact: true }).click();
  await form.getByRole('combobox', { name: 'Кому' }).selectOption({ label: nameOf(walk, 5) });
  await form.locator('form').getByRole('button', { name: 'Передать', exact: true }).click();
  await widget
    .locator('.deed')
    .getByText(/^Передана/)
    .waitFor({ timeout: 30_000 });
  await until(() => walk.world.portal.context.deal(deal.id)?.ownerId === 5, {
    what: 'the new responsible in the CRM',
    timeoutMs: 30_000,
  });
}

/** One column further: the card goes at once, the CRM's stage follows. */
async function moveOnBoard(walk: Walk, widget: FrameLocator, title: string): Promise<HeadsMorning['moved']> {
  const { context } = walk.world.portal;
  const deal = walk.deals(SELLER).find((one) => one.title === title);
  if (!deal) throw new Error(`${title} is no deal of the seller`);
  const pipeline = context.pipelines().find((one) => one.id === deal.pipelineId);
  const stages = pipeline?.stages ?? [];
  const next = stages[stages.findIndex((stage) => stage.id === deal.stageId) + 1];
  if (!pipeline || !next) throw new Error(`${title} has no further stage`);
  await widget.getByRole('button', { name: 'Доска', exact: true }).click();
  await widget.locator('.board-pipeline select').selectOption({ label: pipeline.name });
  const card = widget.locator('.deal-card').filter({ hasText: title }).first();
  await card.locator('.card-stage').selectOption({ label: next.name }, { timeout: 30_000 });
  const column = widget.getByRole('region', { name: next.name, exact: true });
  await column.locator('.deal-card').filter({ hasText: title }).first().waitFor({ timeout: 30_000 });
  await until(() => context.deal(deal.id)?.stageId === next.id, {
    what: 'the stage in the CRM',
    timeoutMs: 30_000,
  });
  return { title, stage: next.name };
}

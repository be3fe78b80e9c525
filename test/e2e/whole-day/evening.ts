import { expect } from '@jest/globals';
import type { FrameLocator, Locator } from 'playwright-core';
import type { DayItemView, DayView } from '../../../src/features/pushing/day.view.js';
import type { PlanView } from '../../../src/features/plans/plan.view.js';
import { stepsOf } from '../../support/widget-person.js';
import { until } from '../../support/until.js';
import type { HeadsMorning } from './morning.js';
import { messagesOf, rowOf, type SellersDay } from './seller.js';
import { counts, nameOf, SELLER, type Walk } from './walk.js';
import { personIn } from './world.js';

/** A step with an hour of its own is told of a quarter of an hour before. */
export async function isReminded(walk: Walk): Promise<void> {
  const seller = await personIn(walk.world, SELLER);
  const { data: day } = await seller.get<DayView>('/api/day');
  const item = day.items.find((one) => one.kind === 'step' && one.state === 'open');
  if (!item?.dealId) throw new Error('nothing is left to be reminded of');
  const { data: plan } = await seller.get<PlanView>(`/api/plan/${item.dealId}`);
  const step = stepsOf(plan).find((one) => one.id === item.stepId);
  const dueAt = new Date(
    Math.floor(walk.world.time.now() / 86_400_000) * 86_400_000 + 13 * 3_600_000,
  ).toISOString();
  const path = `/api/plan/${item.dealId}/steps/${encodeURIComponent(step?.id ?? '')}/reschedule`;
  const answer = await seller.send('POST', path, { dueAt, reason: 'Клиент просил позвонить в четыре' });
  expect(answer.status).toBe(200);
  await walk.world.settle();
  await walk.moveTo(1, '15:46');
  // There the task reminds by itself, by its deadline.
  const { portal } = walk.world;
  if (portal.host === 'amocrm') {
    const due = Date.parse(dueAt);
    const isThere = () =>
      portal.context.tasks({ userId: SELLER, open: true }).some((one) => one.deadline === due);
    return until(isThere, { what: 'the hour in the CRM', timeoutMs: 30_000 });
  }
  const told = () =>
    messagesOf(walk, SELLER).some((text) => text.includes('16:00') && text.includes(item.title));
  await until(told, { what: 'the reminder', timeoutMs: 30_000 });
}

/** What was answered, and when, stands in the deal. */
export async function headReads(walk: Walk, { asked: [byStep, byDeal] }: HeadsMorning): Promise<void> {
  const seen = await walk.app(walk.head, 'Контроль');
  const { widget } = seen;
  const drawer = widget.locator('dialog');
  for (const [title, answer] of [
    [byStep, /Будет завтра/],
    [byDeal, /Сделано/],
  ] as const) {
    await widget.getByRole('searchbox').fill(title);
    await widget.getByRole('button', { name: title, exact: true }).click({ timeout: 30_000 });
    await drawer.getByText(answer).first().waitFor({ timeout: 30_000 });
    await seen.picture('30-answer');
    await drawer.getByRole('button', { name: 'Закрыть', exact: true }).click();
  }
  await seen.close();
}

/** Whatever is open: three taps at most for each thing, and one for the day. On a phone, in English, in the dark. */
export async function closesDay(walk: Walk): Promise<readonly DayItemView[]> {
  const seller = await personIn(walk.world, SELLER);
  const { data } = await seller.get<DayView>('/api/day');
  const open = data.items.filter((item) => item.kind === 'step' && item.state === 'open');
  const [failed, moved, ...silent] = open;
  if (!failed || !moved || silent.length === 0) throw new Error(`only ${open.length} things are left`);
  const seen = await walk.app(SELLER, 'My day', { language: 'en', theme: 'dark', widthPx: 360 });
  const { widget } = seen;
  await widget.getByRole('heading', { name: 'Close the day' }).waitFor({ timeout: 30_000 });
  await seen.picture('31-closing');
  await tap(rowOf(widget, failed), /^Not done/);
  await rowOf(widget, failed).locator('.causes .chip:visible').first().click();
  await counts(rowOf(widget, failed), 0);
  await tap(rowOf(widget, moved), /^Move/);
  await seen.picture('32-moving');
  await rowOf(widget, moved).locator('.causes .chip:visible').first().click();
  await counts(rowOf(widget, moved), 0);
  await widget.getByRole('button', { name: /^Close the day/ }).click();
  await widget.getByText(/^Closed at/).waitFor({ timeout: 30_000 });
  await seen.picture('33-closed');
  await seen.close();
  return silent;
}

async function tap(row: Locator, name: RegExp): Promise<void> {
  await row.getByRole('button', { name }).click();
}

/** Seven o'clock: what was planned, done, not done and why, and a question in one press. */
export async function headReadsExceptions(
  walk: Walk,
  day: SellersDay,
  silent: readonly DayItemView[],
): Promise<void> {
  if (walk.world.host === 'bitrix24')
    await until(() => messagesOf(walk, walk.head).some((text) => text.startsWith('Сделано ')), {
      what: 'the message of the evening',
      timeoutMs: 30_000,
    });
  const seen = await walk.app(walk.head, 'Отклонения');
  const { widget } = seen;
  const seller = widget.locator('section').filter({
    has: widget.getByRole('heading', { name: nameOf(walk, SELLER), exact: true }),
  });
  await seller.getByText(day.reason).first().waitFor({ timeout: 30_000 });
  await seen.picture('34-exceptions');
  await counts(lineOf(seller, day.done), 0);
  expect(await lineOf(seller, day.failed).count()).toBeGreaterThan(0);
  const forgotten = silent[0];
  if (!forgotten) throw new Error('nothing was left without a word');
  const line = lineOf(seller, forgotten);
  await line.getByText('Без объяснения').or(line.getByText('Без слова')).first().waitFor();
  await line.getByRole('button', { name: /^Спросить/ }).click();
  await line.getByRole('button', { name: /^Спросили/ }).waitFor({ timeout: 30_000 });
  await seen.close();
}

function lineOf(seller: Locator, { title, dealTitle }: DayItemView): Locator {
  return seller
    .locator('.ex-item')
    .filter({ hasText: title })
    .filter({ hasText: dealTitle ?? '' });
}

/** The ledger has the day, the report its reasons. */
export async function headReadsBook(walk: Walk, { given, moved }: HeadsMorning): Promise<void> {
  const seen = await walk.app(walk.head, 'Sales Book');
  const { widget } = seen;
  await widget.getByText('Когда будет счёт?').first().waitFor({ timeout: 30_000 });
  await seen.picture('35-book');
  for (const title of [given, moved.title]) expect(await widget.getByText(title).count()).toBeGreaterThan(0);
  await menu(widget, 'Причины').click();
  // What the head put off in the morning, with the reason.
  await widget
    .getByText(/Отложено: \d/)
    .first()
    .waitFor({ timeout: 60_000 });
  await seen.picture('36-reasons');
  await seen.close();
}

/** Monday at ten: the week in one table, with how long answers took. */
export async function reviewsWeek(walk: Walk): Promise<void> {
  const seen = await walk.app(walk.head, 'Exceptions', { language: 'en' });
  const { widget } = seen;
  await widget.getByRole('button', { name: 'Week', exact: true }).click({ timeout: 30_000 });
  const row = widget.getByRole('row').filter({ hasText: nameOf(walk, SELLER) });
  await row.first().waitFor({ timeout: 30_000 });
  await seen.picture('40-week');
  expect(await row.first().innerText()).toMatch(/2 of 3/);
  await seen.close();
}

function menu(widget: FrameLocator, name: string): Locator {
  return widget.getByRole('navigation').getByRole('button', { name, exact: true });
}

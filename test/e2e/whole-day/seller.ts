import { expect } from '@jest/globals';
import type { FrameLocator, Locator } from 'playwright-core';
import type { DayItemView, DayView } from '../../../src/features/pushing/day.view.js';
import { decoded } from '../../support/mail-box.js';
import { until } from '../../support/until.js';
import type { HeadsMorning } from './morning.js';
import { counts, nameOf, SELLER, type Walk } from './walk.js';
import { personIn } from './world.js';

/** What the seller said of which thing. */
export interface SellersDay {
  readonly done: DayItemView;
  readonly failed: DayItemView;
  readonly moved: DayItemView;
  readonly byCrm: DayItemView;
  readonly reason: string;
}

/** The list comes at nine: into the CRM and as a letter, and both lead to the day. */
export async function listArrives(walk: Walk): Promise<void> {
  const { world } = walk;
  const told = (): string | undefined => messagesOf(walk, SELLER).find((text) => text.includes('На сегодня'));
  await until(() => told() !== undefined, { what: 'the list of the morning', timeoutMs: 30_000 });
  const { email } = world.portal.store.people.get(SELLER) ?? {};
  const letter = (): string | undefined =>
    world.mail.delivered
      .filter(({ to }) => to.includes(email ?? '?'))
      .map(decoded)
      .findLast((text) => text.includes('Открыть мой день'));
  await until(() => letter() !== undefined, { what: 'the letter of the morning', timeoutMs: 30_000 });
  for (const text of [told(), letter()]) {
    const seen = await walk.page(SELLER, linkIn(text ?? ''));
    const over = seen.page.frameLocator('.dozhim-widget__modal .dozhim-widget__frame');
    const widget = world.host === 'bitrix24' ? seen.widget : over;
    await widget.getByRole('heading', { name: 'Мой день' }).waitFor({ timeout: 60_000 });
    await seen.picture('20-list');
    await seen.close();
  }
}

/** The letter's button, or what a message in the CRM ends with. */
function linkIn(text: string): string {
  const links = [...text.matchAll(/https?:\/\/[^\s"<\]]+/gu)];
  const button = text.indexOf('Открыть мой день');
  const link = button < 0 ? links.at(-1) : links.find((one) => one.index > button);
  if (!link) throw new Error(`there is no link in ${text}`);
  return link[0];
}

/** What was written to a person in the CRM, newest first: by notifications, or as tasks in a deal. */
export function messagesOf({ world: { portal } }: Walk, userId: number): readonly string[] {
  if (portal.host === 'bitrix24') return portal.context.notifications(userId).map((one) => one.message);
  const tasks = portal.context.tasks({ userId });
  return tasks
    .toSorted((one, other) => other.id - one.id)
    .map((task) => `${task.title}\n${task.description}`);
}

/** Two questions wait: one is answered in the widget, the other where it was asked, in the CRM. */
export async function answers(walk: Walk, { asked: [, byDeal] }: HeadsMorning): Promise<void> {
  const seen = await walk.app(SELLER, 'Мой день');
  const questions = seen.widget.getByRole('heading', { name: /ждут вашего ответа|ждёт вашего ответа/ });
  await questions.waitFor({ timeout: 30_000 });
  await seen.picture('21-questions');
  const step = seen.widget.getByRole('listitem').filter({ hasText: 'Что с этим шагом?' });
  await step.getByRole('button', { name: /^Будет сделано/ }).click();
  await step.getByRole('button', { name: 'Завтра' }).click();
  await counts(step, 0);
  await answerInCrm(walk, byDeal);
  await seen.page.reload();
  await seen.widget.getByRole('heading', { name: 'Мой день' }).waitFor({ timeout: 30_000 });
  await counts(questions, 0);
  await seen.close();
}

async function answerInCrm(walk: Walk, title: string): Promise<void> {
  const { portal } = walk.world;
  const deal = walk.deals(SELLER).find((one) => one.title === title);
  if (!deal) throw new Error(`${title} is no deal of the seller`);
  const amocrm = portal.host === 'amocrm';
  const seen = await walk.page(
    SELLER,
    amocrm ? `/leads/detail/${deal.id}/` : `/crm/deal/details/${deal.id}/`,
  );
  if (amocrm) {
    const task = seen.page.locator('.task').filter({ hasText: 'Когда будет счёт?' }).first();
    await task.getByRole('textbox').fill('Счёт отправлен');
    await task.getByRole('button').click();
  } else {
    const activity = seen.page.locator('[data-activity]').filter({ hasText: 'Когда будет счёт?' }).first();
    await seen.picture('22-card');
    await activity.getByRole('button', { name: 'Готово', exact: true }).click();
  }
  await until(
    async () => {
      await walk.world.settle();
      const [row] = await walk.world.database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM push WHERE state = 'answered'`,
      );
      return row?.n === 2;
    },
    { what: 'the answer from the CRM', timeoutMs: 30_000 },
  );
  await seen.picture('23-answered');
  await seen.close();
}

/** One thing done, one not, one put off, and one ticked off in the CRM's own list. */
export async function works(walk: Walk, { asked }: HeadsMorning): Promise<SellersDay> {
  const seller = await personIn(walk.world, SELLER);
  const { data } = await seller.get<DayView>('/api/day');
  const items = data.items.filter(
    ({ kind, state, dealTitle }) => kind === 'step' && state === 'open' && !asked.includes(dealTitle ?? ''),
  );
  const [done, failed, moved, byCrm] = onePerDeal(items);
  if (!done || !failed || !moved || !byCrm) throw new Error(`only ${items.length} things are to be done`);
  const seen = await walk.app(SELLER, 'Мой день');
  const { widget } = seen;
  await rowOf(widget, done).waitFor({ timeout: 30_000 });
  await finish(rowOf(widget, done));
  await rowOf(widget, failed)
    .getByRole('button', { name: /^Не сделано/ })
    .click();
  const chip = rowOf(widget, failed).locator('.causes .chip:visible').first();
  const reason = (await chip.innerText()).trim();
  await seen.picture('24-why');
  await chip.click();
  await counts(rowOf(widget, failed), 0);
  await rowOf(widget, moved)
    .getByRole('button', { name: /^Перенести/ })
    .click();
  await rowOf(widget, moved).locator('.causes .chip:visible').first().click();
  await counts(rowOf(widget, moved), 0);
  await tickInCrm(walk, byCrm);
  await seen.page.reload();
  await widget.locator('.settled-row').first().waitFor({ state: 'attached', timeout: 30_000 });
  await counts(rowOf(widget, byCrm), 0);
  await widget.locator('.settled summary').click();
  await counts(widget.locator('.settled-row').filter({ hasText: 'Отвечено' }), 2);
  await seen.picture('25-settled');
  await counts(widget.locator('.settled-row').filter({ hasText: 'отмечено в плане или в CRM' }), 1);
  await seen.close();
  return { done, failed, moved, byCrm, reason };
}

function onePerDeal(items: readonly DayItemView[]): readonly DayItemView[] {
  return [...Map.groupBy(items, (item) => item.dealId).values()].flatMap(([first]) => first ?? []);
}

export function rowOf(widget: FrameLocator, { title, dealTitle }: DayItemView): Locator {
  return widget
    .locator('ol > li.item')
    .filter({ hasText: title })
    .filter({ hasText: dealTitle ?? '' });
}

/** One tap; where the step demands a result, the result as well. */
export async function finish(row: Locator): Promise<void> {
  await row.locator('.button-primary').first().click();
  const form = row.locator('form.reason');
  await until(async () => (await row.count()) === 0 || (await form.count()) > 0, { what: 'what is next' });
  if ((await row.count()) === 0) return;
  const list = form.getByRole('combobox');
  if ((await list.count()) > 0) await list.selectOption({ index: 1 });
  else await form.locator('.input').fill('https://example.com/42');
  await form.locator('.button-primary').click();
  await counts(row, 0);
}

async function tickInCrm(walk: Walk, { title, dealId }: DayItemView): Promise<void> {
  const { portal } = walk.world;
  const tasks = portal.context.tasks({ dealId: Number(/\d+$/u.exec(dealId ?? '')?.[0] ?? 0), open: true });
  const found = tasks.find((one) => one.responsibleId === SELLER && one.title.startsWith(title));
  if (!found) throw new Error(`${nameOf(walk, SELLER)} has no task ${title}`);
  const place = portal.host === 'amocrm' ? '/todo/list/' : `/company/personal/user/${SELLER}/tasks/`;
  const seen = await walk.page(SELLER, place);
  await seen.page
    .locator(`[data-task="${found.id}"]`)
    .getByRole('button', { name: 'Завершить' })
    .first()
    .click();
  await until(() => portal.context.task(found.id)?.completed === true, { what: 'the task of the CRM' });
  await walk.world.settle();
  await seen.close();
  expect(portal.context.task(found.id)?.completed).toBe(true);
}

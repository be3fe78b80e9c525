import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headsMorning, type HeadsMorning } from './whole-day/morning.js';
import { startWalk, type Walk } from './whole-day/walk.js';

/** A whole working day of a head and a seller, in Bitrix24: nothing is faked but the time. */
describe('test/e2e/whole-day', () => {
  let walk: Walk;
  let morning: HeadsMorning;

  beforeAll(async () => {
    walk = await startWalk('bitrix24');
  }, 180_000);

  afterAll(() => walk?.stop(), 60_000);

  it('begins with an administrator who takes the ready set, and a day on which nothing is done', async () => {
    const seen = await walk.app(1, 'Правила');
    await seen.widget.getByRole('button', { name: /Дневной контроль/ }).click({ timeout: 30_000 });
    await seen.widget.getByText('Включён', { exact: true }).first().waitFor({ timeout: 30_000 });
    await seen.picture('00-rules');
    await seen.close();
    await walk.moveTo(0, '9:00');
    await walk.moveTo(0, '18:00');
    await walk.moveTo(1, '8:55');
  }, 120_000);

  it('has the head look, filter, ask, give and move before nine', async () => {
    morning = await headsMorning(walk);
    expect(morning.asked).toHaveLength(2);
  }, 120_000);
});

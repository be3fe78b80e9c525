import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  closesDay,
  headReads,
  headReadsBook,
  headReadsExceptions,
  isReminded,
  reviewsWeek,
} from './evening.js';
import { headsMorning, type HeadsMorning } from './morning.js';
import { answers, listArrives, works, type SellersDay } from './seller.js';
import { startWalk, type Walk } from './walk.js';
import type { DayHost } from './world.js';

/** A whole working day of a head and a seller in a host: nothing is faked but the time. */
export function itLivesTheDay(host: DayHost): void {
  let walk: Walk;
  let morning: HeadsMorning;
  let day: SellersDay;

  beforeAll(async () => {
    walk = await startWalk(host);
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

  it('brings the seller the list at nine, and answers from the widget and the CRM alike', async () => {
    await walk.moveTo(1, '9:00');
    await listArrives(walk);
    await answers(walk, morning);
  }, 120_000);

  it('lets the seller do, not do and put off, and follows what the CRM was told', async () => {
    day = await works(walk, morning);
    expect(day.reason).not.toBe('');
  }, 120_000);

  it('reminds of what has its hour, and tells the head what was answered', async () => {
    await isReminded(walk);
    await headReads(walk, morning);
  }, 120_000);

  it('is closed by the seller in a few taps, and read by the head with its reasons', async () => {
    await walk.moveTo(1, '18:00');
    const silent = await closesDay(walk);
    await walk.moveTo(1, '19:00');
    await headReadsExceptions(walk, day, silent);
    await headReadsBook(walk, morning);
  }, 120_000);

  it('is part of the week that the head reviews on Monday', async () => {
    await walk.moveTo(7, '10:00');
    await reviewsWeek(walk);
  }, 120_000);
}

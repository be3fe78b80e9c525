import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame, Locator } from 'playwright-core';
import { until } from '../../support/until.js';
import { stumblings } from './axe.js';
import { alertsRoutes } from './mock-alerts.js';
import { dayRoutes } from './mock-day.js';
import { homeView } from './screens.js';
import type { Scene } from './mock-server.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 2600 } as const;

describe('test/e2e/widget/alerts', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'alerts'));
  }, 120_000);

  afterAll(() => stage?.close());

  async function open(routes: Scene['routes'], change: Partial<Scene> = {}): Promise<void> {
    stage.server.heard.length = 0;
    const now = Date.now();
    Object.assign(stage.server.scene, {
      ...sceneOf('en', 'alerts', now),
      home: homeView('en', now),
      routes,
      ...change,
    });
    shown = await stage.open({ height: 2700 }, PAGE);
    frame = shown.frame;
  }

  async function done(): Promise<void> {
    expect(shown.faults).toEqual([]);
    await shown.close();
  }

  const row = (title: string): Locator => frame.locator('.alert').filter({ hasText: title });
  const rows = (): Promise<number> => frame.locator('.alert').count();
  const named = (what: string, about: string): Locator =>
    row(about).getByRole('button', { name: new RegExp(`^${what} ?: ?${about}$`) });
  const sentTo = (path: RegExp): readonly unknown[] =>
    stage.server.heard
      .filter((call) => call.method !== 'GET' && path.test(call.path))
      .map((call) => call.body);
  const counter = (name: string): Locator =>
    frame.getByRole('button', { name: new RegExp(`^${name} ?\\d+$`) });

  it('says what it costs, who was told, what was done, and what comes next', async () => {
    await open(alertsRoutes('en', Date.now()));
    const stuck = row('Client 2');
    await stuck.waitFor();
    const text = await stuck.innerText();
    for (const said of ['1,200,000', '12 days longer than usual', 'told: Olga Smirnova', 'Went up: rung 1'])
      expect([said, text.includes(said)]).toEqual([said, true]);
    expect(await row('Client 3').innerText()).toMatch(/Acted on[\s\S]*a step was finished/);
    expect(await row('Dmitry Kovalev, Sales').innerText()).toContain('14 open deals worth');
    expect(await stumblings(frame)).toEqual([]);
    await done();
  }, 60_000);

  it('opens the plan in its place, and leads to the deal in the portal', async () => {
    await open(alertsRoutes('en', Date.now()));
    await named('Plan', 'Client 2').press('Enter');
    await row('Client 2').locator('details[open] .alert-steps li').first().waitFor();
    expect(await named('Plan', 'Client 2').getAttribute('aria-expanded')).toBe('true');
    expect(await stumblings(frame)).toEqual([]);
    const link = row('Client 2').getByRole('link', { name: /Open the deal/ });
    expect(await link.getAttribute('href')).toMatch(/\/crm\/deal\/details\/2\/$/);
    await done();
  }, 60_000);

  it('puts a deal off with a reason and a working day only, says that the head hears of it, and takes it back', async () => {
    const now = Date.now();
    const first = dayFrom(now, 5);
    const off = {
      from: dayFrom(now, 0),
      to: dayFrom(now, 366),
      off: [{ from: first, to: first, why: 'absent' }],
    };
    await open({ ...alertsRoutes('en', now), 'GET /api/day/off-days': () => off });
    const about = frame.locator('.alert').first();
    await about.getByRole('button', { name: /^Put off…/ }).press('Enter');
    await about.getByText('Put off 2 times already: the head hears of this one.').waitFor();
    await about.getByRole('button', { name: 'Put off', exact: true }).press('Enter');
    await about.getByText('Nothing is put off without a reason').waitFor();
    await about.getByText('Choose a working day.').waitFor();
    expect(sentTo(/snooze$/)).toEqual([]);
    expect(await stumblings(frame)).toEqual([]);
    const date = about.getByLabel('Another date');
    await date.fill(first);
    await about.getByText('falls into an absence').waitFor();
    await about.getByRole('button', { name: /^Take / }).press('Enter');
    await about.getByLabel('Reason').selectOption('budget');
    await about.getByRole('button', { name: 'Put off', exact: true }).press('Enter');
    await frame.getByText('Put off 3 times in this stage: the head hears of it.').waitFor();
    expect(sentTo(/snooze$/)).toEqual([{ until: dayFrom(now, 6), reasonKey: 'budget' }]);
    await until(async () => (await rows()) === 3, { what: 'the alert to leave' });
    await until(async () => (await focused()).includes('Client 2'), { what: 'focus on the next alert' });
    await frame.getByRole('button', { name: 'Undo' }).press('Enter');
    await until(async () => (await rows()) === 4, { what: 'the alert to come back' });
    await done();
  }, 60_000);

  it('keeps what was chosen and says why when the server refuses', async () => {
    await open(alertsRoutes('en', Date.now()));
    await named('Put off…', 'Client 2').press('Enter');
    await row('Client 2').getByRole('button', { name: 'Tomorrow' }).press('Enter');
    await row('Client 2').getByLabel('Reason').selectOption('holiday');
    stage.server.scene.writeErrors = [{ status: 404, code: 'not-found', message: 'There is no such alert.' }];
    await row('Client 2').getByRole('button', { name: 'Put off', exact: true }).press('Enter');
    await row('Client 2').getByText('There is no such alert.').waitFor();
    expect(await row('Client 2').getByLabel('Reason').inputValue()).toBe('holiday');
    await shown.close();
  }, 60_000);

  it('pushes the deal, or the seller whom it is about, once', async () => {
    await open(alertsRoutes('en', Date.now()));
    await frame.locator('.alert').first().getByRole('button', { name: /^Push/ }).press('Enter');
    await named('Push', 'Dmitry Kovalev, Sales').press('Enter');
    await named('Asked', 'Dmitry Kovalev, Sales').dispatchEvent('click');
    await named('Asked', 'Client 2').dispatchEvent('click');
    await until(() => sentTo(/pushes$/).length === 2, { what: 'both pushes' });
    expect(sentTo(/pushes$/)).toEqual([
      { target: { kind: 'deal', dealId: 'D_1' } },
      { target: { kind: 'seller', userId: '5' } },
    ]);
    await done();
  }, 60_000);

  it('narrows by a counter, by a rule, and shows all again', async () => {
    await open(alertsRoutes('en', Date.now()));
    await counter('Escalated').press('Enter');
    await until(async () => (await rows()) === 1, { what: 'the escalated one' });
    await counter('Escalated').press('Enter');
    await until(async () => (await rows()) === 4, { what: 'all of them' });
    await frame.getByRole('combobox', { name: 'Rule', exact: true }).selectOption('stuck');
    await until(async () => (await rows()) === 1, { what: 'those of the rule' });
    await counter('Acted on').press('Enter');
    await frame.getByText('Nothing fits this filter').waitFor();
    await frame.getByRole('button', { name: 'Show all' }).press('Enter');
    await until(async () => (await rows()) === 4, { what: 'all of them' });
    await done();
  }, 60_000);

  it('brings page after page, and keeps them when the list is asked for anew', async () => {
    await open(alertsRoutes('en', Date.now(), { pages: 3 }));
    await until(async () => (await rows()) === 5, { what: 'the first page' });
    await frame.getByRole('button', { name: 'Show more' }).press('Enter');
    await until(async () => (await rows()) === 10, { what: 'the second page' });
    await frame.getByRole('button', { name: 'Show more' }).press('Enter');
    await until(async () => (await rows()) === 15, { what: 'the last page' });
    expect(await frame.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    const before = stage.server.heard.length;
    await frame.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    await until(() => stage.server.heard.length > before, { what: 'another look' });
    await until(async () => (await rows()) === 15, { what: 'everything in its place' });
    await done();
  }, 60_000);

  it('offers a seller no push, and is reached from the own day', async () => {
    const now = Date.now();
    const scene = sceneOf('en', 'home', now);
    await open(
      { ...dayRoutes('en', now), ...alertsRoutes('en', now, { canPush: false }) },
      { boot: { ...scene.boot, user: { ...scene.boot.user, admin: false, head: false } } },
    );
    await frame.getByRole('button', { name: 'Alerts: 12, 3 not acted on' }).press('Enter');
    await frame.getByRole('heading', { name: 'Alerts', level: 1 }).waitFor();
    await row('Client 2').waitFor();
    expect(await frame.getByRole('button', { name: /^Push/ }).count()).toBe(0);
    expect(await frame.getByRole('button', { name: 'Rules' }).count()).toBe(0);
    await done();
  }, 60_000);

  async function focused(): Promise<string> {
    return frame.evaluate<string>('document.activeElement?.textContent ?? ""');
  }
});

/** A day so many days from now, where the person of the scenes is. */
function dayFrom(now: number, days: number): string {
  const how = { timeZone: 'Europe/Moscow', year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-CA', how).format(now + days * 86_400_000);
}

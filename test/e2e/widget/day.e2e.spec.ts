import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { stumblings } from './axe.js';
import { askedDay, dayRoutes, itemOf } from './mock-day.js';
import { exceptionsRoutes } from './mock-exceptions.js';
import type { Scene } from './mock-server.js';
import { homeView } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1500 } as const;

describe('test/e2e/widget/day', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'home'));
  }, 120_000);

  afterAll(() => stage?.close());

  async function open(screen: Scene['boot']['screen'], routes: Scene['routes']): Promise<void> {
    const now = Date.now();
    stage.server.heard.length = 0;
    Object.assign(stage.server.scene, { ...sceneOf('en', screen, now), home: homeView('en', now), routes });
    shown = await stage.open({ height: 1600 }, PAGE);
    frame = shown.frame;
  }

  async function done(): Promise<void> {
    expect(shown.faults).toEqual([]);
    await shown.close();
  }

  /** A button and what it is about, which only a screen reader tells. */
  const named = (what: string, about: string) =>
    frame.getByRole('button', { name: new RegExp(`^${what} ?: ?${about}$`) });
  const sentTo = (path: string) =>
    stage.server.heard.filter((call) => call.method !== 'GET' && call.path === path).map((call) => call.body);
  const row = (title: string) => frame.getByRole('listitem').filter({ hasText: title });
  const settled = (title: string) => frame.locator('.settled .settled-text').filter({ hasText: title });

  /** Three plain steps. */
  function plain(phase: 'day' | 'closing'): Scene['routes'] {
    const items = ['a', 'b', 'c'].map((id) => itemOf(id));
    return dayRoutes('en', Date.now(), { items, advice: [], prompts: [], phase });
  }

  it('answers a push in two taps, and the question is gone', async () => {
    await open('home', askedDay('en', Date.now()));
    await frame.getByRole('heading', { name: '1 question waits for your answer' }).waitFor();
    const question = frame.getByRole('group', { name: 'Answer: Send the offer' });
    await question.getByRole('button', { name: 'Will be done…' }).click();
    await question.getByRole('button', { name: 'Tomorrow' }).click();
    await question.waitFor({ state: 'detached' });
    expect(sentTo('/api/pushes/p1/answer')).toMatchObject([{ kind: 'willBeDone' }]);
    await done();
  }, 60_000);

  it('takes "not done" to a push with a reason only', async () => {
    await open('home', askedDay('en', Date.now()));
    const question = frame.getByRole('group', { name: 'Answer: Send the offer' });
    await question.getByRole('button', { name: /^Not done/ }).click();
    await question.getByRole('button', { name: 'Answer' }).click();
    expect(sentTo('/api/pushes/p1/answer')).toEqual([]);
    await question.getByLabel('Reason').selectOption('holiday');
    await question.getByRole('button', { name: 'Answer' }).click();
    await question.waitFor({ state: 'detached' });
    expect(sentTo('/api/pushes/p1/answer')).toEqual([
      { kind: 'notDone', reasonKey: 'holiday', reason: 'The client is on holiday' },
    ]);
    await done();
  }, 60_000);

  it('ticks a step in one press, hands the keyboard the next one, and takes it back', async () => {
    await open('home', plain('day'));
    await frame.getByText('0 of 3 settled').waitFor();
    await named('Done', 'Call a').press('Enter');
    await frame.getByText('1 of 3 settled').waitFor();
    expect(sentTo('/api/day/items/a')).toEqual([{ kind: 'done' }]);
    await until(async () => (await focused()).includes('Call b'), { what: 'focus on the next step' });
    await frame.getByText('Settled today: 1').click();
    await named('Reopen', 'Call a').click();
    await until(() => sentTo('/api/plan/D_a/steps/call~1/reopen').length === 1, {
      what: 'the step open again',
    });
    await done();
  }, 60_000);

  it('asks for the result that a step demands, and sends the number as a number', async () => {
    await open('home', dayRoutes('en', Date.now()));
    await row('Learn the client’s budget').getByRole('button', { name: /^Done/ }).click();
    const field = frame.getByRole('textbox', { name: 'Budget' });
    await field.fill('much');
    await field.press('Enter');
    await frame.getByText('A number is needed here').waitFor();
    expect(sentTo('/api/day/items/2')).toEqual([]);
    await field.fill('125 000');
    await field.press('Enter');
    await settled('Learn the client’s budget').waitFor({ state: 'attached' });
    expect(sentTo('/api/day/items/2')).toEqual([{ kind: 'done', result: '125000' }]);
    await done();
  }, 60_000);

  it('closes the day with three taps a step, and says what was left without a word', async () => {
    await open('home', plain('closing'));
    await named('Done', 'Call a').click();
    await settled('Call a').waitFor({ state: 'attached' });
    await named('Not done…', 'Call b').click();
    await row('Call b').getByRole('button', { name: 'No time left' }).click();
    await settled('Call b').waitFor({ state: 'attached' });
    await named('Move…', 'Call c').click();
    await row('Call c').getByRole('button', { name: 'Mon, Nov 30' }).click();
    await row('Call c').getByRole('button', { name: 'The client is on holiday' }).click();
    await settled('Call c').waitFor({ state: 'attached' });
    expect(sentTo('/api/day/items/b')).toEqual([{ kind: 'notDone', reasonKey: 'late' }]);
    expect(sentTo('/api/day/items/c')).toEqual([
      { kind: 'moved', until: '2026-11-30', reasonKey: 'holiday' },
    ]);
    await frame.getByRole('button', { name: 'Close the day' }).click();
    await frame.getByText('Closed at').waitFor();
    expect(await frame.getByRole('button', { name: /^Close the day/ }).count()).toBe(0);
    await done();
  }, 60_000);

  it('keeps the words and says why when the server refuses', async () => {
    await open('home', plain('day'));
    stage.server.scene.writeErrors = [{ status: 409, code: 'gone', message: 'The step is closed already.' }];
    await named('Not done…', 'Call a').click();
    await row('Call a').getByRole('button', { name: 'Answer', exact: true }).click();
    await row('Call a').getByText('at least 5 characters').waitFor();
    await row('Call a').getByLabel('Explanation').fill('The lawyer is ill');
    await row('Call a').getByRole('button', { name: 'Answer', exact: true }).click();
    await row('Call a').getByText('The step is closed already.').waitFor();
    expect(await row('Call a').getByLabel('Explanation').inputValue()).toBe('The lawyer is ill');
    await row('Call a').getByRole('button', { name: 'Answer', exact: true }).click();
    await settled('Call a').waitFor({ state: 'attached' });
    await shown.close();
  }, 60_000);

  it('lays a deal that stands too long aside on purpose', async () => {
    await open('home', dayRoutes('en', Date.now()));
    await named('Lower the priority', 'Machine tools').click();
    await frame.getByRole('heading', { name: 'Standing longer than usual' }).waitFor({ state: 'detached' });
    expect(sentTo('/api/day/prompts/D_9')).toEqual([{ action: 'lowerPriority' }]);
    await done();
  }, 60_000);

  it('asks nothing on a day off', async () => {
    const off = { why: 'dayOff', backOn: '2026-11-30' } as const;
    await open(
      'home',
      dayRoutes('en', Date.now(), { phase: 'off', off, items: [], advice: [], prompts: [] }),
    );
    await frame.getByRole('heading', { name: 'A day off' }).waitFor();
    await frame.getByText('Monday, November 30').waitFor();
    expect(await frame.getByText('All done for today').count()).toBe(0);
    await done();
  }, 60_000);

  it('shows the week against the one before, readable for everybody, and goes back through the weeks', async () => {
    await open('home', dayRoutes('en', Date.now()));
    await frame.getByRole('button', { name: 'Week', exact: true }).click();
    await frame.getByText('84 % of what was planned').waitFor();
    expect(await stumblings(frame)).toEqual([]);
    await frame.getByRole('button', { name: 'The week before' }).click();
    await frame.getByText(/November 9.+15/).waitFor();
    await done();
  }, 60_000);

  it('pushes a seller and a step from the exceptions, each once', async () => {
    await open('exceptions', exceptionsRoutes('en', Date.now()));
    await named('Push', 'Dmitry Kovalev').click();
    await named('Asked', 'Dmitry Kovalev').dispatchEvent('click');
    await named('Ask', 'Call the client').click();
    await named('Asked', 'Call the client').waitFor();
    await until(() => sentTo('/api/pushes').length === 2, { what: 'both pushes' });
    expect(sentTo('/api/pushes')).toEqual([
      { target: { kind: 'seller', userId: '5' } },
      { target: { kind: 'step', dealId: 'D_1', stepId: 'call~1' } },
    ]);
    await frame.getByText('With no task: 21').click();
    await frame.getByText('3 of 21 shown').waitFor();
    await done();
  }, 60_000);

  it('takes a push back with the reason when it is refused, and asks nothing about a day that is over', async () => {
    await open('exceptions', exceptionsRoutes('en', Date.now()));
    stage.server.scene.writeErrors = [{ status: 409, code: 'cool-down', message: 'Asked an hour ago.' }];
    await named('Push', 'Dmitry Kovalev').click();
    await frame.getByText('Asked an hour ago.').waitFor();
    await named('Push', 'Dmitry Kovalev').waitFor();
    await frame.getByRole('button', { name: 'The day before' }).click();
    await frame.getByRole('heading', { name: 'Dmitry Kovalev' }).waitFor();
    expect(await named('Push', 'Dmitry Kovalev').count()).toBe(0);
    await shown.close();
  }, 60_000);

  it('says that a page did not load, tries again, and brings it when it is there', async () => {
    await open('home', plain('day'));
    let gone = true;
    await shown.page.route(/assets\/exceptions-screen-/, (route) =>
      gone ? route.abort() : route.continue(),
    );
    await frame.getByRole('button', { name: 'Exceptions' }).click();
    await frame.getByText('A part of the page did not load').waitFor();
    await frame.getByRole('button', { name: 'Try again' }).click();
    await frame.getByText('It did not load again').waitFor();
    gone = false;
    stage.server.scene.routes = { ...plain('day'), ...exceptionsRoutes('en', Date.now()) };
    await frame.getByRole('button', { name: 'Reload' }).click();
    await frame.waitForSelector('main');
    await frame.getByRole('button', { name: 'Exceptions' }).click();
    await frame.getByText('31 of 38 done').waitFor();
    await shown.close();
  }, 60_000);

  it('says that a part of a page did not load', async () => {
    await open('home', plain('day'));
    await shown.page.route(/assets\/week-part-/, (route) => route.abort());
    await frame.getByRole('button', { name: 'Week', exact: true }).click();
    await frame.getByText('A part of the page did not load').waitFor();
    await frame.getByRole('button', { name: 'Try again' }).click();
    await frame.getByRole('button', { name: 'Reload' }).waitFor();
    await shown.close();
  }, 60_000);

  async function focused(): Promise<string> {
    return frame.evaluate<string>('document.activeElement?.textContent ?? ""');
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { askedEvening, exceptionsRoutes, rulesRoutes } from './mock-day.js';
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

  async function open(scene: Scene): Promise<void> {
    stage.server.heard.length = 0;
    Object.assign(stage.server.scene, scene);
    shown = await stage.open({ height: 1600 }, PAGE);
    frame = shown.frame;
  }

  async function done(): Promise<void> {
    expect(shown.faults).toEqual([]);
    await shown.close();
  }

  const sentTo = (path: string) =>
    stage.server.heard.filter((call) => call.method !== 'GET' && call.path === path).map((call) => call.body);

  async function evening(): Promise<void> {
    const now = Date.now();
    await open({ ...sceneOf('en', 'home', now), home: homeView('en', now), routes: askedEvening('en', now) });
    await frame.getByRole('heading', { name: '1 question waits for your answer' }).waitFor();
  }

  it('answers a push in two taps, and the question is gone', async () => {
    await evening();
    const question = frame.getByRole('group', { name: 'Answer: Send the offer' });
    await question.getByRole('button', { name: 'Will be done…' }).click();
    await question.getByRole('button', { name: 'Tomorrow' }).click();
    await question.waitFor({ state: 'detached' });
    expect(sentTo('/api/pushes/p1/answer')).toMatchObject([{ kind: 'willBeDone' }]);
    await done();
  }, 60_000);

  it('takes "not done" with a reason only', async () => {
    await evening();
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

  it('closes the day step by step', async () => {
    await evening();
    const closing = frame.getByRole('region', { name: 'Closing the day' });
    await closing.getByRole('button', { name: 'Close the day, 2 steps unanswered' }).waitFor();
    await closing.getByRole('button', { name: /^Done\s*: Call client 1/ }).click();
    const second = closing.getByRole('group', { name: 'Answer: Call client 2' });
    await second.getByRole('button', { name: /^Not done/ }).click();
    await second.getByLabel('Explanation').fill('The number is wrong');
    await second.getByRole('button', { name: 'Answer' }).click();
    await closing.getByText('The number is wrong').waitFor();
    await closing.getByRole('button', { name: /^Close the day$/ }).click();
    await frame.getByRole('heading', { name: 'The day is closed' }).waitFor();
    expect(sentTo('/api/day/closing')).toMatchObject([
      { dealId: 'D_1', kind: 'done' },
      { dealId: 'D_2', kind: 'notDone' },
    ]);
    await done();
  }, 60_000);

  it('shows the head who left what unexplained, day by day, and asks from there', async () => {
    await open({ ...sceneOf('en', 'exceptions'), routes: exceptionsRoutes('en') });
    await frame.getByText('2 steps unexplained, both with Dmitry Kovalev').waitFor();
    await frame.getByRole('button', { name: /^Ask\s*: Dmitry/ }).click();
    await frame.getByRole('button', { name: /^Asked/ }).waitFor();
    expect(sentTo('/api/pushes')).toEqual([{ target: { kind: 'seller', userId: '5' } }]);
    await frame.getByRole('button', { name: 'Previous day' }).click();
    await until(
      () =>
        new Set(stage.server.heard.filter((call) => call.path.includes('date=')).map((call) => call.path))
          .size === 2,
      { what: 'the day before' },
    );
    await done();
  }, 60_000);

  it('tries a rule on the past before it is turned on', async () => {
    await open({ ...sceneOf('en', 'rules'), routes: rulesRoutes('en') });
    await frame.getByText('Nobody acted on this rule').waitFor();
    await frame.getByRole('button', { name: /^Try on the past/ }).click();
    const dialog = frame.getByRole('dialog');
    await dialog.getByText('In 90 days there would have been 214 alerts.').waitFor();
    await dialog.getByRole('button', { name: 'Turn the rule on' }).click();
    await until(async () => (await dialog.count()) === 0, { what: 'the dialog to close' });
    expect(await frame.getByRole('switch', { name: 'Step overdue' }).isChecked()).toBe(true);
    await frame.getByRole('button', { name: /^Set up/ }).click();
    await frame.getByLabel('How to tell').selectOption('digest');
    await until(() => sentTo('/api/rules/r1').length === 2, { what: 'both changes' });
    expect(sentTo('/api/rules/r1')).toMatchObject([{ on: true }, { delivery: 'digest' }]);
    await done();
  }, 60_000);
});

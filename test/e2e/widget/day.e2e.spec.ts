import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { askedDay, rulesRoutes } from './mock-day.js';
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

  async function asked(): Promise<void> {
    const now = Date.now();
    await open({ ...sceneOf('en', 'home', now), home: homeView('en', now), routes: askedDay('en', now) });
    await frame.getByRole('heading', { name: '1 question waits for your answer' }).waitFor();
  }

  it('answers a push in two taps, and the question is gone', async () => {
    await asked();
    const question = frame.getByRole('group', { name: 'Answer: Send the offer' });
    await question.getByRole('button', { name: 'Will be done…' }).click();
    await question.getByRole('button', { name: 'Tomorrow' }).click();
    await question.waitFor({ state: 'detached' });
    expect(sentTo('/api/pushes/p1/answer')).toMatchObject([{ kind: 'willBeDone' }]);
    await done();
  }, 60_000);

  it('takes "not done" with a reason only', async () => {
    await asked();
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

  it('switches a rule on and sends it to the digest instead', async () => {
    await open({ ...sceneOf('en', 'rules'), routes: rulesRoutes('en') });
    await frame.getByText('Nobody acted on this rule').waitFor();
    await frame.getByRole('switch', { name: 'Step overdue' }).check();
    await until(() => sentTo('/api/rules/r1').length === 1, { what: 'the switch' });
    await frame.getByRole('button', { name: /^Set up/ }).click();
    await frame.getByLabel('How to tell').selectOption('digest');
    await until(() => sentTo('/api/rules/r1').length === 2, { what: 'both changes' });
    expect(sentTo('/api/rules/r1')).toMatchObject([{ on: true }, { delivery: 'digest' }]);
    await done();
  }, 60_000);
});

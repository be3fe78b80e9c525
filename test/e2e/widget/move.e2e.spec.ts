import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame, Locator } from 'playwright-core';
import type { DayPromptView } from '../../../src/features/pushing/day.view.js';
import { until } from '../../support/until.js';
import { stumblings } from './axe.js';
import { dayRoutes, itemOf } from './mock-day.js';
import type { Scene } from './mock-server.js';
import { homeView } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1500 } as const;

/** Its step is due another day. */
const PROMPT: DayPromptView = {
  dealId: 'D_9',
  dealTitle: 'Machine tools',
  dealPath: '/crm/deal/details/9/',
  stageName: 'Offer',
  text: 'You have stood on “Offer” for 12 days, usually 5.',
  actions: ['openDeal', 'moveDate', 'lowerPriority'],
  itemId: 'far',
  postponed: 2,
};

describe('test/e2e/widget/move', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'home'));
  }, 120_000);

  afterAll(() => stage?.close());

  async function open(routes: Scene['routes']): Promise<void> {
    const now = Date.now();
    stage.server.heard.length = 0;
    Object.assign(stage.server.scene, { ...sceneOf('en', 'home', now), home: homeView('en', now), routes });
    shown = await stage.open({ height: 1600 }, PAGE);
    frame = shown.frame;
  }

  const row = (title: string): Locator => frame.getByRole('listitem').filter({ hasText: title });
  const sentTo = (path: string): readonly unknown[] =>
    stage.server.heard
      .filter((call) => call.method === 'POST' && call.path === path)
      .map((call) => call.body);
  const aDay = (prompts: readonly DayPromptView[]): Scene['routes'] =>
    dayRoutes('en', Date.now(), { items: [itemOf('a')], advice: [], prompts });

  it('offers working days only, and says why a date is none', async () => {
    await open(aDay([]));
    await row('Call a')
      .getByRole('button', { name: /^Move…/ })
      .press('Enter');
    // The seller’s Monday: tomorrow, in two and three days, in a week, in two, and in a month are all worked.
    await row('Call a').getByRole('button', { name: 'Wed, Dec 23' }).waitFor();
    const date = row('Call a').getByLabel('Another date');
    expect([await date.getAttribute('min'), await date.getAttribute('max')]).toEqual([
      '2026-11-24',
      '2027-11-23',
    ]);
    await date.fill('2026-12-05');
    await row('Call a').getByText('is a day off').waitFor();
    await row('Call a').getByRole('button', { name: 'No time left' }).press('Enter');
    await row('Call a').getByText('Choose a working day.').waitFor();
    expect(sentTo('/api/day/items/a')).toEqual([]);
    expect(await stumblings(frame)).toEqual([]);
    await date.fill('2027-01-04');
    await row('Call a').getByText('is a public holiday').waitFor();
    await date.fill('2029-01-04');
    await row('Call a').getByText('not beyond').waitFor();
    await date.fill('2026-12-09');
    await row('Call a').getByRole('button', { name: 'No time left' }).press('Enter');
    await until(() => sentTo('/api/day/items/a').length === 1, { what: 'the move' });
    expect(sentTo('/api/day/items/a')).toEqual([{ kind: 'moved', until: '2026-12-09', reasonKey: 'late' }]);
    expect(shown.faults).toEqual([]);
    await shown.close();
  }, 60_000);

  it('moves the step of a prompt that is not for today, and says that the head hears of it', async () => {
    await open(aDay([PROMPT]));
    const prompt = row('Machine tools');
    await prompt.getByRole('button', { name: /^Move…/ }).press('Enter');
    await prompt.getByText('the head will hear of this one').first().waitFor();
    await prompt.getByLabel('Another date').fill('2026-11-28');
    await prompt.getByRole('button', { name: /^Take .*November 30/ }).press('Enter');
    await prompt.getByText('is a day off').waitFor({ state: 'detached' });
    stage.server.scene.writeErrors = [{ status: 409, code: 'gone', message: 'The step is closed already.' }];
    await prompt.getByRole('button', { name: 'The client is on holiday' }).press('Enter');
    await prompt.getByText('The step is closed already.').waitFor();
    await prompt.getByRole('button', { name: 'The client is on holiday' }).press('Enter');
    await prompt.getByLabel('Another date').waitFor({ state: 'detached' });
    const move = { kind: 'moved', until: '2026-11-30', reasonKey: 'holiday' };
    expect(sentTo('/api/day/items/far')).toEqual([move, move]);
    await shown.close();
  }, 60_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { until } from '../../support/until.js';
import { stumblings } from './axe.js';
import { reasonsRoutes } from './mock-reasons.js';
import { rulesRoutes } from './mock-rules.js';
import type { Scene } from './mock-server.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

const PAGE = { placement: 'DEFAULT', fixedHeight: 1700 } as const;

describe('test/e2e/widget/rules', () => {
  let stage: StageSet;
  let shown: Shown;
  let frame: Frame;

  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'rules'));
  }, 120_000);

  afterAll(() => stage?.close());

  async function open(screen: Scene['boot']['screen'], routes: Scene['routes']): Promise<void> {
    stage.server.heard.length = 0;
    Object.assign(stage.server.scene, { ...sceneOf('en', screen), routes });
    shown = await stage.open({ height: 1800 }, PAGE);
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

  it('shows what a rule would have said before it is switched on', async () => {
    await open('rules', rulesRoutes('en'));
    await frame.getByRole('switch', { name: 'Step overdue' }).click();
    const dialog = frame.getByRole('dialog');
    await dialog.getByText('214 alerts to nine people in 90 days').waitFor();
    expect(sentTo('/api/rules/r1')).toEqual([]);
    expect(await frame.getByRole('switch', { name: 'Step overdue' }).isChecked()).toBe(false);
    expect(await stumblings(frame)).toEqual([]);
    await dialog.getByRole('button', { name: 'Switch on' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(sentTo('/api/rules/r1')).toEqual([{ on: true }]);
    await until(() => frame.getByRole('switch', { name: 'Step overdue' }).isChecked(), {
      what: 'the switch',
    });
    await done();
  }, 60_000);

  it('switches off at once, and calls a demoted rule back', async () => {
    await open('rules', rulesRoutes('en'));
    await frame.getByRole('switch', { name: 'The top of the funnel is empty' }).click();
    await until(() => sentTo('/api/rules/r2').length === 1, { what: 'the switch' });
    const why = frame.getByText('of 40 instant alerts in a month 2 were acted on');
    await why.waitFor();
    await frame.getByText('The rule helps', { exact: true }).waitFor();
    await named('Tell at once again', 'Step overdue').click();
    await why.waitFor({ state: 'detached' });
    expect([...sentTo('/api/rules/r2'), ...sentTo('/api/rules/r1')]).toEqual([
      { on: false },
      { delivery: 'instant' },
    ]);
    await done();
  }, 60_000);

  it('sets whom a rule tells, how and when; sends nothing that it knows to be wrong', async () => {
    await open('rules', rulesRoutes('en'));
    await named('Set up', 'Step overdue').click();
    const after = frame.getByLabel('Overdue by');
    await after.fill('31');
    await frame.getByRole('button', { name: 'Save' }).first().click();
    await until(() => after.evaluate((field) => field === field.ownerDocument.activeElement), {
      what: 'focus on the wrong number',
    });
    expect(sentTo('/api/rules/r1')).toEqual([]);
    await after.fill('2,5');
    await frame.getByRole('checkbox', { name: 'The head' }).check();
    await frame.getByLabel('Somebody else…').selectOption('user:6');
    await frame.getByLabel('How to tell').selectOption('instant');
    await frame.getByRole('combobox', { name: 'When', exact: true }).selectOption('always');
    await frame.getByRole('button', { name: 'Add a rung' }).click();
    await frame.getByRole('group', { name: 'Rung 2' }).getByLabel('To whom').selectOption('productManager');
    expect(await frame.getByRole('checkbox', { name: 'E-mail', exact: true }).isDisabled()).toBe(true);
    expect(await stumblings(frame)).toEqual([]);
    await frame.getByRole('button', { name: 'Save' }).first().click();
    await until(() => sentTo('/api/rules/r1').length === 1, { what: 'the change' });
    expect(sentTo('/api/rules/r1')).toEqual([
      {
        parameters: { after: 2.5 },
        recipients: ['seller', 'head', { userId: '6' }],
        channels: ['host'],
        delivery: 'instant',
        hours: 'always',
        escalation: [
          { after: 2, unit: 'workingDays', to: 'head' },
          { after: 1, unit: 'workingDays', to: 'productManager' },
        ],
      },
    ]);
    await done();
  }, 60_000);

  it('sets the times of the day and the budget', async () => {
    await open('rules', rulesRoutes('en'));
    await frame.getByRole('switch', { name: /^Send lists/ }).check();
    await until(() => sentTo('/api/day/settings').length === 1, { what: 'the switch' });
    await frame.getByLabel('Evening closing').fill('25:00');
    const day = frame.getByRole('region', { name: 'The cycle of the day' });
    await day.getByRole('button', { name: 'Save' }).click();
    await frame.getByText('Times look like 09:00').waitFor();
    await frame.getByLabel('Evening closing').fill('17.30');
    await day.getByRole('button', { name: 'Save' }).click();
    await day.getByText('Saved').waitFor();
    expect(sentTo('/api/day/settings').at(-1)).toMatchObject({ cycleOn: true, closingAt: '17:30' });
    await frame.getByLabel('Instant alerts for one person in a day').fill('3');
    const amounts = frame.getByRole('region', { name: 'How much to tell' });
    await amounts.getByRole('button', { name: 'Save' }).click();
    await amounts.getByText('Saved').waitFor();
    expect(sentTo('/api/rules')).toEqual([{ budgetPerDay: 3, heldOutShare: 0.1 }]);
    await frame.getByRole('button', { name: /^Take 3 rules/ }).click();
    await frame.getByText('Switched on').waitFor();
    await done();
  }, 60_000);

  it('opens the deals behind a reason, by whatever the report is cut', async () => {
    await open('reasons', reasonsRoutes('en'));
    await named('Steps not done: 40', 'The client does not answer').click();
    const dialog = frame.getByRole('dialog');
    await dialog.getByText('Three calls, no answer').waitFor();
    expect(await stumblings(frame)).toEqual([]);
    await dialog.getByRole('button', { name: '1 more' }).click();
    await dialog.getByText('Client 3').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await frame.getByRole('button', { name: 'Seller' }).click();
    await named('50', 'Anna Lebedeva, The client does not answer').click();
    await until(() => asked('/api/reasons/deals', { by: 'seller', group: 'a', reason: 'silent' }), {
      what: 'the deals of the seller',
    });
    await done();
  }, 60_000);

  /** Whether an address with these parameters, among others, was read. */
  function asked(path: string, parameters: Readonly<Record<string, string>>): boolean {
    return stage.server.heard.some((call) => {
      const url = new URL(call.path, 'http://mock');
      return (
        url.pathname === path &&
        Object.entries(parameters).every(([name, value]) => url.searchParams.get(name) === value)
      );
    });
  }
});

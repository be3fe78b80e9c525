import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Heard } from './mock-server.js';
import { sceneIn, screenStates, type ScreenState } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

describe('test/e2e/widget/plan-orders', () => {
  let stage: StageSet;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('en'));
  }, 120_000);
  afterAll(() => stage.close());
  beforeEach(() => {
    Object.assign(stage.server.scene, sceneOf('en'));
    stage.server.heard.length = 0;
  });

  const card = (shown: Shown) => shown.frame.locator('.now');
  const writes = (): readonly Heard[] => stage.server.heard.filter((call) => call.method === 'POST');

  function stateOf(name: string): ScreenState {
    const state = screenStates.find((one) => one.name === name);
    if (!state) throw new Error(`no such state: ${name}`);
    return state;
  }

  async function opened(): Promise<Shown> {
    const shown = await stage.open();
    await card(shown).getByText('Call and arrange a meeting').waitFor();
    await shown.frame.locator('.look').waitFor();
    return shown;
  }

  const choices = {
    reasons: [{ key: 'price', name: 'Dear', cause: 'client' }],
    people: [{ id: '8', name: 'John Brown' }],
  };

  it('sends the key of a reason of the company’s own list, however short its name', async () => {
    stage.server.scene.routes = { 'GET /api/plan/:deal/choices': () => choices };
    const shown = await opened();
    await card(shown).getByRole('button', { name: 'Not possible…' }).click();
    const dialog = shown.frame.getByRole('dialog');
    await dialog.getByLabel('Reason').selectOption('Dear');
    await dialog.getByRole('button', { name: 'Save the reason' }).click();
    await shown.frame.getByRole('button', { name: 'Undo' }).waitFor();
    expect(writes()[0]?.body).toEqual({ cause: 'client', reason: 'Dear', reasonKey: 'price' });
    await shown.close();
  });

  it('moves a deadline to no day without work: says why, and offers the next working one', async () => {
    Object.assign(stage.server.scene, sceneIn(stateOf('plan-repeated'), 'en'));
    stage.server.scene.routes = {
      'GET /api/plan/:deal/choices': () => choices,
      'GET /api/day/off-days': () => ({
        from: '2026-01-01',
        to: '2099-01-01',
        off: [{ from: '2098-12-31', to: '2099-01-01', why: 'holiday' }],
      }),
    };
    const shown = await opened();
    const shift = card(shown).locator('details', { hasText: 'Move the deadline or hand over' });
    await shift.locator('summary').press('Enter');
    await shift.getByLabel('Why we move it').fill('The client asked for it');
    await shift.getByRole('combobox').first().selectOption('date');
    await shift.locator('input[type=date]').fill('2098-12-31');
    await shift.getByText('is a public holiday').waitFor();
    await shift.getByRole('button', { name: 'Move', exact: true }).press('Enter');
    await shift.getByRole('button', { name: /^Take .*January 2.* 2099/ }).press('Enter');
    await shift.getByText('is a public holiday').waitFor({ state: 'detached' });
    expect(writes()).toEqual([]);
    await shift.getByRole('button', { name: 'Move', exact: true }).press('Enter');
    await shift.getByLabel('Why we move it').waitFor({ state: 'hidden' });
    expect(writes().map((call) => (call.body as { dueAt: string }).dueAt.slice(0, 10))).toEqual([
      '2099-01-02',
    ]);
    await shown.close();
  });

  it('moves a deadline with a reason and hands a step over', async () => {
    Object.assign(stage.server.scene, sceneIn(stateOf('plan-repeated'), 'en'));
    stage.server.scene.routes = { 'GET /api/plan/:deal/choices': () => choices };
    const shown = await opened();
    const shift = card(shown).locator('details', { hasText: 'Move the deadline or hand over' });
    await shift.locator('summary').click();
    await shift.getByRole('button', { name: 'Move', exact: true }).click();
    await shift.getByRole('alert').waitFor();
    expect(writes()).toEqual([]);
    await shift.getByLabel('Why we move it').fill('The client asked for it');
    await shift.getByRole('button', { name: 'Move', exact: true }).click();
    await shift.getByLabel('Why we move it').waitFor({ state: 'hidden' });
    await shift.locator('summary').click();
    await shift.getByLabel('Hand over to').selectOption('John Brown');
    await shift.getByRole('button', { name: 'Hand over', exact: true }).click();
    await shift.getByLabel('Hand over to').waitFor({ state: 'hidden' });
    expect(writes().map(({ path, body }) => ({ path, body }))).toEqual([
      {
        path: '/api/plan/57/steps/call~1/reschedule',
        body: { dueAt: expect.stringMatching(/^\d{4}-.*Z$/), reason: 'The client asked for it' },
      },
      { path: '/api/plan/57/steps/call~1/reassign', body: { userId: '8' } },
    ]);
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('pauses a plan until the client’s date and resumes it', async () => {
    const { plan: paused } = sceneIn(stateOf('plan-paused'), 'en');
    const { plan: running } = sceneIn(stateOf('plan-repeated'), 'en');
    const later = (view: typeof paused, revision: number) => ({
      plan: { ...view, plan: view.plan && { ...view.plan, revision } },
      undo: null,
    });
    stage.server.scene.plan = running;
    stage.server.scene.routes = {
      'POST /api/plan/:deal/pause': () => later(paused, 8),
      'POST /api/plan/:deal/resume': () => later(running, 9),
    };
    const shown = await opened();
    await shown.frame.getByText('Pause the plan').click();
    await shown.frame.getByLabel('Why we wait').fill('On holiday');
    await shown.frame.getByRole('button', { name: 'Pause', exact: true }).click();
    await shown.frame.getByText('It goes on').waitFor();
    expect(writes()[0]?.body).toEqual({ until: null, follows: 'clientDate', reason: 'On holiday' });
    await shown.frame.getByRole('button', { name: 'Resume' }).click();
    await card(shown).getByText('Call and arrange a meeting').waitFor();
    expect(writes().map((call) => call.path)).toEqual(['/api/plan/57/pause', '/api/plan/57/resume']);
    await shown.close();
  });
});

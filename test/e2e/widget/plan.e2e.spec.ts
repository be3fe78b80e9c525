import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HOSTILE_TITLE, hoursFrom, planView, step } from './fixtures.js';
import type { Heard } from './mock-server.js';
import { sceneIn, screenStates } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';
import { atRest } from './stand.js';

describe('test/e2e/widget/plan', () => {
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

  async function opened(): Promise<Shown> {
    const shown = await stage.open();
    await card(shown).getByText('Call and arrange a meeting').waitFor();
    await shown.frame.locator('.look').waitFor();
    return shown;
  }

  it('closes a step with one click at once and takes it back with another', async () => {
    const shown = await opened();
    stage.server.scene.delayMs = 2_000;
    await card(shown).getByRole('button', { name: 'Done', exact: true }).click();
    // Before the server has answered.
    await shown.frame.getByText('2 of 11 done').waitFor({ timeout: 1_500 });
    await card(shown).getByText('Send the material').waitFor();
    stage.server.scene.delayMs = 0;
    await shown.frame.getByRole('button', { name: 'Undo' }).click();
    await card(shown).getByText('Call and arrange a meeting').waitFor();
    expect(writes().map((call) => call.path)).toEqual([
      '/api/plan/57/steps/call~1/done',
      '/api/plan/57/undo',
    ]);
    expect(new Set(writes().map((call) => call.key)).size).toBe(2);
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('does one step for a double click', async () => {
    const shown = await opened();
    await card(shown).getByRole('button', { name: 'Done', exact: true }).dblclick();
    await shown.frame.getByText('2 of 11 done').waitFor();
    await shown.page.waitForTimeout(200);
    expect(writes()).toHaveLength(1);
    await shown.close();
  });

  it('repeats a write that a broken connection lost, under the same key', async () => {
    const shown = await opened();
    stage.server.scene.writeErrors = ['drop', { status: 503, code: 'busy' }];
    await card(shown).getByRole('button', { name: 'Done', exact: true }).click();
    await shown.frame.getByRole('button', { name: 'Undo' }).waitFor({ timeout: 15_000 });
    expect(writes()).toHaveLength(3);
    expect(new Set(writes().map((call) => call.key)).size).toBe(1);
    await shown.close();
  });

  it('puts the step back and says why when the server refuses', async () => {
    const shown = await opened();
    stage.server.scene.writeErrors = [
      { status: 409, code: 'stale', message: 'John has closed this step already.' },
    ];
    await card(shown).getByRole('button', { name: 'Done', exact: true }).click();
    const alert = shown.frame.getByRole('alert');
    await alert.getByText('John has closed this step already.').waitFor();
    await alert.getByText('req-0042').waitFor();
    await card(shown).getByText('Call and arrange a meeting').waitFor();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await shown.frame.getByText('2 of 11 done').waitFor();
    await shown.close();
  });

  it('asks for a reason, keeps what was typed, and sends it', async () => {
    const shown = await opened();
    const skip = card(shown).getByRole('button', { name: 'Skip…' });
    await skip.click();
    const dialog = shown.frame.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Skip the step' }).click();
    await dialog.getByText('at least 5 characters').waitFor();
    await dialog.getByLabel('Comment').fill('The client knows us');
    await shown.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await shown.frame.evaluate('document.activeElement.textContent.trim()')).toBe('Skip…');
    await skip.click();
    expect(await dialog.getByLabel('Comment').inputValue()).toBe('The client knows us');
    await dialog.getByLabel('Reason').selectOption('Not needed for this deal');
    await dialog.getByRole('button', { name: 'Skip the step' }).click();
    await shown.frame.getByText('Skipped: “Call').first().waitFor();
    expect(writes()[0]?.body).toEqual({ reason: 'Not needed for this deal: The client knows us' });
    await shown.close();
  });

  it('tells the client’s refusal from our own omission', async () => {
    const shown = await opened();
    await card(shown).getByRole('button', { name: 'Not possible…' }).click();
    const dialog = shown.frame.getByRole('dialog');
    await dialog.getByLabel('Our own omission').check();
    await dialog.getByLabel('Reason').selectOption('We did not make it in time');
    await dialog.getByRole('button', { name: 'Save the reason' }).click();
    await shown.frame.getByRole('button', { name: 'Undo' }).waitFor();
    expect(writes()[0]?.path).toBe('/api/plan/57/steps/call~1/fail');
    expect(writes()[0]?.body).toEqual({ cause: 'omission', reason: 'We did not make it in time' });
    await shown.close();
  });

  it('asks for the result that a step demands and refuses what is no number', async () => {
    const shown = await opened();
    await shown.frame.getByRole('button', { name: 'Done: Client’s budget' }).click();
    const dialog = shown.frame.getByRole('dialog');
    await dialog.getByLabel('Client’s budget').fill('much');
    await dialog.getByRole('button', { name: 'Done', exact: true }).click();
    await dialog.getByText('A number is needed here').waitFor();
    await dialog.getByLabel('Client’s budget').fill('1 250 000,5');
    await dialog.getByRole('button', { name: 'Done', exact: true }).click();
    await shown.frame.getByText('Result: 1250000.5').waitFor();
    await shown.close();
  });

  it('shows what somebody else has changed, without taking the focus away', async () => {
    const shown = await opened();
    const details = shown.frame.getByRole('button', { name: 'Done: Send the material' });
    await details.focus();
    await shown.frame.waitForFunction(
      `document.querySelector('.fresh').textContent.includes('Updates at once')`,
    );
    const { plan, stages } = stage.server.scene.plan;
    if (!plan) throw new Error('the fixture has a plan');
    stage.server.scene.plan = {
      ...stage.server.scene.plan,
      plan: { ...plan, revision: 8 },
      nextStepIds: ['late~1', 'budget~1'],
      stages: stages.map((one) => ({
        ...one,
        steps: one.steps.map((item) => (item.id === 'call~1' ? { ...item, state: 'done' as const } : item)),
      })),
    };
    stage.server.push('plan', { revision: 8 });
    await card(shown).getByText('Send the material').waitFor({ timeout: 6_000 });
    await shown.frame.getByText('Changed').first().waitFor();
    await shown.frame.locator('[aria-live=polite]').getByText('1 step changed').waitFor();
    expect(await shown.frame.evaluate('document.activeElement.getAttribute("aria-label")')).toContain(
      'Send the material',
    );
    await shown.close();
  });

  it('reconnects a broken stream by itself and catches up with what it has missed', async () => {
    const shown = await opened();
    await shown.frame.waitForFunction(
      `document.querySelector('.fresh').textContent.includes('Updates at once')`,
    );
    const { plan } = stage.server.scene.plan;
    if (!plan) throw new Error('the fixture has a plan');
    stage.server.scene.plan = { ...stage.server.scene.plan, plan: { ...plan, revision: 9, doneCount: 5 } };
    stage.server.cutStreams();
    await shown.frame.getByText('5 of 11 done').waitFor({ timeout: 8_000 });
    await shown.close();
  });

  it('reads a hostile title and never runs it', async () => {
    const now = Date.now();
    const view = planView('en', now);
    stage.server.scene.plan = {
      ...view,
      nextStepIds: ['evil~1'],
      stages: view.stages.map((one) =>
        one.position === 'current'
          ? {
              ...one,
              name: HOSTILE_TITLE,
              steps: [
                step('evil', {
                  title: HOSTILE_TITLE,
                  goal: HOSTILE_TITLE,
                  because: HOSTILE_TITLE,
                  dueAt: hoursFrom(now, 1),
                  hostTaskPath: 'javascript:alert(1)',
                }),
              ],
            }
          : one,
      ),
    };
    const shown = await stage.open();
    await card(shown).getByText('<img src=x').first().waitFor();
    expect(await shown.frame.evaluate('window.__hacked')).toBeUndefined();
    expect(await shown.frame.locator('a[href^="javascript"]').count()).toBe(0);
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('starts a plan on a deal without one and lets the card reload', async () => {
    const state = screenStates.find((one) => one.name === 'plan-launch');
    if (!state) throw new Error('no such state');
    Object.assign(stage.server.scene, sceneIn(state, 'en'));
    const shown = await stage.open();
    await shown.frame.getByLabel('Plan template').selectOption({ index: 1 });
    stage.server.scene.plan = planView('en', Date.now());
    await shown.frame.getByRole('button', { name: 'Create the plan' }).click();
    await card(shown).getByText('Call and arrange').waitFor();
    expect(writes()[0]?.body).toEqual({ templateId: 't2' });
    await shown.page.waitForFunction(`window.__log.some((one) => one.method === 'reloadData')`);
    await shown.close();
  });

  it('walks through a step by keyboard alone', async () => {
    const shown = await opened();
    await shown.frame.locator('h1').focus();
    const names: string[] = [];
    for (let press = 0; press < 5; press += 1) {
      await shown.page.keyboard.press('Tab');
      names.push(await shown.frame.evaluate<string>('document.activeElement.textContent.trim()'));
    }
    expect(names).toEqual(['Details', 'Done', 'Skip…', 'Not possible…', 'Task in the CRM']);
    await shown.page.keyboard.press('Shift+Tab');
    await shown.page.keyboard.press('Shift+Tab');
    await shown.page.keyboard.press('Enter');
    const dialog = shown.frame.getByRole('dialog');
    await dialog.waitFor();
    expect(await shown.frame.evaluate('document.activeElement.tagName')).toBe('SELECT');
    await shown.page.keyboard.press('ArrowDown');
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.press('Tab');
    await shown.page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await shown.frame.getByRole('button', { name: 'Undo' }).waitFor();
    expect(writes()[0]?.body).toEqual({ reason: 'Already done before' });
    await shown.close();
  });

  it('follows the person’s zone, not the browser’s', async () => {
    const now = Date.UTC(2026, 10, 20, 20, 30);
    stage.server.scene.plan = { ...planView('en', now), now: new Date(now).toISOString() };
    const shown = await stage.open();
    // 23:30 on Friday in Moscow, 05:30 on Saturday in the browser's Tokyo.
    await card(shown).getByText('Due: tomorrow, 02:30 AM').waitFor();
    await shown.close();
  });

  it('keeps the choice of theme on the server', async () => {
    const shown = await opened();
    await atRest(shown.frame);
    await shown.frame.getByText('Appearance').click();
    await shown.frame.getByLabel('Theme').selectOption('dark');
    expect(await shown.frame.evaluate('getComputedStyle(document.documentElement).colorScheme')).toBe('dark');
    await shown.frame.getByLabel('Language').selectOption('ru');
    await card(shown).getByText('Можно делать').waitFor();
    await shown.page.waitForTimeout(200);
    expect(stage.server.heard.filter((call) => call.method === 'PUT').map((call) => call.body)).toEqual([
      { theme: 'dark' },
      { language: 'ru' },
    ]);
    await shown.close();
  });
});

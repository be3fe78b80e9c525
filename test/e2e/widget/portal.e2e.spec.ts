import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';

describe('test/e2e/widget/portal', () => {
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

  async function opened(): Promise<Shown> {
    const shown = await stage.open();
    await card(shown).getByText('Call and arrange a meeting').waitFor();
    await shown.frame.locator('.look').waitFor();
    return shown;
  }

  it('renews an expired session through the portal and goes on', async () => {
    const shown = await opened();
    stage.server.scene.sessions.clear();
    await card(shown).getByRole('button', { name: 'Done', exact: true }).click();
    await shown.frame.getByText('2 of 11 done').waitFor();
    await shown.frame.getByRole('button', { name: 'Undo' }).waitFor();
    const renewal = stage.server.heard.find((call) => call.path === '/api/session');
    expect(renewal?.body).toMatchObject({
      host: 'bitrix24',
      form: { AUTH_ID: 'token-2', member_id: 'm1', PLACEMENT: 'CRM_DEAL_DETAIL_TAB' },
    });
    await shown.close();
  });

  it('says that the session is over when the portal gives no token', async () => {
    Object.assign(stage.server.scene, { sessions: new Set(), hostToken: 'another' });
    const shown = await stage.open();
    await shown.frame
      .getByText('Reload the CRM’s page')
      .or(shown.frame.getByText("Reload the CRM's page"))
      .first()
      .waitFor();
    await shown.close();
  });

  it('opens the task in the portal’s slider and reads the plan again when it closes', async () => {
    const shown = await opened();
    await card(shown).getByRole('link', { name: 'Task in the CRM' }).click();
    await shown.page.waitForFunction('window.__sliders.length === 1');
    expect(await shown.page.evaluate('window.__sliders[0].path')).toContain(
      '/company/personal/user/3/tasks/task/view/41/',
    );
    stage.server.heard.length = 0;
    await shown.page.evaluate('window.__sliders[0].close()');
    await shown.page.waitForTimeout(500);
    expect(stage.server.heard.some((call) => call.path === '/api/plan/57')).toBe(true);
    await shown.close();
  });

  it('grows the frame with its content', async () => {
    const shown = await opened();
    await shown.page.waitForFunction(`document.getElementById('layout').offsetHeight > 600`);
    const inner = await shown.frame.evaluate<number>(`document.getElementById('app').offsetHeight`);
    expect(
      await shown.page.evaluate(`document.getElementById('layout').offsetHeight`),
    ).toBeGreaterThanOrEqual(inner - 3);
    await shown.close();
  });

  it('works in a portal that answers nothing', async () => {
    const shown = await stage.open({}, { silent: ['getInitData'] });
    await card(shown).getByRole('button', { name: 'Done', exact: true }).click();
    await shown.frame.getByText('2 of 11 done').waitFor();
    expect(shown.faults).toEqual([]);
    await shown.close();
  });

  it('says so on a page opened outside any portal', async () => {
    const page = await stage.browser.newPage({ locale: 'en-GB' });
    await page.goto(`${stage.server.origin}/bare`);
    await page.getByText('This page works inside the CRM').waitFor();
    await page.close();
  });
});

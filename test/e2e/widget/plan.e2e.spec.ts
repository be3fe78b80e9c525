import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildStage, sceneOf, type StageSet } from './stage-set.js';

describe('test/e2e/widget/plan', () => {
  let stage: StageSet;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('ru'));
  }, 120_000);
  afterAll(() => stage.close());

  it('shows the next step of the deal in the portal’s frame', async () => {
    const shown = await stage.open();
    await shown.frame.getByText('Что сейчас').waitFor();
    await shown.page.screenshot({ path: '/tmp/w1.png', fullPage: true });
    await shown.page.waitForTimeout(1500);
    await shown.page.screenshot({ path: '/tmp/w2.png', fullPage: true });
    expect(shown.faults).toEqual([]);
    console.log(await shown.page.evaluate('JSON.stringify(window.__log)'), [...shown.hosts]);
    await shown.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stumblings } from './axe.js';
import { sceneIn, screenStates } from './screens.js';
import { buildStage, sceneOf, type StageSet } from './stage-set.js';

/** Wide pages in the light, narrow ones in the dark and the other way round: every value of each meets every other once. */
const looks = [
  { language: 'ru', theme: 'light', width: 360 },
  { language: 'ru', theme: 'dark', width: 1200 },
  { language: 'en', theme: 'dark', width: 360 },
  { language: 'en', theme: 'light', width: 1200 },
] as const;

describe('test/e2e/widget/screens', () => {
  let stage: StageSet;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('ru'));
  }, 120_000);
  afterAll(() => stage.close());

  for (const state of screenStates) {
    it(`shows ${state.name} readable for everybody, in every look`, async () => {
      for (const { language, theme, width } of looks) {
        Object.assign(stage.server.scene, sceneIn(state, language));
        const shown = await stage.open({ width, theme }, state.portal);
        await shown.frame.getByText(state.sign[language]).first().waitFor();
        const refused = stage.server.scene.readError !== null;
        expect(await stumblings(shown.frame)).toEqual([]);
        expect(
          await shown.frame.evaluate('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
        // The browser itself notes an answer that the scene refuses on purpose.
        expect(
          shown.faults.filter((fault) => !(refused && fault.includes('Failed to load resource'))),
        ).toEqual([]);
        expect([...shown.hosts].sort()).toEqual(['app.localhost', 'portal.localhost']);
        await shown.close();
      }
    }, 60_000);
  }

  it('fits a column of 320 px and a page of 1,600', async () => {
    for (const state of screenStates.filter((one) =>
      ['plan', 'home', 'settings', 'panel', 'insight', 'diagnosis'].includes(one.name),
    )) {
      Object.assign(stage.server.scene, sceneIn(state, 'ru'));
      for (const width of [320, 1600]) {
        const shown = await stage.open({ width }, state.portal);
        await shown.frame.getByText(state.sign.ru).first().waitFor();
        expect(
          await shown.frame.evaluate('document.documentElement.scrollWidth - innerWidth'),
        ).toBeLessThanOrEqual(0);
        await shown.close();
      }
    }
  }, 60_000);

  it('gives every control a target of at least 32 px', async () => {
    for (const state of screenStates.filter((one) =>
      ['plan', 'settings', 'home', 'panel', 'insight', 'diagnosis'].includes(one.name),
    )) {
      Object.assign(stage.server.scene, sceneIn(state, 'en'));
      const shown = await stage.open({ width: 360 }, state.portal);
      await shown.frame.getByText(state.sign.en).first().waitFor();
      const small = await shown.frame
        .evaluate(`[...document.querySelectorAll('button, a, summary, select, label.choice')]
        .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
        .filter(([, height]) => height < 32)`);
      expect(small).toEqual([]);
      await shown.close();
    }
  }, 60_000);
});

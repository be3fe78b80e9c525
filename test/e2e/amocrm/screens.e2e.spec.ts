import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { stumblings } from '../widget/axe.js';
import { sceneIn, screenStates, type ScreenState } from '../widget/screens.js';
import { sceneOf } from '../widget/stage-set.js';
import type { AccountOptions } from './fake-account.js';
import { buildAccountStage, type AccountStage } from './stage.js';

/** The card's column, a dialog of the settings and a whole page, in both colours and languages. */
const looks = [
  { language: 'ru', theme: 'light', widthPx: 300 },
  { language: 'en', theme: 'dark', widthPx: 300 },
  { language: 'en', theme: 'light', widthPx: 360 },
  { language: 'ru', theme: 'dark', widthPx: 1200 },
] as const;

/** Where the account shows a screen; the app's own pages stand where its menu does. */
const AREAS: Readonly<Partial<Record<ScreenState['screen'], AccountOptions['area']>>> = {
  plan: 'lcard',
  install: 'settings',
};

describe('test/e2e/amocrm/screens', () => {
  let stage: AccountStage;
  beforeAll(async () => {
    stage = await buildAccountStage(sceneOf('ru'));
  }, 120_000);
  afterAll(() => stage?.close());

  for (const state of screenStates) {
    it(`shows ${state.name} readable for everybody, in every look of the host`, async () => {
      for (const { language, theme, widthPx } of looks) {
        Object.assign(stage.server.scene, sceneIn(state, language));
        const shown = await stage.open({ width: 1280, theme }, { ...placeOf(state), language, widthPx });
        await shown.frame.getByText(state.sign[language]).first().waitFor();
        expect(await stumblings(shown.frame)).toEqual([]);
        expect(await overflow(shown.frame)).toBeLessThanOrEqual(0);
        const refused = stage.server.scene.readError !== null;
        // The browser itself notes an answer that the scene refuses on purpose.
        expect(
          shown.faults.filter((fault) => !(refused && fault.includes('Failed to load resource'))),
        ).toEqual([]);
        await shown.close();
      }
    }, 60_000);
  }

  it('takes its colours from the page around it, not from the system', async () => {
    const pages: readonly (readonly ['light' | 'dark', boolean])[] = [
      ['dark', false],
      ['light', true],
    ];
    const grounds: string[] = [];
    for (const [theme, dark] of pages) {
      Object.assign(stage.server.scene, sceneOf('ru'));
      const shown = await stage.open({ theme }, { dark });
      await shown.frame.waitForSelector('main');
      grounds.push(
        await shown.frame.evaluate<string>('getComputedStyle(document.documentElement).colorScheme'),
      );
      await shown.close();
    }
    expect(grounds).toEqual(['light', 'dark']);
  });
});

function placeOf(state: ScreenState): AccountOptions {
  return { area: AREAS[state.screen] ?? 'advanced_settings' };
}

function overflow(frame: Frame): Promise<number> {
  return frame.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { stumblings } from '../widget/axe.js';
import { sceneIn, screenStates, type ScreenState } from '../widget/screens.js';
import { sceneOf } from '../widget/stage-set.js';
import { fitted, type Shown, type Stand } from '../widget/stand.js';
import type { AccountOptions } from './fake-account.js';
import { buildAccountStage, type AccountStage } from './stage.js';

/** The card's column, a dialog of the settings and a whole page. */
const WIDTHS = [300, 360, 1200] as const;

/** Where the account shows a screen; the app's own pages stand where its menu does. */
const AREAS: Readonly<Partial<Record<ScreenState['screen'], AccountOptions['area']>>> = {
  plan: 'lcard',
  install: 'settings',
};

describe('test/e2e/amocrm/screens', () => {
  let stage: AccountStage;
  let stand: Stand<AccountOptions>;
  beforeAll(async () => {
    stage = await buildAccountStage(sceneOf('ru'));
    stand = await stage.stand({ width: 1280 });
  }, 120_000);
  afterAll(() => stage?.close());

  it.each(screenStates.map((state, index) => ({ ...state, index })))(
    'shows $name readable for everybody, in both languages and colours of the host, at every width',
    async ({ index, ...state }) => {
      // The languages change places with those of the other host's screens.
      const aloud = index % 2 === 0 ? 'en' : 'ru';
      for (const language of ['ru', 'en'] as const) {
        const shown = await show(state, language);
        for (const widthPx of WIDTHS) {
          await widen(shown, widthPx);
          expect([widthPx, await overflow(shown.frame)]).toEqual([widthPx, 0]);
        }
        for (const around of language === aloud ? (['light', 'dark'] as const) : []) {
          await shown.frame.evaluate(`document.documentElement.dataset.around = '${around}'`);
          await widen(shown, around === 'light' ? 300 : 1200);
          expect(await stumblings(shown.frame)).toEqual([]);
        }
        const refused = stage.server.scene.readError !== null;
        // The browser itself notes an answer that the scene refuses on purpose.
        expect(
          shown.faults.filter((fault) => !(refused && fault.includes('Failed to load resource'))),
        ).toEqual([]);
      }
    },
    60_000,
  );

  async function show(state: ScreenState, language: 'ru' | 'en'): Promise<Shown> {
    Object.assign(stage.server.scene, sceneIn(state, language));
    const shown = await stand.show({ ...placeOf(state), language, widthPx: WIDTHS[0] });
    await shown.frame.getByText(state.sign[language]).first().waitFor();
    return shown;
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

async function widen({ page, frame }: Shown, widthPx: number): Promise<void> {
  await page.evaluate(`document.getElementById('column').style.width = '${widthPx}px'`);
  await fitted(frame, widthPx);
}

/** Pixels that stand out to the right. */
async function overflow(frame: Frame): Promise<number> {
  return Math.max(
    0,
    await frame.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    ),
  );
}

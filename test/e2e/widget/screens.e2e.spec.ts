import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Frame } from 'playwright-core';
import { faultsIn, misplaced, misplacedUnderStrain, sameWhenForced, shifted } from './screens-points.js';
import { sceneIn, screenStates, type ScreenState } from './screens.js';
import { buildStage, sceneOf, type StageSet } from './stage-set.js';
import { fitted, type Stand } from './stand.js';
import type { PortalOptions } from './fake-portal.js';

/** From a narrow column of the card to a page of a big screen. */
const WIDTHS = [320, 768, 1280, 1600] as const;
/** Narrow in the light and wide in the dark, or the other way round; a person changes both with the page open. */
const LOOKS = [
  { theme: 'light', width: 320 },
  { theme: 'dark', width: 1280 },
] as const;

describe('test/e2e/widget/screens', () => {
  let stage: StageSet;
  let stand: Stand<PortalOptions>;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('ru'));
    stand = await stage.stand();
  }, 120_000);
  afterAll(() => stage?.close());

  it.each(screenStates.map((state, index) => ({ ...state, index })))(
    'shows $name readable for everybody, in both languages and colours, at every width',
    async ({ index, ...state }) => {
      // Each language is read aloud on every other state; the other host's screens take the other half.
      const aloud = index % 2 === 0 ? 'ru' : 'en';
      for (const language of ['ru', 'en'] as const) {
        const shown = await show(state, language);
        // By the browser's own measure; people notice a tenth.
        expect(await shifted(shown.frame)).toBeLessThan(0.1);
        for (const width of WIDTHS) {
          await stand.turn({ width });
          await fitted(shown.frame, width);
          expect([width, await misplaced(shown.frame)]).toEqual([width, []]);
        }
        for (const look of language === aloud ? LOOKS : []) {
          await stand.turn(look);
          await fitted(shown.frame, look.width);
          expect(await faultsIn(shown.frame)).toEqual([]);
          expect(await smallTargets(shown.frame)).toEqual([]);
        }
        if (language === aloud) {
          await shown.page.emulateMedia({ forcedColors: 'active' });
          expect(await sameWhenForced(shown.frame)).toEqual([]);
          await shown.page.emulateMedia({ forcedColors: 'none' });
          await stand.turn({ theme: 'light', width: WIDTHS[0] });
          await fitted(shown.frame, WIDTHS[0]);
          expect(await misplacedUnderStrain(shown.frame)).toEqual([]);
        }
        const refused = stage.server.scene.readError !== null;
        // The browser itself notes an answer that the scene refuses on purpose.
        expect(
          shown.faults.filter((fault) => !(refused && fault.includes('Failed to load resource'))),
        ).toEqual([]);
        expect([...shown.hosts].sort()).toEqual(['app.localhost', 'portal.localhost']);
      }
    },
    60_000,
  );

  async function show(state: ScreenState, language: 'ru' | 'en') {
    Object.assign(stage.server.scene, sceneIn(state, language));
    await stand.turn({ theme: 'light', width: WIDTHS[0] });
    const shown = await stand.show(state.portal ?? {});
    await shown.frame.getByText(state.sign[language]).filter({ visible: true }).first().waitFor();
    return shown;
  }
});

/** Controls that a finger misses: below 32 px. */
async function smallTargets(frame: Frame): Promise<readonly (readonly [string, number])[]> {
  return frame.evaluate(`[...document.querySelectorAll('button, a, summary, select, label.choice')]
    .filter((one) => one.checkVisibility())
    .map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
    .filter(([, height]) => height < 32)`);
}

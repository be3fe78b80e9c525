import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AccountOptions } from '../amocrm/fake-account.js';
import { buildAccountStage, type AccountStage } from '../amocrm/stage.js';
import { faultsIn, misplaced, shifted } from './screens-points.js';
import { reach, walks, type Walk } from './screens-walks.js';
import { sceneIn } from './screens.js';
import { sceneOf } from './stage-set.js';
import { fitted, type Shown, type Stand } from './stand.js';

/** The card's own column is 20 px narrower than the narrowest frame elsewhere. */
const WIDTHS = [300, 768] as const;
const WIDE_PX = 1280;

describe('test/e2e/widget/screens-walks-account', () => {
  let stage: AccountStage;
  let stand: Stand<AccountOptions>;
  beforeAll(async () => {
    stage = await buildAccountStage(sceneOf('ru'));
    stand = await stage.stand({ width: 1320, height: 1500 });
  }, 120_000);
  afterAll(() => stage?.close());

  it.each(walks.map((walk, index) => ({ ...walk, index })))(
    'leads to $name in the other host’s look, in the dark and in the other language',
    async ({ index, ...walk }) => {
      const shown = await show(walk, index % 2 === 0 ? 'en' : 'ru');
      expect(await shifted(shown.frame)).toBeLessThan(0.1);
      await reach(shown.frame, walk);
      for (const widthPx of WIDTHS) {
        await widen(shown, widthPx);
        expect([widthPx, await misplaced(shown.frame)]).toEqual([widthPx, []]);
      }
      expect(await faultsIn(shown.frame)).toEqual([]);
      await shown.frame.evaluate(`document.documentElement.dataset.around = 'light'`);
      await widen(shown, WIDE_PX);
      expect(await faultsIn(shown.frame)).toEqual([]);
      expect(shown.faults).toEqual([]);
    },
    90_000,
  );

  async function show(walk: Walk, language: 'ru' | 'en'): Promise<Shown> {
    Object.assign(stage.server.scene, sceneIn(walk.from, language));
    const area = walk.from.screen === 'plan' ? 'lcard' : 'advanced_settings';
    const shown = await stand.show({ area, language, dark: true, widthPx: WIDTHS[0] });
    const sign = shown.frame.getByText(walk.from.sign[language]).filter({ visible: true });
    await sign.first().waitFor();
    return shown;
  }
});

async function widen({ page, frame }: Shown, widthPx: number): Promise<void> {
  await page.evaluate(`document.getElementById('column').style.width = '${widthPx}px'`);
  await fitted(frame, widthPx);
}

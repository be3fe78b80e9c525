import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import type { PortalOptions } from './fake-portal.js';
import { faultsIn, misplaced, misplacedUnderStrain, sameWhenForced } from './screens-points.js';
import { focused, reach, walks, type Walk } from './screens-walks.js';
import { sceneIn } from './screens.js';
import { buildStage, sceneOf, type Shown, type StageSet } from './stage-set.js';
import { fitted, type Stand } from './stand.js';

const NARROW_PX = 320;
const WIDE_PX = 1280;

describe('test/e2e/widget/screens-walks', () => {
  let stage: StageSet;
  let stand: Stand<PortalOptions>;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('ru'));
    stand = await stage.stand({ height: 1500 });
  }, 120_000);
  afterAll(() => stage?.close());

  it.each(walks.map((walk, index) => ({ ...walk, index })))(
    'leads to $name, which is in its place and readable for everybody at every width',
    async ({ index, ...walk }) => {
      // The other host shows the other language.
      const language = index % 2 === 0 ? 'ru' : 'en';
      const shown = await show(walk, language);
      await reach(shown.frame, walk);
      expect(await faultsIn(shown.frame)).toEqual([]);
      await turn(shown, { width: 768 });
      expect(await misplaced(shown.frame)).toEqual([]);
      await turn(shown, { width: WIDE_PX, theme: 'dark' });
      expect(await faultsIn(shown.frame)).toEqual([]);
      await shown.page.emulateMedia({ forcedColors: 'active' });
      expect(await sameWhenForced(shown.frame)).toEqual([]);
      await shown.page.emulateMedia({ forcedColors: 'none' });
      if (walk.over) await leave(shown, walk);
      await turn(shown, { width: NARROW_PX, theme: 'light' });
      expect(await misplacedUnderStrain(shown.frame)).toEqual([]);
      expect(shown.faults).toEqual([]);
      expect([...shown.hosts].sort()).toEqual(['app.localhost', 'portal.localhost']);
    },
    90_000,
  );

  async function show(walk: Walk, language: 'ru' | 'en'): Promise<Shown> {
    Object.assign(stage.server.scene, sceneIn(walk.from, language));
    await stand.turn({ theme: 'light', width: NARROW_PX, height: 1500 });
    const shown = await stand.show({ ...walk.from.portal, fixedHeight: 1500 });
    await shown.frame.getByText(walk.from.sign[language]).filter({ visible: true }).first().waitFor();
    await fitted(shown.frame, NARROW_PX);
    return shown;
  }

  async function turn(
    shown: Shown,
    look: { readonly width: number; readonly theme?: 'light' | 'dark' },
  ): Promise<void> {
    await stand.turn({ ...look, height: 1500 });
    await fitted(shown.frame, look.width);
  }

  /** Esc closes what lies over the screen, and who opened it stands where it was opened. */
  async function leave(shown: Shown, walk: Walk): Promise<void> {
    const { frame, page } = shown;
    await page.keyboard.press('Escape');
    await until(async () => (await frame.locator('dialog[open]').count()) === 0, {
      what: 'the dialog to close',
    });
    expect(await focused(frame)).not.toMatch(/^BODY/);
    const opener = frame
      .locator(walk.presses.at(-1) ?? '')
      .filter({ visible: true })
      .first();
    expect(await opener.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
  }
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stumblings } from './axe.js';
import { companyTabs } from './company-states.js';
import { mockCompany } from './mock-company.js';
import { buildStage, sceneOf, type StageSet } from './stage-set.js';
import { fitted } from './stand.js';

describe('test/e2e/widget/company-looks', () => {
  let stage: StageSet;
  beforeAll(async () => {
    stage = await buildStage(sceneOf('en', 'company'));
  }, 120_000);
  afterAll(() => stage.close());

  it.each([
    { language: 'ru', theme: 'light', width: 320, other: 1200 },
    { language: 'en', theme: 'dark', width: 1200, other: 320 },
  ] as const)(
    'is readable for everybody on every tab: $language, $theme, $width px',
    async ({ language, theme, width, other }) => {
      Object.assign(stage.server.scene, sceneOf(language, 'company'));
      stage.server.scene.routes = mockCompany(language, Date.now()).routes;
      const stand = await stage.stand({ height: 1600, theme, width });
      const shown = await stand.show({ placement: 'DEFAULT', fixedHeight: 2400 });
      for (const tab of companyTabs[language]) {
        await shown.frame.getByRole('tab', { name: tab }).click();
        await shown.frame.locator('.co-panel .co-block').first().waitFor();
        for (const widthPx of [other, width]) {
          await stand.turn({ height: 1600, width: widthPx });
          await fitted(shown.frame, widthPx);
          const overflow = await shown.frame.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect([tab, widthPx, overflow]).toEqual([tab, widthPx, 0]);
        }
        expect([tab, await stumblings(shown.frame)]).toEqual([tab, []]);
        const small = await shown.frame
          .evaluate(`[...document.querySelectorAll('button, summary, select, label.choice')]
          .filter((one) => one.checkVisibility()).map((one) => [one.textContent.trim(), one.getBoundingClientRect().height])
          .filter(([, height]) => height < 32)`);
        expect([tab, small]).toEqual([tab, []]);
      }
      expect(shown.faults).toEqual([]);
      await shown.close();
    },
    60_000,
  );
});

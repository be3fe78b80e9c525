import type { Browser } from 'playwright-core';
import { sceneOf } from '../e2e/widget/stage-set.js';
import { startMockServer } from '../e2e/widget/mock-server.js';
import { openBrowser } from '../support/browser.js';
import { buildWidget } from '../support/built-widget.js';
import { widgetSize } from '../support/widget-size.js';
import { median, rounded, type Report } from './report.js';
import type { BenchOptions } from './run.js';

const SLOWER_CPU = 4;
/** Openings for each round: a paint is a single moment, one opening says little. */
const OPENINGS = 3;

interface Opening {
  readonly firstPaintMs: number;
  readonly firstContentMs: number;
  readonly planMs: number;
}

/** What the plan's tab weighs and how soon it is seen on a laptop four times slower, each time in a fresh browser profile. */
export async function widget(options: BenchOptions): Promise<Report> {
  await buildWidget();
  const size = widgetSize();
  const server = await startMockServer(() => 'https://portal.example', sceneOf('ru'));
  const browser = await openBrowser();
  const openings: Opening[] = [];
  try {
    await openOnce(browser, server.origin);
    for (let count = 0; count < options.rounds * OPENINGS; count += 1) {
      openings.push(await openOnce(browser, server.origin));
    }
  } finally {
    await browser.close();
    await server.close();
  }
  const middle = (pick: (opening: Opening) => number): number => rounded(median(openings.map(pick)));
  return {
    name: 'widget',
    figures: {
      planScriptKb: rounded(size.planScriptBytes / 1_000),
      cssKb: rounded(size.cssBytes / 1_000),
      laterScriptKb: rounded(size.laterScriptBytes / 1_000),
      firstPaintMs: middle((opening) => opening.firstPaintMs),
      firstContentMs: middle((opening) => opening.firstContentMs),
      planMs: middle((opening) => opening.planMs),
    },
    targets: { planScriptKb: { atMost: 45 }, cssKb: { atMost: 8 }, firstPaintMs: { atMost: 700 } },
    notes: [
      `CPU ${SLOWER_CPU} times slower, ${openings.length} openings with an empty cache, medians`,
      'kB are 1,000 bytes after gzip -9; planScript is entry, plan screen and the Russian texts, laterScript what follows the first paint without the portal’s SDK',
    ],
  };
}

async function openOnce(browser: Browser, origin: string): Promise<Opening> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_CPU });
    await page.goto(`${origin}/embed/bitrix24/frame`, { waitUntil: 'commit' });
    await page.waitForSelector('.now');
    return await page.evaluate<Opening>(`new Promise((done) => {
      const planMs = performance.now();
      const at = (name) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
      requestAnimationFrame(() => setTimeout(() => done({
        firstPaintMs: at('first-paint'), firstContentMs: at('first-contentful-paint'), planMs,
      }), 50));
    })`);
  } finally {
    await context.close();
  }
}
